"""What people, scanners and broken programs type, send and ask for."""

import base64
import json
from typing import Any
from urllib.parse import quote

NASTY = {
    "nothing": "",
    "blanks": " \t\n\u00a0 ",
    "long": "x" * 10_000,
    "many lines": "\r\n" * 3_000,
    "NUL": "be\x00fore",
    "control": "\x07\x1b[31m\x7f",
    "emoji": "👩‍👩‍👧‍👦" * 40,
    "right to left": "\u202egnp.exe\u200f\u2066",
    "combining": "Z" + "\u0301" * 500,
    "no letter": "\ufffe\uffff\ufeff",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ 7 * 7 }}{% for x in () %}${7*7}#{7*7}",
    "sql": "'; DROP TABLE users; --",
    "like": "%_\\%' OR 1=1",
    "header": "x\r\nSet-Cookie: a=b\r\nBcc: all@example.org",
    "path": "../../../../etc/passwd",
    "url": "javascript:alert(1)",
    "other site": "//evil.example/\\@localhost",
    "negative": "-1",
    "zero": "0",
    "huge": str(10**30),
    "past the limits of int": "9" * 5_000,
    "exponent": "1e308",
    "not a number": "NaN",
    "infinite": "Infinity",
    "odd digits": "١٢٣",
    "superscript": "²³",
    "far day": "9999-12-31",
    "early day": "0001-01-01",
    "no day": "2026-02-30",
    "wrong choice": "no-such-choice",
    "spreadsheet": '=HYPERLINK("http://evil.example")',
    "prototype": "__proto__",
    "unending": "a" * 200 + "@" + "b." * 60 + "example",
    "odd host": "http://[::1]:99999/\u2028",
    "punycode": "xn--\u00fc.example",
}
BODIES = (
    ("invalid UTF-8", b"name=%ff%fe\xff&email=\xc3\x28", "application/x-www-form-urlencoded"),
    ("JSON", b'{"name": {"$ne": null}}', "application/json"),
    ("plain text", b"name=x", "text/plain"),
    ("no boundary", b"--x\r\n\r\n", "multipart/form-data"),
    ("cut off", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', "multipart/form-data; boundary=x"),
    ("an odd charset", b"name=x", "application/x-www-form-urlencoded; charset=utf-7"),
    ("huge", b"name=" + b"x" * 12_000_000, "application/x-www-form-urlencoded"),
)


def cursor(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def encoded(*parts: Any) -> str:
    return cursor(json.dumps(parts).encode())


ODD_QUERIES = [
    *(quote(NASTY[name], safe="") for name in ("long", "emoji", "markup", "sql", "huge", "negative", "wrong choice")),
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "a&&&=&%",
    "x[]=1",
    encoded(False),
    encoded(False, "2026-11-18T11:00:00+00:00", 10**30),
    encoded(True, "0001-01-01T00:00:00+14:00", 1),
    encoded(False, "9999-12-31T23:59:59-14:00", -1),
    encoded(False, "2026-11-18", True),
    encoded(False, "2026-11-18T11:00:00+00:00", "1"),
    encoded(False, None, None),
    encoded(False, "\x00", 1),
    encoded(False, [[[]]], {}),
    encoded(1.5, float("nan"), float("inf")),
    cursor(b"[" * 3_000),
    cursor(b"\xff\xfe"),
    "A",
]
ODD_PATHS = [
    "/%00",
    "/referrals/%00",
    "/referrals/%ED%A0%80",
    "/referrals/%ff",
    "/referrals/..%2f..%2fetc%2fpasswd",
    "/referrals/" + "R" * 5_000,
    "/referrals/%F0%9F%92%A9",
    "/agreements/A-222222.pdf.pdf",
    "/agreements/.pdf",
    "//evil.example/",
    "/\\evil.example",
    "/staff/agreements/templates/99999999999999999999",
    "/staff/agreements/templates/" + "9" * 5_000,
    "/staff/agreements/templates/-1",
    "/staff/settings/criteria/99999999999999999999",
    "/resources/%3Cscript%3E",
    "/.env",
    "/assets/..%2fapp.css",
    "/static/app.css",
    "/invitation/" + "a" * 4_000,
    "/password-reset/%00",
]
