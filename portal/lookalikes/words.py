"""Words of company names that say what kind of company it is, or where, and not who. All as `fold` leaves them."""

import re


def listed(text: str) -> frozenset[str]:
    """Its words, each once."""
    return frozenset(text.split())


LEGAL = listed(
    """gmbh mbh ggmbh gesmbh ag kg kgaa ohg gbr ek eg ev ug se partg partgmbb mbb zt haftungsbeschrankt
    aktiengesellschaft kommanditgesellschaft
    ltd limited plc llp llc lp lllp pllc inc incorporated corp corporation dac co ulc pty pte pvt
    sarl sas sasu sa eurl sci snc scop scs sca cie company compagnie societe ste ets etablissements gie
    srl srls spa sapa sl slu slne lda limitada ltda eireli cv scrl
    bv nv vof cv ua bvba stichting cooperatie gen ab aktiebolag hb as asa ans aps oy oyj ky tmi
    sro spol doo dd jdoo spzoo sp spolka kft zrt nyrt bt eood ood ead jsc ojsc cjsc pjsc ooo ao oao zao pao tov
    uab sia sti sirketi kk gk sdn bhd tbk fze fzco fzc wll jlt epe ike cokg"""
)
LEGAL_PHRASES = re.compile(
    r"\b(?:"
    "gesellschaft mit beschrankter haftung|gesellschaft burgerlichen rechts|offene handelsgesellschaft"
    "|public limited company|private limited|limited liability (?:company|partnership)"
    "|societe anonyme|societe a responsabilite limitee|societa per azioni|societa a responsabilita limitata"
    "|sociedad (?:anonima|limitada)|sociedade anonima|s de rl(?: de cv)?|sa de cv"
    "|besloten vennootschap|naamloze vennootschap|(?:sp|spolka) z oo|kabushiki kaisha|godo kaisha"
    "|san(?:ayi)? ve tic(?:aret)?|anonim sirketi|in (?:liquidation|liquidatie|insolvenz)|en liquidation"
    r")\b"
)
# Said by some of those who name the company, left out by others.
NOISE = listed(
    """the of de du des da do dos di del della la le les los las el il lo gli l d der die das den het fur f von zum zur
    dr prof dipl ing group groupe gruppe gruppen gruppo grupo groep koncern gesellschaft gemeinnutzige
    maison firma fa trust services"""
)
COUNTRIES = listed(
    """deutschland germany allemagne alemania osterreich austria autriche schweiz suisse switzerland svizzera
    france frankreich francia nederland netherlands niederlande uk gb britain ireland belgium belgie belgique
    italia italy italien espana spain spanien portugal polska poland polen danmark denmark sverige sweden norge norway
    suomi finland usa us america canada mexico brasil brazil australia india china japan singapore
    europe europa dach eu emea apac worldwide global international"""
)
"""Behind a name: the same house somewhere, or everywhere."""
BESIDE = listed(
    """holding holdings beteiligung beteiligungen verwaltung immobilien grundbesitz stiftung
    privatstiftung foundation capital ventures invest participations beheer vastgoed immobilier properties"""
)
"""What stands beside the company that works: owned by the same people, and another one all the same."""


def _short_for(text: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.split("\n") if line.strip())
    return {short: long.strip() for long, _, many in lines for short in many.split()}


SHORT_FOR = _short_for(
    """
    gebruder: gebr
    brothers: bros
    international: intl int internationale internationaler internationales
    manufacturing: mfg manuf
    gesellschaft: ges
    st: sankt saint sainte
    mount: mt
    services: svc svcs
    management: mgmt mgt
    associates: assoc assocs
    engineering: eng engg engrg
    technische: techn
    tech: techs technology technologies technologie technologien
    pharma: pharmaceutical pharmaceuticals
    gastro: gastronomie
    systems: sys system
    department: dept
    university: univ
    development: dev developments
    distribution: distrib distr
    national: natl
    hospital: hosp
    institute: inst
    labs: lab laboratory laboratories
    industries: ind inds
    construction: constr
    insurance: ins
    communications: comm comms
    group: grp
    center: centre ctr
    theater: theatre
    harbor: harbour
    color: colour
    tire: tyre
    tires: tyres
    jewelers: jewellers
    christian: chr
    william: wm
    charles: chas
    george: geo
    versicherung: vers versicherungs versicherungen
    stadtwerke: stadtw
    verwaltung: verw verwaltungs
    vertrieb: vertriebs
    handel: handels
    beteiligung: beteiligungs
    ingenieurburo: ingburo
    """
)
"""What is written short, or the other way across the sea."""
