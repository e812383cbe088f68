"""One spelling for the many of a letter, and one alphabet for three."""

# ruff: noqa: RUF001 - letters that look like others are what this is about
import re
import unicodedata

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "æ": "ae",
        "œ": "oe",
        "å": "a",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
    }
)
_DIAERESIS = re.compile(r"(?<=[aeiou])[äöü]")
_UMLAUT = re.compile(r"(?<![aeiouyq])([aou])e")
_PLAIN = {"ä": "a", "ö": "o", "ü": "u"}


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


_CYRILLIC = _pairs(
    """а=a б=b в=v г=g ґ=g д=d е=e ё=e є=ye ж=zh з=z и=i і=i ї=i й=y ј=j к=k л=l љ=lj м=m н=n њ=nj о=o п=p р=r с=s
    т=t ћ=c у=u ф=f х=kh ц=ts ч=ch џ=dz ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya ђ=dj"""
)
_GREEK = _pairs(
    """α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"""
)
_OTHER_ALPHABETS = str.maketrans(_CYRILLIC | _GREEK)
"""As passports and road signs have it."""
_VOICELESS = re.compile("(?<=[αε])υ(?=[θκξπσςτφχψ])")
_VOICED = re.compile("(?<=[αε])υ")


def fold(text: str) -> str:
    """One spelling for ä and ae, é and e, ж and zh; lower case."""
    plain = text.lower()
    if not plain.isascii():
        plain = _in_latin(unicodedata.normalize("NFKC", text).lower())
    return _UMLAUT.sub(r"\1", plain)


def _in_latin(text: str) -> str:
    plain = _DIAERESIS.sub(lambda match: _PLAIN[match[0]], text).translate(_LETTERS)
    plain = plain.replace("й", "y")  # before it comes apart into и and its mark
    bare = "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))
    if bare.isascii():
        return bare
    return _VOICED.sub("v", _VOICELESS.sub("f", bare.replace("ου", "ou"))).translate(_OTHER_ALPHABETS)
