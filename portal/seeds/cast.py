"""The people and companies of the demo program, and the deals of its other channels."""

from dataclasses import dataclass

from portal.auth.rules import Role
from portal.deals.rules import Channel, Stage
from portal.partners.rules import PartnerState

PASSWORD = "demo-portal-2026"  # noqa: S105  (told to everyone who starts the demo)


@dataclass(frozen=True)
class Person:
    key: str
    email: str
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class Company:
    key: str
    name: str
    legal_name: str
    country: str
    address: str
    people: tuple[Person, ...]
    joined_days_ago: int
    state: PartnerState = PartnerState.ACTIVE
    """Where it stands today."""
    account: str = ""
    tax_form: str = "vat_id"


@dataclass(frozen=True)
class OtherDeal:
    days_ago: int
    company: str
    domain: str
    channel: Channel
    euros: int
    stage: Stage


def _person(email: str, name: str, *roles: Role) -> Person:
    return Person(email.partition("@")[0], email, name, frozenset(roles))


ADMIN = _person("admin@portal.example", "Adele Brandt", Role.PROGRAM_ADMIN)
STAFF = (
    _person("maya@portal.example", "Maya Lindqvist", Role.PARTNER_MANAGER, Role.QUALIFIER),
    _person("noor@portal.example", "Noor Haddad", Role.QUALIFIER),
    _person("sam@portal.example", "Sam Ortega", Role.SALES_OWNER),
    _person("finn@portal.example", "Finn Aalto", Role.FINANCE_MAKER),
    _person("olga@portal.example", "Olga Petrova", Role.FINANCE_APPROVER),
    _person("edith@portal.example", "Edith Crane", Role.CONTENT_EDITOR),
    _person("audrey@portal.example", "Audrey Blake", Role.AUDITOR),
)
LENA = _person("lena@portal.example", "Lena Weiss", Role.SALES_OWNER)
"""Begins when everything else has been played: what was there before is Sam's."""
_LEADS = (Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY)
COMPANIES = (
    Company(
        "brightwater",
        "Brightwater Consulting",
        "Brightwater Consulting Ltd",
        "GB",
        "14 Canal Street, Manchester M1 3HE",
        (
            _person("ana@brightwater.example", "Ana Ferreira", *_LEADS),
            _person("ben@brightwater.example", "Ben Carter", Role.PARTNER_MEMBER),
            _person("fay@brightwater.example", "Fay Walsh", Role.PARTNER_FINANCE),
        ),
        272,
        account="GB82 WEST 1234 5698 7654 32",
    ),
    Company(
        "northgate",
        "Northgate Digital",
        "Northgate Digital GmbH",
        "DE",
        "Am Nordtor 8, 28195 Bremen",
        (
            _person("carl@northgate.example", "Carl Jensen", Role.PARTNER_ADMIN),
            _person("nora@northgate.example", "Nora Behrens", Role.PARTNER_SIGNATORY),
        ),
        266,
        account="DE89 3704 0044 0532 0130 00",
    ),
    Company(
        "kestrel",
        "Kestrel & Co",
        "Kestrel & Co LLP",
        "GB",
        "3 Harbour Row, Bristol BS1 5TY",
        (_person("kim@kestrel.example", "Kim Aldridge", *_LEADS),),
        258,
        account="GB33 BUKB 2020 1555 5555 55",
    ),
    Company(
        "sund",
        "Sund Advisory",
        "Sund Advisory ApS",
        "DK",
        "Havnegade 21, 8000 Aarhus",
        (_person("mette@sund.example", "Mette Sund", *_LEADS),),
        250,
        PartnerState.DORMANT,
        account="DK50 0040 0440 1162 43",
    ),
    Company(
        "vela",
        "Vela Partners",
        "Vela Partners S.L.",
        "ES",
        "Carrer de la Marina 60, 08005 Barcelona",
        (_person("ines@vela.example", "Inés Vela", *_LEADS),),
        246,
        PartnerState.PAUSED,
        account="ES91 2100 0418 4502 0005 1332",
    ),
    Company(
        "morrow",
        "Morrow Group",
        "Morrow Group Inc.",
        "US",
        "200 Poydras Street, New Orleans, LA 70130",
        (_person("joan@morrow.example", "Joan Morrow", *_LEADS),),
        240,
        PartnerState.TERMINATED,
    ),
    Company(
        "harbour",
        "Harbour & Lane",
        "Harbour & Lane B.V.",
        "NL",
        "Keizersgracht 112, 1015 CV Amsterdam",
        (_person("hana@harbourlane.example", "Hana Novák", *_LEADS),),
        9,
        PartnerState.ONBOARDING,
        account="NL91 ABNA 0417 1643 00",
    ),
    Company(
        "oakline",
        "Oakline IT",
        "Oakline IT Services Ltd",
        "GB",
        "9 Mill Lane, Leeds LS1 6HG",
        (_person("tom@oakline.example", "Tom Reyes", *_LEADS),),
        2,
        PartnerState.ONBOARDING,
    ),
)
OTHER_DEALS = (
    OtherDeal(230, "Haversham Tools", "haversham.example", Channel.INBOUND, 12_400, Stage.WON),
    OtherDeal(221, "Lune Valley Dairy", "lunevalley.example", Channel.OUTBOUND, 8_800, Stage.LOST),
    OtherDeal(209, "Merton Rail Services", "mertonrail.example", Channel.EVENT, 31_000, Stage.WON),
    OtherDeal(188, "Brück Antriebe", "brueck-antriebe.example", Channel.INBOUND, 17_900, Stage.LOST),
    OtherDeal(171, "Dale End Glazing", "dale-end.example", Channel.PAID, 6_200, Stage.LOST),
    OtherDeal(160, "Northmoor Haulage", "northmoor.example", Channel.INBOUND, 15_300, Stage.WON),
    OtherDeal(139, "Castell Frigo", "castell-frigo.example", Channel.OUTBOUND, 22_700, Stage.LOST),
    OtherDeal(118, "Pinder Pumps", "pinder-pumps.example", Channel.PAID, 9_400, Stage.WON),
    OtherDeal(97, "Helm Sanitär", "helm-sanitaer.example", Channel.EVENT, 13_600, Stage.LOST),
    OtherDeal(76, "Stroud Joinery", "stroud-joinery.example", Channel.INBOUND, 7_800, Stage.PROPOSAL),
    OtherDeal(55, "Vejle Montage", "vejle-montage.example", Channel.OUTBOUND, 18_500, Stage.MEETING),
    OtherDeal(38, "Thames Lift Repair", "thames-lift.example", Channel.PAID, 11_200, Stage.CONTACTED),
    OtherDeal(21, "Alpenblick Pflege", "alpenblick-pflege.example", Channel.INBOUND, 24_000, Stage.MEETING),
    OtherDeal(8, "Corby Castings", "corby-castings.example", Channel.EVENT, 33_000, Stage.NEW),
)
