"""The criteria a program starts with: words of job titles in English and German, territory and weights, as data.

`*` stands for any letters of one word, so `*leiter` reads every German compound. An umlaut is read written out as well.
The longest word wins where two read the same place, so an exception is simply a longer word."""

from typing import Any

_SENIORITY: dict[str, str] = {
    "owner": """owner, co owner, founder, co founder, cofounder, managing partner, founding partner,
        equity partner, proprietor, shareholder, entrepreneur, inhaber, inhaberin, *inhaber, *inhaberin,
        eigentümer*, gründer, gründerin, mitgründer*, gesellschafter, gesellschafterin, unternehmer,
        unternehmerin""",
    "c_level": """ceo, coo, cfo, cto, cio, cmo, cro, cco, cdo, cpo, cso, ciso, chro, chief executive,
        chief executive officer, chief * officer, chief * * officer, managing director, executive chair*,
        chairman, chairwoman, chairperson, president, board member, member of the board, general secretary,
        secretary general, c level, geschäftsführ*, hauptgeschäftsführ*, geschäftsleitung, geschäftsleiter,
        geschäftsleiterin, vorstand, vorstand*, vorständin, generaldirektor*, generalsekretär*,
        mitglied der geschäftsleitung""",
    "vp": """vp, svp, evp, avp, vice president, senior vice president, executive vice president,
        assistant vice president, vizepräsident*""",
    "director": """director, directors, executive director, associate director, deputy director,
        general manager, country manager, company secretary, direktor, direktorin, *direktor, *direktorin,
        prokurist, prokuristin""",
    "head": """head, deputy head, leiter, leiterin, leitung, leitend*, *leiter, *leiterin, *leitung,
        ressortleiter*, chef, chefin, *chef, *chefin""",
    "manager": """manager, managerin, *manager, *managerin, team lead, team leader, teamlead, teamleader,
        teamleiter, teamleiterin, teamleitung, gruppenleiter, gruppenleiterin, projektleiter, projektleiterin,
        projektleitung, schichtleiter*, filialleiter*, bauleiter*, supervisor, assistant director,
        deputy manager, disponentenleiter*, meister, meisterin""",
    "senior": """senior, sr, principal, lead, chief of staff, chief engineer, assistant manager,
        account manager, key account manager, expert, expertin, experte, architect, architekt*""",
    "staff": """specialist, spezialist*, executive, account executive, engineer, ingenieur*, *ingenieur,
        *ingenieurin, developer, programmer, entwickler, entwicklerin, *entwickler, *entwicklerin, consultant,
        berater, beraterin, *berater, *beraterin, analyst, analystin, representative, rep, agent, advisor,
        adviser, officer, coordinator, koordinator*, administrator, admin, clerk, accountant, buchhalter*,
        planner, dispatcher, disponent, disponentin, buyer, einkäufer, einkäuferin, technician, techniker,
        technikerin, designer, associate, employee, office manager, business partner, assistant professor,
        referent, referentin, vorstandsreferent*, sachbearbeiter*, mitarbeiter*, angestellte*, *kaufmann,
        *kauffrau, verkäufer, verkäuferin, fahrer, fahrerin, driver, junior, jr, chef de partie""",
    "assistant": """assistant, assistant to, executive assistant, personal assistant, management assistant, pa,
        ea, secretary, receptionist, assistent, assistentin, assistenz, *assistent, *assistentin, *assistenz,
        sekretär, sekretärin, sekretariat, *sekretär, *sekretärin, empfang*, vorzimmer*""",
    "intern": """intern, internship, trainee, apprentice, working student, student, student assistant, graduate,
        praktikant*, praktikum, werkstudent*, azubi*, auszubildende*, volontär*, studentische hilfskraft,
        duales studium""",
}

_FUNCTIONS: dict[str, str] = {
    "buying": """ceo, coo, cmo, cro, cco, chief executive, chief executive officer, chief operating officer,
        owner, co owner, founder, co founder, cofounder, managing partner, founding partner, proprietor,
        managing director, general manager, country manager, president, chairman, chairwoman, board member,
        member of the board, entrepreneur, geschäftsführ*, geschäftsleit*, mitglied der geschäftsleitung,
        vorstand, vorständin, vorstandsvorsitz*, inhaber*, *inhaber, *inhaberin, eigentümer*, gründer,
        gründerin, gesellschafter, gesellschafterin, unternehmer, unternehmerin, generaldirektor*,
        general management, sales, sales operations, revenue, commercial, business development, account,
        key account, marketing, growth, customer, customers, client, clients, customer service,
        customer success, customer experience, service, operations, operating, logistics, supply chain, fleet,
        transport, dispatch, distribution, vertrieb, vertriebs*, *vertrieb, verkauf, verkaufs*, marketing*,
        kunden*, key account*, außendienst*, innendienst*, umsatz*, betrieb, betriebsleit*, logistik*,
        fuhrpark*, disposition*, spedition*, versand*, kaufmännisch*, einzelhandel*""",
    "adjacent": """cfo, cto, cio, cdo, it, it operations, information technology, information systems, digital,
        digitalization, digitalisation, digital transformation, technology, technical, technical operations,
        systems, software, engineering, data, crm, erp, finance, financial, finance operations, controlling,
        accounting, procurement, purchasing, strategy, transformation, product, project, projects, program,
        programme, innovation, quality, process, processes, production, manufacturing, plant, administration,
        edv, technik*, technisch*, informatik*, informationstechnik*, digitalisierung*, daten*, finanz*,
        controll*, rechnungswesen, einkauf, einkaufs*, beschaffung*, strategie*, produkt*, projekt*,
        organisation*, prozess*, qualität*, produktion*, werk, werks*, verwaltung*""",
    "other": """hr, chro, human resources, people, people operations, talent, recruiting, recruitment, learning,
        training, legal, law, counsel, compliance, data protection, research, r&d, research and development,
        science, communications, public relations, press, facility, facilities, medical, clinical, warehouse,
        catering, kitchen, restaurant, personal, personal*, recht, rechts*, datenschutz*, forschung*,
        entwicklung, kommunikation*, presse*, lager, lager*, küche*, küchen*, haustechnik*""",
}

_TERRITORIES = "AT BE CH CZ DE DK ES FI FR GB IE IT LI LU NL NO PL PT SE"


def default_data() -> dict[str, Any]:
    """A fresh copy, in the shape that `Criteria.from_data` reads."""
    return {
        "territories": _TERRITORIES.split(),
        "seniority": {level: _words(text) for level, text in _SENIORITY.items()},
        "functions": {function: _words(text) for function, text in _FUNCTIONS.items()},
        "weights": {"size": 40, "industry": 20, "timing": 20, "budget": 20},
        "employees": [20, 1000],
        "industries": [],
        "min_points": 40,
    }


def _words(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split(",")]
