"""Companies and people enough for millions of referrals, made from short lists of our own."""

import string
from typing import NamedTuple


def _words(text: str) -> list[str]:
    return text.split()


NAMES = _words(
    """Ahrens Albers Anders Arndt Bader Bartels Baum Behrens Berg Bergmann Bischof Blum Bock Bode Böhm Brandt Braun
Brinkmann Bruhn Busch Carstens Clausen Daniels Decker Dietz Dorn Drews Ebert Eckert Ehlers Engel Ernst Fabian Falk
Feldmann Fiedler Fink Förster Franke Freitag Friese Fuchs Gebauer Geiger Gerlach Glaser Gräf Greve Grimm Groß Günther
Haas Hagen Hahn Hansen Harms Hartwig Hauser Heine Heller Henke Herbst Hinz Hoppe Horn Huber Jacobs Jahn Janssen Jung
Kaiser Karsten Keller Kern Kessler Kirsch Klein Koch Köhler König Körner Kraft Kramer Kranz Krebs Kröger Krüger Kuhn
Kunze Lamprecht Lang Lehmann Lenz Lindner Link Lorenz Ludwig Lütke Maier Marquardt Martens Matthes May Meier Menzel
Merkel Metzger Michels Moll Möller Moser Naumann Nickel Nolte Oldenburg Ostermann Otto Pape Paulsen Peters Pfeiffer
Pohl Preuß Quandt Raabe Rademacher Rausch Reimann Reinhold Renner Reuter Richter Riedel Ritter Rose Roth Rudolph
Sachs Sander Sauer Schade Scherer Schilling Schlüter Schmitz Schramm Schreiber Schubert Schuster Seidel Seifert
Siebert Sievers Simon Sommer Stahl Stark Steffens Stein Stern Straub Thiel Thomas Tiedemann Ullrich Unger Vogel
Vogt Voigt Wagner Walther Weber Wegner Weiß Wendt Werner Wiese Wilke Winkler Witt Wolf Wulff Zander Ziegler
Zimmer"""
)
TRADES = _words(
    """Logistik Spedition Metallbau Maschinenbau Haustechnik Elektrotechnik Anlagenbau Kältetechnik Fördertechnik
Medizintechnik Messtechnik Klimatechnik Sicherheitstechnik Gebäudedienste Wartung Lagersysteme Verpackungen Druckguss
Werkzeuge Antriebe Pumpen Armaturen Hydraulik Kunststoffe Baustoffe Holzbau Fensterbau Solartechnik Großhandel
Handelshaus Lebensmittel Getränke Labortechnik Optik Textilien Möbelwerke Druckerei Fahrzeugteile Aufzüge Brandschutz
Entsorgung Umwelttechnik Netzbau Kabelwerke Zerspanung Blechtechnik Prüftechnik Dichtungen Filtertechnik
Pharmahandel"""
)
TOWNS = _words(
    """Aachen Aalen Ansbach Augsburg Bamberg Bautzen Bayreuth Bielefeld Bocholt Bochum Bonn Bottrop Bremen Celle
Chemnitz Coburg Cottbus Cuxhaven Darmstadt Dessau Detmold Dortmund Dresden Düren Eisenach Emden Erfurt Erlangen Essen
Eutin Flensburg Freiburg Fulda Gera Gießen Goslar Gotha Göttingen Greifswald Gütersloh Hagen Halle Hameln Hamm Hanau
Heidelberg Heilbronn Herford Hildesheim Husum Ingolstadt Jena Kassel Kempten Kiel Kleve Koblenz Krefeld Landshut Leer
Leipzig Lemgo Lingen Lübeck Lüneburg Mainz Marburg Memmingen Minden München Münster Neuss Nienburg Nordhorn Nürnberg
Oldenburg Osnabrück Paderborn Passau Pirna Plauen Potsdam Ravensburg Regensburg Rheine Rosenheim Rostock Schwerin
Siegen Soest Speyer Stade Stendal Stralsund Suhl Trier Tübingen Ulm Weimar Wesel"""
)
GIVEN = _words(
    """Anna Antje Arne Beate Bernd Birgit Carla Christian Clara Daniel Dirk Doris Elke Emil Erik Eva Felix Frank
Frauke Georg Gesa Hanna Heike Helge Ines Jan Jens Jonas Julia Kai Karin Katrin Klaus Lars Lena Leon Lukas Maike Maren
Marie Martin Mats Meike Nadine Nils Nora Oliver Paul Petra Ralf Rieke Sabine Sarah Silke Stefan Svenja Tim Tobias
Ute Uwe Vera Volker Wiebke"""
)
LEGAL_FORMS = ("GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG", "SE")
INDUSTRIES = ("Logistics", "Field service", "Manufacturing", "Wholesale", "Construction", "Facility services")
TITLES = (
    *("CEO", "Geschäftsführerin", "Managing Director", "Inhaber", "COO", "Prokurist", "VP Sales", "Head of Sales"),
    *("Vertriebsleiter", "Leiterin Kundenservice", "Director Operations", "Head of Customer Service", "CFO", "CIO"),
    *("IT-Leiter", "Leiter Einkauf", "Sales Manager", "Service Manager", "Logistikleiterin", "Operations Manager"),
    *("Key Account Manager", "IT Manager", "Disponent", "Sachbearbeiterin", "Projektleiter", "HR Manager"),
    *("Assistant to the CEO", "Werkstudent", "Einkäufer", "Werkleiter"),
)
BUDGETS = ("", "", "about 20,000 a year", "30,000 set aside", "approved for this year")
QUESTIONS = (
    "Who decides on this at their side?",
    "Is there a budget for it this year?",
    "Do they look at other vendors already?",
    "How many people would work with it?",
)
ANSWERS = (
    "The head of sales decides, together with the managing director.",
    "Yes, it is in this year's plan.",
    "They looked at one and did not like it.",
    "About forty, most of them on the road.",
)
INTRODUCTIONS = (
    "I wrote to both sides and asked for a first call.",
    "We spoke about it at their summer meeting; they expect your call.",
    "They are a customer of ours since five years. I told them about you last week.",
    "We had a call with three of their people, and I named you.",
)
BECAUSE = "I spoke with them, and what they say is clearer than the form."
_AS_TYPED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue", " ": "-"}
    | {capital: capital.lower() for capital in string.ascii_uppercase}
)
_COMBINED = len(NAMES) * len(TRADES) * len(TOWNS)
_STEP = 610_639  # a prime, so that neighbours have nothing in common and none comes twice


class Company(NamedTuple):
    name: str
    legal_name: str
    domain: str


def company(number: int) -> Company:
    """The company of this number; no two numbers share a domain."""
    again, place = divmod(number, _COMBINED)
    place = place * _STEP % _COMBINED
    place, name = divmod(place, len(NAMES))
    town, trade = divmod(place, len(TRADES))
    words = (NAMES[name], TRADES[trade], TOWNS[town])
    called = " ".join(words) + (f" {again + 1}" if again else "")
    return Company(called, f"{called} {LEGAL_FORMS[number % len(LEGAL_FORMS)]}", f"{slug(called)}.example")


def slug(text: str) -> str:
    """As it stands in an address."""
    return text.translate(_AS_TYPED)
