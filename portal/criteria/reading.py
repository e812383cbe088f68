"""The reading of a referral: each criterion on its own, then what they say together."""

from collections.abc import Iterator

from portal.criteria.matrix import CELL_LABEL, EASE, Cell, outcome_of
from portal.criteria.own_reading import read_own
from portal.criteria.rules import COUNTRIES, Answers, Criteria, Criterion, Finding, Outcome, Reading, Verdict
from portal.criteria.titles import Function, Seniority, Title, normal, read_title

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
    Outcome.ASK: "Tell us who decides, or introduce us to that person.",
    Outcome.DECLINE: _WAY,
}
_TITLE_VERDICT = {
    Outcome.QUALIFIES: Verdict.MET,
    Outcome.VALIDATE: Verdict.UNCLEAR,
    Outcome.ASK: Verdict.UNCLEAR,
    Outcome.DECLINE: Verdict.MISSED,
}

_AT_MOST = {Verdict.MET: Outcome.QUALIFIES, Verdict.UNCLEAR: Outcome.VALIDATE, Verdict.MISSED: Outcome.DECLINE}
"""Where a hard criterion may still lead to."""


def read(criteria: Criteria, answers: Answers) -> Reading:
    """Read one referral. A missed hard criterion declines it; what nobody said is unclear, never missed."""
    title = read_title(answers.job_title, criteria.levels, criteria.function_words)
    outcome = _outcome_of_title(criteria, title, answers)
    read_hard = (_territory(criteria, answers), _tender(answers), _consent(answers))
    hard = tuple(finding for finding in read_hard if finding.criterion in criteria.hard)
    own = read_own(criteria.own, answers.own)
    points, fit = _fit(criteria, answers)
    at_most = [_AT_MOST[finding.verdict] for finding in hard] + [most for _, most in own]
    if fit.verdict is Verdict.MISSED:
        at_most.append(Outcome.VALIDATE)
    return Reading(
        version=criteria.version,
        outcome=min(outcome, *at_most, key=EASE.__getitem__),
        seniority=title.seniority,
        function=title.function,
        points=points,
        findings=(
            _title(criteria, title, outcome, answers),
            _decision(criteria, title, answers),
            *hard,
            *(found for found, _ in own),
            fit,
        ),
    )


def _outcome_of_title(criteria: Criteria, title: Title, answers: Answers) -> Outcome:
    is_named = bool(answers.budget_known or answers.decider_named)
    return outcome_of(criteria.matrix.cell(title.seniority, title.function), is_named=is_named)


def matrix(criteria: Criteria) -> list[tuple[list[Seniority], tuple[str, ...]]]:
    """The levels that are read alike, and in words what follows in a buying, an adjacent and any other function."""
    rows: dict[tuple[str, ...], list[Seniority]] = {}
    for level in Seniority:
        rows.setdefault(tuple(CELL_LABEL[cell] for cell in criteria.matrix.rows[level]), []).append(level)
    return [(levels, cells) for cells, levels in rows.items()]


def _needs_a_name(criteria: Criteria, title: Title) -> bool:
    return criteria.matrix.cell(title.seniority, title.function) is Cell.IF_NAMED


def _changes(criteria: Criteria, outcome: Outcome) -> str:
    """What would make the title lead further."""
    if outcome is not Outcome.VALIDATE:
        return _TITLE_CHANGES[outcome]
    nearest = criteria.matrix.nearest()
    if not nearest:
        return ""
    who = " or ".join(_LEVEL_WORDS[level] for level, _ in nearest)
    return f"{who[:1].upper()}{who[1:]} {_FUNCTION_WORDS[nearest[0][1]]} would qualify at once."


def _title(criteria: Criteria, title: Title, outcome: Outcome, answers: Answers) -> Finding:
    verdict = _TITLE_VERDICT[outcome]
    if not answers.job_title.strip():
        sentence = "No job title is given: we ask who decides"
    elif not title.matched:
        sentence = f"“{answers.job_title.strip()}” names neither level nor function: we ask who decides"
    else:
        says = "qualifies with the budget or the decider named"
        how = says if _needs_a_name(criteria, title) and outcome is Outcome.QUALIFIES else _OUTCOME_WORDS[outcome]
        sentence = f"{title.matched} is {_LEVEL_WORDS[title.seniority]} {_FUNCTION_WORDS[title.function]}: {how}"
    return Finding(Criterion.TITLE, verdict, sentence, title.matched, _changes(criteria, outcome))


def _decision(criteria: Criteria, title: Title, answers: Answers) -> Finding:
    named = [word for word, said in (("Budget", answers.budget_known), ("Decider", answers.decider_named)) if said]
    if named:
        return Finding(Criterion.DECISION, Verdict.MET, f"{' and '.join(named).capitalize()} named")
    needed = _needs_a_name(criteria, title)
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
    yield "timing", criteria.timing.get(answers.timing)
    yield "budget", None if answers.budget_known is None else 100 * answers.budget_known
