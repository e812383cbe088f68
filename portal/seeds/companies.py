"""The companies of the demo program: who introduced them, when, and what became of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Company:
    days_ago: int
    by: str
    name: str
    domain: str
    country: str
    industry: str
    employees: int
    contact: str
    title: str
    need: str
    course: str
    """How far it came: see `portal.seeds.demo`."""
    euros: int


NEEDS = {
    "dispatch": "Their dispatchers keep customer notes in spreadsheets; the managing director wants one place for them.",
    "quotes": "Quotes take two days because prices stand in three systems. They asked who could do that in an hour.",
    "service": "Forty technicians write reports on paper. They lose about one invoice in ten over it.",
    "contract": "The contract with their current vendor ends in spring, and nobody wants to renew it.",
    "growth": "They opened two sites this year and no longer know who talks to which customer.",
    "audit": "Their auditor asked who may see customer data, and they could not answer.",
    "field": "Sales are on the road four days a week and need the customer's history on a phone.",
    "merge": "They took over a competitor and now run two customer databases side by side.",
}

_TABLE = """
262|ana|Bluefin Logistics|bluefin-logistics.example|GB|Logistics|340|Priya Nair|Operations Director|dispatch|paid|23200
255|ben|Calloway Cold Chain|calloway-cold.example|GB|Logistics|210|Tom Calloway|Managing Director|contract|paid|18400
248|carl|Hagen Fahrzeugbau|hagen-fahrzeugbau.example|DE|Manufacturing|460|Jutta Hagen|Geschäftsführerin|quotes|paid|41000
241|kim|Tideway Ports|tideway-ports.example|GB|Logistics|900|Alan Mercer|Head of Commercial|growth|paid|56500
233|ines|Talleres Robledo|talleres-robledo.example|ES|Field service|85|Marta Robledo|Owner|service|lost:price|9000
226|ana|Moorland Lifts|moorland-lifts.example|GB|Field service|130|Derek Shaw|Service Director|service|paid|27800
219|mette|Aarhus Maskinværk|aarhus-maskin.example|DK|Manufacturing|180|Lars Holm|Direktør|quotes|lost:no_decision|15000
212|carl|Nordpark Spedition|nordpark-spedition.example|DE|Logistics|275|Uwe Brandt|Leiter Vertrieb|dispatch|paid|33900
205|ben|Greyfriars Print|greyfriars-print.example|GB|Manufacturing|60|Ellen Moss|Office Assistant|quotes|declined:not_the_decider|0
199|joan|Cascade Pumps|cascade-pumps.example|US|Field service|150|Ray Ortiz|VP Operations|service|declined:outside_territory|0
192|ana|Solent Marine Services|solent-marine.example|GB|Field service|95|Fiona Clarke|Head of Service|service|paid|14250
186|kim|Brampton Foods|brampton-foods.example|GB|Manufacturing|520|Neil Brampton|CEO|merge|lost:competitor|48000
180|carl|Krüger Gebäudetechnik|krueger-gebaeude.example|DE|Field service|220|Sabine Krüger|Prokuristin|service|paid|29600
174|mette|Limfjord Transport|limfjord-transport.example|DK|Logistics|310|Jens Kjær|Driftschef|dispatch|cancelled|22000
169|ben|Ashdown Scaffolding|ashdown-scaffolding.example|GB|Field service|110|Gary Tull|Owner|service|declined:no_fit|0
163|ines|Frío Levante|frio-levante.example|ES|Logistics|140|Luis Ferrer|Director Comercial|contract|lost:not_reachable|12500
158|ana|Pennine Haulage|pennine-haulage.example|GB|Logistics|260|Karen Bolton|Finance Director|audit|paid|31200
152|carl|Weserblick Maschinen|weserblick.example|DE|Manufacturing|390|Holger Thies|Head of Sales|quotes|payable|44800
147|kim|Lakeside Clinics|lakeside-clinics.example|GB|Field service|640|Ruth Adeyemi|Chief Operating Officer|audit|parked|38000
141|joan|Bayou Freight|bayou-freight.example|US|Logistics|200|Dale Hebert|President|dispatch|withdrawn|0
136|ana|Wexcombe Engineering|wexcombe-eng.example|GB|Manufacturing|175|Hugh Latimer|Commercial Director|quotes|payable|25600
131|ben|Fallow & Sons|fallow-sons.example|GB|Logistics|48|Peter Fallow|Partner|dispatch|declined:no_need|0
126|carl|Ostrava Steelworks|ostrava-steel.example|CZ|Manufacturing|820|Petra Svobodová|Sales Director|growth|proposal|40000
121|mette|Kattegat Ferries|kattegat-ferries.example|DK|Logistics|430|Søren Dahl|Kommerciel direktør|growth|payable|37500
117|kim|Thornbury Glass|thornbury-glass.example|GB|Manufacturing|240|Linda Pryce|Managing Director|quotes|approved|19900
112|ana|Marlow Facilities|marlow-facilities.example|GB|Field service|350|Sean Doyle|Operations Manager|service|approved|28750
108|ben|Ridgeway Couriers|ridgeway-couriers.example|GB|Logistics|70|Jo Ashby|Intern|dispatch|declined:not_the_decider|0
103|carl|Hartmann Medizintechnik|hartmann-medizin.example|DE|Manufacturing|280|Dr. Anke Hartmann|Geschäftsführerin|audit|parked|52000
99|ines|Grupo Alcor|grupo-alcor.example|ES|Manufacturing|610|Carmen Vidal|Directora de Ventas|merge|meeting|45000
95|kim|Severn Utilities|severn-utilities.example|GB|Field service|1200|Mike Harrow|Head of Procurement|service|declined:public_tender|0
90|ana|Kingsmead Dairies|kingsmead-dairies.example|GB|Logistics|190|Olivia Hart|Logistics Director|dispatch|accrued|21400
86|carl|Rheintal Kälte|rheintal-kaelte.example|DE|Field service|160|Frank Sommer|Serviceleiter|service|accrued|17300
82|mette|Øresund Lager|oresund-lager.example|DK|Logistics|220|Maja Friis|Head of Operations|dispatch|proposal|26000
78|ben|Copperfield Tools|copperfield-tools.example|GB|Manufacturing|130|Ian Nash|Sales Manager|quotes|lost:no_budget|11000
74|kim|Ravenhill Logistics|ravenhill.example|GB|Logistics|305|Stella Quinn|CFO|contract|proposal|34000
70|ana|Eastgate Boilers|eastgate-boilers.example|GB|Field service|90|Mark Eaton|Director|service|meeting|16500
66|carl|Lindau Verpackung|lindau-verpackung.example|DE|Manufacturing|260|Birgit Lang|Vertriebsleiterin|quotes|meeting|30500
62|ben|Orchard Removals|orchard-removals.example|GB|Logistics|55|Dan Pike|Senior Planner|dispatch|withdrawn|0
58|kim|Tamar Instruments|tamar-instruments.example|GB|Manufacturing|145|Helen Roe|Head of Customer Service|field|proposal|22800
54|ana|Bishopsgate Security|bishopsgate-sec.example|GB|Field service|410|Omar Siddiqui|Chief Executive|service|meeting|47500
50|carl|Alster Kurier|alster-kurier.example|DE|Logistics|120|Nina Petersen|Teamleitung Disposition|dispatch|contacted|13800
46|mette|Fyn Elevator|fyn-elevator.example|DK|Field service|75|Per Juhl|Indehaver|service|contacted|12000
43|ben|Holloway Textiles|holloway-textiles.example|GB|Manufacturing|95|Grace Lowe|Marketing Assistant|field|declined:not_the_decider|0
40|kim|Dunmore Aggregates|dunmore-agg.example|GB|Logistics|380|Colm Brady|Transport Director|dispatch|meeting|36000
37|ana|Harrow Vale Packaging|harrowvale.example|GB|Manufacturing|200|Sue Whitley|Head of Sales|field|contacted|24000
34|carl|Ems Anlagenbau|ems-anlagenbau.example|DE|Field service|230|Thorsten Meyn|Leiter Service|service|contacted|27000
31|ben|Stonebridge Vets|stonebridge-vets.example|GB|Field service|65|Amy Sharp|Practice Manager|audit|expired|0
28|kim|Larkfield Nurseries|larkfield.example|GB|Logistics|115|Robert Lark|Owner|growth|contacted|10500
24|ana|Penrose Bakeries|penrose-bakeries.example|GB|Logistics|270|Judith Penrose|Managing Director|dispatch|new|29000
20|carl|Main-Taunus Reha|main-taunus-reha.example|DE|Field service|190|Dr. Ralf Kern|Leiter IT|audit|new|18000
16|kim|Westmere Doors|westmere-doors.example|GB|Manufacturing|85|Chris Doyle|Operations Manager|quotes|declined:no_consent|0
13|ana|Calder & Finch|calderfinch.example|GB|Logistics|120|Ruth Calder|Operations Director|contract|new|11000
11|carl|Veldkamp Transport|veldkamp.example|NL|Logistics|300|Joost de Wit|Head of Fleet|dispatch|needs_info|0
9|ben|Nordlys AS|nordlys-as.example|DK|Field service|140|Ida Berg|Regional Manager|service|needs_info|0
7|kim|Quayside Crane Hire|quayside-crane.example|GB|Field service|105|Len Foster|Director|service|new|15500
6|ana|Oakhurst Timber|oakhurst-timber.example|GB|Manufacturing|160|Beth Collier|Sales Coordinator|quotes|conflict|0
5|carl|Taunus Druck|taunus-druck.example|DE|Manufacturing|70|Eva Rühl|Assistentin der Geschäftsleitung|quotes|answered|0
3|ben|Lowther Distribution|lowther-dist.example|GB|Logistics|245|Simon Lowther|Commercial Director|growth|received|0
2|kim|Brackley Motors|brackley-motors.example|GB|Field service|180|Angela Fox|Aftersales Manager|service|received|0
1|ana|Skelton Freight|skelton-freight.example|GB|Logistics|330|Martin Skelton|Head of Transport|dispatch|received|0
"""


def companies() -> list[Company]:
    """Oldest first."""
    made = []
    for line in _TABLE.strip().splitlines():
        ago, by, name, domain, country, industry, staff, contact, title, need, course, euros = line.split("|")
        made.append(
            Company(
                int(ago),
                by,
                name,
                domain,
                country,
                industry,
                int(staff),
                contact,
                title,
                NEEDS[need],
                course,
                int(euros),
            )
        )
    return made
