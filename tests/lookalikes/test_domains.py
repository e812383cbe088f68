import pytest

from portal.errors import Refused
from portal.lookalikes.domains import domain_of, label_of


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("calderfinch.example", "calderfinch.example"),
        ("  https://www.Calder.co.uk/about?x=1 ", "calder.co.uk"),
        ("shop.calder.de.", "calder.de"),
        ("ruth@calder.com", "calder.com"),
        ("mailto:ruth@calder.com", "calder.com"),
        ("http://calder.com:8080", "calder.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("XN--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("calder.github.io", "calder.github.io"),  # a suffix that anybody can register under
        ("https://calder.wordpress.com/", "calder.wordpress.com"),
        ("blog.calder.jimdosite.com", "calder.jimdosite.com"),
        ("www.wordpress.com", "wordpress.com"),
        ("linkedin.com", "linkedin.com"),  # the company itself
    ],
)
def test_a_company_is_one_domain_however_it_is_typed(typed: str, domain: str) -> None:
    assert domain_of(typed) == domain


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Give the company's website"),
        ("Calder and Finch", "not a web address"),
        ("localhost", "not a web address"),
        ("192.168.0.1", "not a web address"),
        ("http://[::1]/", "not a web address"),
        ("http://[", "not a web address"),
        ("co.uk", "not a web address"),
        ("calder..de", "not a web address"),
        ("-calder.de", "not a web address"),
        ("x" * 70 + ".de", "not a web address"),
        ("ex\u202eample.com", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("ruth@gmail.com", "mail provider"),
        ("https://www.linkedin.com/company/calder", "a page about the company"),
    ],
)
def test_what_is_no_address_of_a_company_is_refused_in_words(typed: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        domain_of(typed)
    assert refusal.value.field == "website"


@pytest.mark.parametrize(
    ("domain", "label"),
    [
        ("brueck-antriebe.de", "bruckantriebe"),
        ("xn--brck-antriebe-xob.at", "bruckantriebe"),
        ("calder.co.uk", "calder"),
        ("calder.wordpress.com", "calder"),
        ("wordpress.com", "wordpress"),
    ],
)
def test_a_domain_is_compared_without_its_ending(domain: str, label: str) -> None:
    assert label_of(domain) == label
