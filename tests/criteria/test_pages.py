"""The criteria in use, the draft that waits for its second person, and a box to try a job title."""

from typing import Any

import pytest
import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.rules import STAFF_ROLES, Role
from portal.countries import COUNTRIES
from portal.criteria import actions
from portal.criteria.forms import CELLS, CriteriaForm
from portal.criteria.matrix import DEFAULT
from portal.criteria.models import CriteriaVersion
from portal.criteria.words import default_data
from portal.extensions import db
from tests.support import agreements, make
from tests.support.client import Client
from tests.support.make import NOON

HOME = "/staff/settings/criteria/"
READERS = {Role.PARTNER_MANAGER, Role.FINANCE_APPROVER, Role.CONTENT_EDITOR, Role.PROGRAM_ADMIN, Role.AUDITOR}
WORDS = {
    f"{part}_{kind}": "\n".join(words)
    for part in ("seniority", "functions")
    for kind, words in default_data()[part].items()
}
TYPED: dict[str, Any] = (
    WORDS
    | {
        "began_from_number": "1",
        "territories": "Germany, at\nFrance",
        "employees_from": "50",
        "employees_to": "500",
        "industries": "logistics\nSpedition",
        "weights_size": "25",
        "weights_industry": "25",
        "weights_timing": "25",
        "weights_budget": "25",
        "min_points": "50",
        "timing_now": "100",
        "timing_this_quarter": "75",
        "timing_this_year": "50",
        "timing_later": "0",
        "hard_territory": "y",
        "hard_public_tender": "y",
    }
    | {name: str(DEFAULT.cell(*place)) for name, place in CELLS.items()}
)


@pytest.fixture
def edith(client: Client) -> User:
    """A content editor, in a program whose first version Adam has published."""
    make.program()
    adam = agreements.admin(name="Adam")
    actions.publish(adam, actions.draft(None, data=default_data(), now=NOON), now=NOON)
    db.session.commit()
    return agreements.person(Role.CONTENT_EDITOR, name="Edith")


def drafted(by: User, **changes: Any) -> None:
    actions.draft(by, data=default_data() | changes, now=NOON)
    db.session.commit()


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_each_role_sees_what_it_may(client: Client, edith: User, role: Role) -> None:
    client.as_(make.staff(role))
    page = client.get(HOME)
    assert page.status_code == (200 if role in READERS else 403)
    may_edit = role in (Role.CONTENT_EDITOR, Role.PROGRAM_ADMIN)
    assert client.get(HOME + "new").status_code == (200 if may_edit else 403)
    assert client.post(HOME + "new", data=TYPED).status_code == (303 if may_edit else 403)
    assert ("Draft a new version" in page.text) == may_edit
    assert client.post(HOME + "2/publication").status_code == (409 if may_edit else 403)


def test_a_partner_sees_none_of_it(client: Client, edith: User) -> None:
    client.as_(make.partner_user())
    assert client.get(HOME).status_code == 403


def test_the_version_in_use_is_shown_whole(client: Client, edith: User) -> None:
    page = client.as_(edith).get(HOME).text
    assert "Adam published it" in page
    assert "Austria, Belgium, Czechia" in page
    assert "20 to 1,000" in page
    assert "every industry" in page
    assert "40 of 100 points needed" in page
    assert "Owner, C-level, Vice president, Director, Head" in page
    assert "A person looks at it; qualifies at once with the budget or the decider named" in page
    assert "hauptgeschäftsführ*" in page
    assert "fuhrpark*" in page


def test_the_matrix_the_times_and_what_declines_are_part_of_a_version(client: Client, edith: User) -> None:
    said = TYPED | {"matrix_senior_buying": "if_named", "timing_this_year": "60", "hard_public_tender": ""}
    assert client.as_(edith).post(HOME + "new", data=said).status_code == 303
    page = client.get(HOME).text
    assert "a person looks at it becomes a person looks at it; qualifies at once with the budget" in page
    assert "<dt>Senior, buying function</dt>" in page
    assert "50 % becomes 60 %" in page
    assert "drops A public tender is already out" in page
    form = client.get(HOME + "new").text
    assert '<option selected value="if_named">' in form.split('id="matrix_senior_buying"')[1].split("</select>")[0]
    assert "checked" not in form.split('id="hard_public_tender"')[1].split(">")[0]


def test_a_job_title_is_tried_with_what_is_typed(client: Client, edith: User) -> None:
    said = TYPED | {"title": "Leiterin Kundenservice"}
    answer = client.as_(edith).post(HOME + "reading", data=said)
    assert (
        "<dd>Head</dd><dt>Function</dt><dd>Buying function</dd><dt>Matched</dt><dd>Leiterin Kundenservice"
        in answer.text
    )
    assert "qualifies at once" in answer.text
    changed = said | {"matrix_head_buying": "ask", "seniority_head": "leiterin", "functions_buying": "kundenservice"}
    assert "we ask who decides" in client.post(HOME + "reading", data=changed).text
    wrong = client.post(HOME + "reading", data=said | {"seniority_head": "*"})
    assert "Each word of a job title needs at least one letter." in wrong.text
    assert "names neither level" in client.post(HOME + "reading", data=said | {"title": "Wizard"}).text
    whole = client.post(HOME + "reading", data=said, headers={"Accept": "text/html"})
    assert "<h1>A new version" in whole.text
    assert "Leiterin Kundenservice</mark>" in whole.text
    assert client.get(HOME).text.count("waits for its second person") == 0


def test_before_any_version_the_page_says_so_and_the_form_begins_with_the_usual_words(client: Client) -> None:
    make.program()
    client.as_(make.staff(Role.CONTENT_EDITOR))
    assert "No criteria yet" in client.get(HOME).text
    assert "geschäftsführ*" in client.get(HOME + "new").text
    assert client.post(HOME + "new", data=TYPED | {"began_from_number": "0"}).status_code == 303
    assert "Referrals can come in from then on" not in client.get(HOME).text
    make.staff(Role.PROGRAM_ADMIN, name="Adam")
    assert "Version 1 waits for its second person" in client.get(HOME).text


def test_one_drafts_another_publishes(client: Client, edith: User) -> None:
    answer = client.as_(edith).post(HOME + "new", data=TYPED)
    assert (answer.status_code, answer.location) == (303, HOME)
    page = client.get(HOME).text
    assert "Version 2 waits for its second person" in page
    assert "Adam can publish it." in page
    assert "2/publication" not in page
    assert client.post(HOME + "2/publication").status_code == 409

    auditor = client.as_(make.staff(Role.AUDITOR)).get(HOME).text
    assert "Adam can publish it." in auditor
    assert "2/publication" not in auditor

    client.as_(make.staff(Role.PROGRAM_ADMIN, name="Olga"))
    page = client.get(HOME).text
    assert "drops Belgium, Czechia" in page
    assert "20 to 1,000 becomes 50 to 500" in page
    assert "adds logistics, Spedition" in page
    assert "40 becomes 25" in page
    assert client.post(HOME + "2/publication").status_code == 303
    page = client.get(HOME).text
    assert "Olga published it" in page
    assert "Austria, France, Germany</p>" in page
    assert client.post(HOME + "2/publication").status_code == 409
    assert client.post(HOME + "3/publication").status_code == 404


def test_alone_the_author_is_told_whom_to_invite(client: Client) -> None:
    make.program()
    alone = agreements.admin()
    drafted(alone)
    assert "Invite a second person as content editor or program admin." in client.as_(alone).get(HOME).text


def test_the_form_begins_from_the_newest_version(client: Client, edith: User) -> None:
    page = client.as_(edith).get(HOME + "new").text
    assert "It begins from the version in use" in page
    assert "Switzerland\nUnited Kingdom</textarea>" in page.replace("\r\n", "\n")
    drafted(edith, industries=["falconry"])
    page = client.get(HOME + "new").text
    assert "It begins from the draft that waits" in page
    assert "falconry" in page


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"territories": "Germany, Atlantis"}, "territories", "Atlantis is none"),
        ({"territories": "EU"}, "territories", "EU is none"),
        ({"territories": " "}, "territories", "Name at least one country."),
        ({"territories": ",;,"}, "territories", "Name at least one country"),
        ({"territories": "x" * 10_000}, "territories", "Up to 6,000"),
        ({"seniority_head": ""}, "seniority_head", "Name at least one word."),
        ({"seniority_head": ", ,"}, "seniority_head", "Name at least one word."),
        ({"seniority_head": "head\n*"}, "seniority_head", "at least one letter"),
        ({"functions_other": "a*b*c*d*e"}, "functions_other", "more than 2 *"),
        ({"functions_other": "law " * 30}, "functions_other", "longer than 60"),
        ({"functions_buying": "sales\n" * 2000}, "functions_buying", "Up to 6,000"),
        ({"weights_size": "30"}, "weights_size", "add up to 100"),
        ({"weights_size": "-5", "weights_budget": "55"}, "weights_size", "between 0 and 100"),
        ({"weights_timing": ""}, "weights_timing", "Give a number."),
        ({"employees_from": "500", "employees_to": "50"}, "employees_from", "not lower"),
        ({"employees_to": "9" * 10_000}, "employees_to", "is not one whole number. Write it like 1200."),
        ({"employees_to": "9" * 30}, "employees_to", "from 1 to 10,000,000"),
        ({"min_points": "101"}, "min_points", "between 0 and 100"),
        ({"industries": "y" * 10_000}, "industries", "Up to 6,000"),
        ({"timing_now": "101"}, "timing_now", "between 0 and 100"),
        ({"timing_later": "soon"}, "timing_later", "Please write a whole number."),
        ({"matrix_head_buying": "perhaps"}, "matrix_head_buying", "Please choose one of these"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    client: Client, edith: User, change: dict[str, str], field: str, sentence: str
) -> None:
    page = client.as_(edith).post(HOME + "new", data=TYPED | change)
    assert page.status_code == 422
    beside = page.text.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert sentence in beside
    assert "Spedition" in page.text or "industries" in change
    assert all(
        value[:3000].split("\n")[0].strip() in page.text for name, value in change.items() if "matrix" not in name
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CriteriaVersion)) == 1


def test_a_form_from_before_another_version_is_not_taken(client: Client, edith: User) -> None:
    drafted(agreements.admin(), industries=["falconry"])
    client.as_(edith)
    for seen in ("1", "", "many", "9" * 50):
        page = client.post(HOME + "new", data=TYPED | {"began_from_number": seen})
        assert page.status_code == 422
        assert "Version 2 was written since" in page.text


def test_nothing_changed_is_no_version(client: Client, edith: User) -> None:
    with client.as_(edith).application.test_request_context():
        shown = CriteriaForm.showing(None).answers()
    typed = {name: str(value) for name, value in shown.items() if value is not None and value is not False}
    page = client.post(HOME + "new", data=typed | {"began_from_number": "1"})
    assert page.status_code == 422
    assert "Version 1 says exactly this already." in page.text


def test_a_job_title_is_tried_against_both_versions(client: Client, edith: User) -> None:
    words = default_data()["seniority"]
    drafted(edith, seniority=words | {"intern": [*words["intern"], "fleet wizard"]})
    page = client.as_(edith).get(HOME, query_string={"title": "Fleet Wizard"}).text
    in_use, draft = page.split("the draft</h3>")
    assert "Not named" in in_use.split("in use</h3>")[1]
    assert "<dd>Intern</dd><dt>Function</dt><dd>Buying function</dd><dt>Matched</dt><dd>Fleet Wizard</dd>" in draft
    assert "<mark>Fleet Wizard</mark> is a trainee" in draft


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "ß" * 5000, "*" * 200, "  "])
def test_any_title_can_be_tried(client: Client, edith: User, title: str) -> None:
    page = client.as_(edith).get(HOME, query_string={"title": title})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_every_country_is_known_by_its_name() -> None:
    names = set(COUNTRIES.values())
    assert not [name for name in names if "," in name or ";" in name]
