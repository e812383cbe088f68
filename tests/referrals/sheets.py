"""Lists of referrals, as somebody would type them."""

from portal.referrals import import_rows
from tests.support.make import NOON

TODAY = NOON.date()
HEAD = ",".join(import_rows.NEEDED)
GOOD = "Nordlys AS,nordlys.example,NO,Kari Berg,Director,kari@nordlys.example,They need it,now,no,mail"
OTHER = "Vetter GmbH,vetter.example,Deutschland,Ute Vetter,Leiterin,ute@vetter.example,Bedarf,dieses Jahr,nein,anruf"


def rows(*lines: str, head: str = HEAD) -> list[import_rows.Row]:
    return list(import_rows.read("\n".join([head, *lines]), today=TODAY))


def changed(**cells: str) -> str:
    row = dict(zip(import_rows.NEEDED, GOOD.split(","), strict=True)) | cells
    return ",".join(row.values())
