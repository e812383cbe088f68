import pytest

from portal.auth import queries
from portal.auth.rules import Role
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.make import PASSWORD

NEW = "quite another sentence"
PROFILE = {"name": "Ana Ferreira", "time_zone": "Europe/Lisbon", "theme": "dark", "letter_keys": "y"}


@pytest.mark.parametrize("is_staff", [True, False])
def test_everyone_keeps_name_zone_and_colours(client: Client, is_staff: bool) -> None:
    make.program()
    user = make.staff() if is_staff else make.partner_user(Role.PARTNER_MEMBER)
    page = client.as_(user).post("/account/", data=PROFILE, follow_redirects=True)
    assert "Saved." in page.text
    assert 'data-bs-theme="dark"' in page.text
    changed = queries.oneself(user)
    assert (changed.name, changed.time_zone, changed.theme) == ("Ana Ferreira", "Europe/Lisbon", "dark")


def test_single_letters_can_be_switched_off(client: Client) -> None:
    make.program()
    client.as_(make.staff())
    assert "data-letter-keys" not in client.get("/account/").text
    off = {name: value for name, value in PROFILE.items() if name != "letter_keys"}
    assert 'data-letter-keys="off"' in client.post("/account/", data=off, follow_redirects=True).text
    client.post("/account/", data=PROFILE)
    assert "data-letter-keys" not in client.get("/account/").text


def test_the_zone_of_the_program_is_had_by_naming_none(client: Client) -> None:
    make.program(time_zone="Europe/Berlin")
    user = make.partner_user(time_zone="Asia/Tokyo")
    client.as_(user)
    assert "As the program: Europe/Berlin" in client.get("/account/").text
    client.post("/account/", data=PROFILE | {"time_zone": "", "theme": ""})
    assert queries.oneself(user).time_zone is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Please give the name."),
        ({"name": "n" * 10_000}, "Up to 120 characters"),
        ({"time_zone": "Mars/Olympus"}, "choose one of these"),
        ({"theme": "sepia"}, "choose one of these"),
    ],
)
def test_odd_input_is_answered_with_a_sentence_and_changes_nothing(
    client: Client, wrong: dict[str, str], sentence: str
) -> None:
    user = make.partner_user(name="Ana")
    page = client.as_(user).post("/account/", data=PROFILE | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    assert queries.oneself(user).name == "Ana"


def test_nothing_else_of_the_account_can_be_typed(client: Client) -> None:
    user = make.partner_user()
    client.as_(user).post("/account/", data=PROFILE | {"email": "eve@lane.example", "partner_id": "", "id": "1"})
    assert (queries.oneself(user).email, queries.oneself(user).partner_id) == (user.email, user.partner_id)


def test_a_changed_password_signs_out_every_other_browser(client: Client) -> None:
    user = make.partner_user(has_password=True)
    other = client_of(client.application)
    other.as_(user)
    page = client.as_(user).post(
        "/account/password", data={"current": PASSWORD, "password": NEW}, follow_redirects=True
    )
    assert "Your new password is set." in page.text
    assert other.get("/account/").status_code == 302
    assert client.signed_out().post("/login", data={"email": user.email, "password": NEW}).status_code == 303


def test_a_password_is_changed_by_whoever_knows_it_only(client: Client) -> None:
    user = make.partner_user(has_password=True)
    page = client.as_(user).post("/account/password", data={"current": "not this one", "password": NEW})
    assert page.status_code == 422
    assert "This is not your password." in page.text
    assert NEW not in page.text
    assert client.signed_out().post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 303


def test_a_password_that_will_not_do_is_refused_in_words(client: Client) -> None:
    user = make.partner_user(has_password=True)
    page = client.as_(user).post("/account/password", data={"current": PASSWORD, "password": "short"})
    assert page.status_code == 422
    assert "Use 12 to 128 characters." in page.text


def test_whoever_is_signed_out_has_no_account_page(client: Client) -> None:
    assert client.get("/account/").location == "/login?next=/account/"
