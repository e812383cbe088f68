"""The child process that makes PDFs, started by portal.pdf: a request a line on stdin, an answer a line on stdout.

It is run as a file, imports nothing of the portal, and limits itself before it reads anything."""

import base64
import json
import resource
import sys
from typing import Any, TextIO

MEMORY_BYTES = 1536 * 1024 * 1024
VARIANT = "pdf/a-3a"


def main(requests: TextIO, answers: TextIO, cpu_seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        from weasyprint import HTML, Attachment  # noqa: PLC0415  (after the limits; without Pango it raises)
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except OSError:
        print(json.dumps({"error": "PDFs need the Pango library, and it is not installed."}), file=answers, flush=True)
        return 1

    class Bundled(URLFetcher):
        """Fetches the files that the request names, and nothing else: no network, no other file."""

        def __init__(self, files: dict[str, str]) -> None:
            super().__init__()
            self.files = files

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url not in self.files:
                raise ValueError(f"not bundled: {url}")
            with open(self.files[url], "rb") as file:
                return URLFetcherResponse(url, file.read(), {"Content-Type": "font/otf"})

    fonts = FontConfiguration()  # shared: 50 ms a page against 250 with a new one

    def typeset(html: str, data: str | None, files: dict[str, str]) -> bytes:
        attached = [Attachment(string=data, name="terms.json", relationship="Data")] if data else []
        document = HTML(string=html, url_fetcher=Bundled(files))
        pdf: bytes = document.write_pdf(font_config=fonts, pdf_variant=VARIANT, attachments=attached, pdf_tags=True)
        return pdf

    for line in requests:
        _allow_more_time(cpu_seconds)
        pdf = typeset(**json.loads(line))
        print(json.dumps({"pdf": base64.b64encode(pdf).decode()}), file=answers, flush=True)
    return 0


def _allow_more_time(seconds: int) -> None:
    """CPU seconds for one document, counted from here; past them the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout, int(sys.argv[1])))
