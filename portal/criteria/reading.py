"""The reading of a referral: each criterion on its own, then what they say together."""

from collections.abc import Iterator

from portal.criteria.rules import COUNTRIES, Answers, Criteria, Criterion, Finding, Outcome, Reading, Verdict
from portal.criteria.titles import Function, Seniority, Title, normal, read_title

_LEADS = (Seniority.OWNER, Seniority.C_LEVEL, Seniority.VP, Seniority.DIRECTOR, Seniority.HEAD)
_ROWS = {
    **dict.fromkeys(_LEADS, (Outcome.QUALIFIES, Outcome.VALIDATE, Outcome.VALIDATE)),
    Seniority.MANAGER: (Outcome.VALIDATE, Outcome.VALIDATE, Outcome.ASK),
    **dict.fromkeys((Seniority.SENIOR, Seniority.STAFF), (Outcome.VALIDATE, Outcome.ASK, Outcome.DECLINE)),
    **dict.fromkeys((Seniority.ASSISTANT, Seniority.INTERN), (Outcome.ASK, Outcome.ASK, Outcome.DECLINE)),
    Seniority.UNKNOWN: (Outcome.ASK, Outcome.ASK, Outcome.ASK),
}
_COLUMNS = {Function.BUYING: 0, Function.ADJACENT: 1, Function.OTHER: 2, Function.UNKNOWN: 2}

_LEVEL_WORDS = {
    Seniority.OWNER: "an owner",
    Seniority.C_LEVEL: "top management",
    Seniority.VP: "a vice president",
    Seniority.DIRECTOR: "a director",
    Seniority.HEAD: "a head",
    Seniority.MANAGER: "a manager",
    Seniority.SENIOR: "a senior role",
    Seniority.STAFF: "a staff role",
    Seniority.ASSISTANT: "an assistant",
    Seniority.INTERN: "a trainee",
    Seniority.UNKNOWN: "a role of unknown seniority",
}
_FUNCTION_WORDS = {
    Function.BUYING: "in a buying function",
    Function.ADJACENT: "in an adjacent function",
    Function.OTHER: "in a function that does not buy",
    Function.UNKNOWN: "in a function that the title does not name",
}
_OUTCOME_WORDS = {
    Outcome.QUALIFIES: "qualifies at once",
    Outcome.VALIDATE: "a person looks at it",
    Outcome.ASK: "we ask who decides",
    Outcome.DECLINE: "too far from the decision",
}
_WAY = "Introduce us to whoever leads sales, service or operations, or to the management."
_TITLE_CHANGES = {
    Outcome.QUALIFIES: "",
    Outcome.VALIDATE: "A head or a director in a buying function would qualify at once.",
    Outcome.ASK: "Tell us who decides, or introduce us to that person.",
    Outcome.DECLINE: _WAY,
}
_TITLE_VERDICT = {
    Outcome.QUALIFIES: Verdict.MET,
    Outcome.VALIDATE: Verdict.UNCLEAR,
    Outcome.ASK: Verdict.UNCLEAR,
    Outcome.DECLINE: Verdict.MISSED,
}
# How much of the weight of timing each answer earns, in percent.
_TIMING = {"now": 100, "this_quarter": 75, "this_year": 50, "later": 0}


def read(criteria: Criteria, answers: Answers) -> Reading:
    """Read one referral. A missed hard criterion declines it; what nobody said is unclear, never missed."""
    title = read_title(answers.job_title, criteria.levels, criteria.function_words)
    outcome = _outcome_of_title(title, answers)
    hard = (_territory(criteria, answers), _tender(answers), _consent(answers))
    points, fit = _fit(criteria, answers)
    verdicts = {finding.verdict for finding in hard}
    if Verdict.MISSED in verdicts:
        outcome_of_all = Outcome.DECLINE
    elif outcome is Outcome.QUALIFIES and (Verdict.UNCLEAR in verdicts or fit.verdict is Verdict.MISSED):
        outcome_of_all = Outcome.VALIDATE
    else:
        outcome_of_all = outcome
    return Reading(
        version=criteria.version,
        outcome=outcome_of_all,
        seniority=title.seniority,
        function=title.function,
        points=points,
        findings=(_title(title, outcome, answers), _decision(title, answers), *hard, fit),
    )


def _outcome_of_title(title: Title, answers: Answers) -> Outcome:
    if _manager_who_buys(title) and (answers.budget_known or answers.decider_named):
        return Outcome.QUALIFIES
    return _ROWS[title.seniority][_COLUMNS[title.function]]


def matrix() -> list[tuple[list[Seniority], tuple[str, ...]]]:
    """The levels that are read alike, and in words what follows in a buying, an adjacent and any other function."""
    rows: dict[tuple[str, ...], list[Seniority]] = {}
    for level in Seniority:
        cells = tuple(_cell(Title(level, function, "")) for function in Function if function is not Function.UNKNOWN)
        rows.setdefault(cells, []).append(level)
    return [(levels, cells) for cells, levels in rows.items()]


def _cell(title: Title) -> str:
    usually = _outcome_of_title(title, Answers(job_title=""))
    at_best = _outcome_of_title(title, Answers(job_title="", budget_known=True))
    more = f"; {_OUTCOME_WORDS[at_best]} with the budget or the decider named" if at_best is not usually else ""
    return f"{_OUTCOME_WORDS[usually]}{more}".capitalize()


def _manager_who_buys(title: Title) -> bool:
    return title.seniority is Seniority.MANAGER and title.function is Function.BUYING


def _title(title: Title, outcome: Outcome, answers: Answers) -> Finding:
    verdict = _TITLE_VERDICT[outcome]
    if not answers.job_title.strip():
        sentence = "No job title is given: we ask who decides"
    elif not title.matched:
        sentence = f"“{answers.job_title.strip()}” names neither level nor function: we ask who decides"
    else:
        says = "qualifies with the budget or the decider named"
        how = says if _manager_who_buys(title) and outcome is Outcome.QUALIFIES else _OUTCOME_WORDS[outcome]
        sentence = f"{title.matched} is {_LEVEL_WORDS[title.seniority]} {_FUNCTION_WORDS[title.function]}: {how}"
    return Finding(Criterion.TITLE, verdict, sentence, title.matched, _TITLE_CHANGES[outcome])


def _decision(title: Title, answers: Answers) -> Finding:
    named = [word for word, said in (("Budget", answers.budget_known), ("Decider", answers.decider_named)) if said]
    if named:
        return Finding(Criterion.DECISION, Verdict.MET, f"{' and '.join(named).capitalize()} named")
    needed = _manager_who_buys(title)
    return Finding(
        Criterion.DECISION,
        Verdict.UNCLEAR,
        "Neither budget nor decider named",
        changes="Either of them would make it qualify." if needed else "Would make it stronger, not needed.",
    )


def _territory(criteria: Criteria, answers: Answers) -> Finding:
    if not answers.country:
        return Finding(Criterion.TERRITORY, Verdict.UNCLEAR, "No country is given", changes="Name the country.")
    name = COUNTRIES.get(answers.country, answers.country)
    if answers.country in criteria.territories:
        return Finding(Criterion.TERRITORY, Verdict.MET, f"{name} is in our territory", name)
    changes = "An office of theirs in our territory that decides by itself would."
    return Finding(Criterion.TERRITORY, Verdict.MISSED, f"{name} is outside our territory", name, changes)


def _tender(answers: Answers) -> Finding:
    if answers.public_tender is None:
        return Finding(Criterion.PUBLIC_TENDER, Verdict.UNCLEAR, "Not said whether a public tender is out")
    if not answers.public_tender:
        return Finding(Criterion.PUBLIC_TENDER, Verdict.MET, "No public tender is out")
    changes = "Introduce them before the next tender is published."
    return Finding(Criterion.PUBLIC_TENDER, Verdict.MISSED, "A public tender is already out", changes=changes)


def _consent(answers: Answers) -> Finding:
    if answers.consent:
        return Finding(Criterion.CONSENT, Verdict.MET, "The contact agrees to hear from us")
    changes = "Ask the contact; one line by mail is enough."
    if answers.consent is None:
        return Finding(Criterion.CONSENT, Verdict.UNCLEAR, "Not said whether the contact agrees", changes=changes)
    return Finding(Criterion.CONSENT, Verdict.MISSED, "The contact has not agreed to hear from us", changes=changes)


def _fit(criteria: Criteria, answers: Answers) -> tuple[int, Finding]:
    shares = dict(_shares(criteria, answers))
    points = sum(criteria.weights[name] * (share or 0) for name, share in shares.items()) // 100
    unsaid = [name for name, share in shares.items() if share is None and criteria.weights[name]]
    possible = points + sum(criteria.weights[name] for name in unsaid)
    if points >= criteria.min_points:
        verdict = Verdict.MET
    else:
        verdict = Verdict.UNCLEAR if possible >= criteria.min_points else Verdict.MISSED
    changes = f"Not said: {', '.join(unsaid)}. With it, up to {possible}." if unsaid else ""
    return points, Finding(Criterion.FIT, verdict, f"Fits {points} of 100", f"{points} of 100", changes)


def _shares(criteria: Criteria, answers: Answers) -> Iterator[tuple[str, int | None]]:
    """Of each weight the percent that is earned; None where nothing was said."""
    lowest, highest = criteria.employees
    yield "size", None if answers.employees is None else 100 * (lowest <= answers.employees <= highest)
    industry = normal(answers.industry)
    fits = not criteria.industries or any(normal(known) in industry for known in criteria.industries)
    yield "industry", 100 * fits if industry.strip() or not criteria.industries else None
    yield "timing", _TIMING.get(answers.timing)
    yield "budget", None if answers.budget_known is None else 100 * answers.budget_known
