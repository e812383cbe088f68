from portal.drafts.rules import LONGEST, UNNAMED, kept, title_of


def test_only_answers_to_questions_of_the_form_are_kept_and_only_those_that_say_something() -> None:
    typed = {"company": " Calder ", "need": "  ", "csrf_token": "x", "partner_id": "7"}
    assert kept(typed, ["company", "need", "website"]) == {"company": "Calder"}


def test_an_answer_is_kept_as_long_as_the_form_allows() -> None:
    assert len(kept({"need": "x" * 9_999}, ["need"])["need"]) == LONGEST


def test_a_draft_is_called_by_what_was_typed_first() -> None:
    assert title_of({"company": "Calder", "website": "calder.example"}) == "Calder"
    assert title_of({"website": "calder.example"}) == "calder.example"
    assert title_of({"contact_name": "Ruth"}) == "Ruth"
    assert title_of({"need": "Something"}) == UNNAMED
