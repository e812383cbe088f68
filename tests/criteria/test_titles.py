import pytest

from portal.criteria.rules import Criteria
from portal.criteria.titles import Function, Seniority, read_title
from portal.criteria.words import default_data

CRITERIA = Criteria.from_data(default_data(), version=1)

TITLES = """
    CEO                                        c_level   buying    CEO
    Chief Executive Officer                    c_level   buying    Chief Executive Officer
    Chief Marketing Officer                    c_level   buying    Chief Marketing Officer
    CFO                                        c_level   adjacent  CFO
    Chief Information Security Officer         c_level   unknown   Chief Information Security Officer
    Managing Director                          c_level   buying    Managing Director
    President                                  c_level   buying    President
    Founder & CEO                              owner     buying    Founder & CEO
    Co-Founder                                 owner     buying    Co-Founder
    Owner                                      owner     buying    Owner
    Vice President                             vp        unknown   Vice President
    Vice President Sales                       vp        buying    Vice President Sales
    Vice-President, Finance                    vp        adjacent  Vice-President, Finance
    SVP Customer Success                       vp        buying    SVP Customer Success
    VP of Engineering                          vp        adjacent  VP of Engineering
    Operations Director                        director  buying    Operations Director
    Director of IT                             director  adjacent  Director of IT
    Associate Director, Legal                  director  other     Associate Director, Legal
    HR Director                                director  other     HR Director
    General Manager                            director  buying    General Manager
    Head of Sales                              head      buying    Head of Sales
    Head of Fleet                              head      buying    Head of Fleet
    Head of People Operations                  head      other     Head of People Operations
    Head of Procurement                        head      adjacent  Head of Procurement
    Deputy Head of Marketing                   head      buying    Deputy Head of Marketing
    Sales Manager                              manager   buying    Sales Manager
    Senior Marketing Manager                   manager   buying    Marketing Manager
    IT Operations Manager                      manager   adjacent  IT Operations Manager
    Team Lead Customer Service                 manager   buying    Team Lead Customer Service
    Project Manager                            manager   adjacent  Project Manager
    Assistant Director                         manager   unknown   Assistant Director
    Key Account Manager                        senior    buying    Key Account Manager
    Assistant Manager, Logistics               senior    buying    Assistant Manager, Logistics
    Chief of Staff                             senior    unknown   Chief of Staff
    Senior Data Analyst                        senior    adjacent  Senior Data
    Account Executive                          staff     buying    Account Executive
    Marketing Executive                        staff     buying    Marketing Executive
    Software Engineer                          staff     adjacent  Software Engineer
    HR Business Partner                        staff     other     HR Business Partner
    Warehouse Clerk                            staff     other     Warehouse Clerk
    Sales representative                       staff     buying    Sales representative
    Office Manager                             staff     unknown   Office Manager
    Internal Auditor                           unknown   unknown   -
    International Sales                        unknown   buying    Sales
    Assistant to the CEO                       assistant buying    Assistant to the CEO
    CEO Assistant                              assistant buying    CEO Assistant
    Executive Assistant                        assistant unknown   Executive Assistant
    Personal Assistant to the Managing Director assistant buying   Personal Assistant to the Managing Director
    Intern, Marketing                          intern    buying    Intern, Marketing
    Working Student Sales                      intern    buying    Working Student Sales
    Director of Owner Relations                director  buying    Director of Owner
    Geschäftsführer                            c_level   buying    Geschäftsführer
    Geschäftsführerin                          c_level   buying    Geschäftsführerin
    GESCHAEFTSFUEHRERIN                        c_level   buying    GESCHAEFTSFUEHRERIN
    Geschäftsführer:in                         c_level   buying    Geschäftsführer:in
    Geschäftsführende Gesellschafterin         owner     buying    Geschäftsführende Gesellschafterin
    Mitglied der Geschäftsleitung              c_level   buying    Mitglied der Geschäftsleitung
    Inhaberin                                  owner     buying    Inhaberin
    Vorständin                                 c_level   buying    Vorständin
    Vorstand Vertrieb                          c_level   buying    Vorstand Vertrieb
    Vorstandsassistentin                       assistant unknown   Vorstandsassistentin
    Leiter IT                                  head      adjacent  Leiter IT
    IT-Leiterin                                head      adjacent  IT-Leiterin
    Leiter*in Kundenservice                    head      buying    Leiter*in Kundenservice
    Leitung Einkauf                            head      adjacent  Leitung Einkauf
    Vertriebsleiterin                          head      buying    Vertriebsleiterin
    Abteilungsleiter Personal                  head      other     Abteilungsleiter Personal
    Fuhrparkleiter                             head      buying    Fuhrparkleiter
    Kaufmännischer Leiter                      head      buying    Kaufmännischer Leiter
    Marketingmanagerin                         manager   buying    Marketingmanagerin
    Teamleiter Innendienst                     manager   buying    Teamleiter Innendienst
    Projektleiter                              manager   adjacent  Projektleiter
    Referent der Geschäftsführung              staff     buying    Referent der Geschäftsführung
    Sachbearbeiterin Lager                     staff     other     Sachbearbeiterin Lager
    Vertriebsmitarbeiter                       unknown   buying    Vertriebsmitarbeiter
    Assistentin der Geschäftsführung           assistant buying    Assistentin der Geschäftsführung
    Vertriebsassistenz                         assistant buying    Vertriebsassistenz
    Werkstudentin Logistik                     intern    buying    Werkstudentin Logistik
    Azubi Spedition                            intern    buying    Azubi Spedition
    Directrice générale                        unknown   unknown   -
    -                                          unknown   unknown   -
"""


def _case(line: str) -> tuple[str, str, str, str]:
    """Title, level, function, matched part: the level is the first known word after two spaces."""
    words = line.split()
    place = next(at for at, word in enumerate(words) if word in set(Seniority) and words[at + 1] in set(Function))
    return " ".join(words[:place]), words[place], words[place + 1], " ".join(words[place + 2 :]).strip("-")


@pytest.mark.parametrize(
    ("title", "seniority", "function", "matched"), [_case(line) for line in TITLES.strip().splitlines()]
)
def test_a_title_is_read(title: str, seniority: str, function: str, matched: str) -> None:
    read = read_title(title, CRITERIA.levels, CRITERIA.function_words)
    assert (read.seniority, read.function, read.matched) == (seniority, function, matched)


def test_a_longer_word_is_an_exception_to_a_shorter_one() -> None:
    data = default_data()
    data["seniority"]["staff"].append("parking director")
    read = read_title("Parking Director", Criteria.from_data(data, 2).levels, CRITERIA.function_words)
    assert read.seniority is Seniority.STAFF
    assert read.function is Function.UNKNOWN
