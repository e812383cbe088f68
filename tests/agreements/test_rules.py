from portal.agreements.rules import LABEL, TONE, AgreementState, authority_text, check_move
from tests.moves import assert_only


def test_an_agreement_makes_only_its_moves() -> None:
    assert_only(
        check_move,
        AgreementState,
        "draft > sent void",
        "sent > viewed signed declined void expired_unsigned",
        "viewed > signed declined void expired_unsigned",
        "signed > countersigned void",
        "countersigned > superseded terminated expired",
    )


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(AgreementState)


def test_the_signatory_signs_for_a_named_company() -> None:
    assert authority_text("Harbour & Lane") == "I have the authority to sign for Harbour & Lane."
    assert authority_text("Harbour & Lane B.V.") == "I have the authority to sign for Harbour & Lane B.V."
