"""What is the same name, word by word, and which letter makes another one."""
# ruff: noqa: RUF001 - names in other alphabets

import pytest

from portal.lookalikes.likeness import LIKELY, POSSIBLE, Company, likeness
from portal.lookalikes.names import name_of


def same(one: str, other: str) -> bool:
    return name_of(one).joined_core == name_of(other).joined_core


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Petrov Konsult EOOD", "Petrov Konsult"),
        ("Kiruna Malm Aktiebolag", "Kiruna Malm AB"),
        ("Donau Stahl Gesellschaft mit beschränkter Haftung", "Donau Stahl GmbH"),
        ("Kowal Meble Spółka z o.o.", "Kowal Meble Sp. z o.o."),
        ("Isar Verwaltungsgesellschaft mbH", "Isar Verwaltungs GmbH"),
        ("Kaya Gıda San. ve Tic. A.Ş.", "Kaya Gida"),
        ("Каменский Завод ООО", "Kamenskiy Zavod"),
        ("Ναυτικός Όμιλος Πειραιάς", "Naftikos Omilos Peiraias"),
        ("Ευγενία Τράπεζα", "Evgenia Trapeza"),
        ("Harlow Mfg Co", "Harlow Manufacturing Company"),
        ("Stanmore Theatre", "Stanmore Theater Ltd"),
        ("North Atlantic Fisheries (NAF)", "North Atlantic Fisheries"),
        ("DKAG Deutsche Kabel AG", "Deutsche Kabel"),
        ("Orbitra.io", "Orbitra"),
        ("Calder Deutschland GmbH", "Calder Worldwide"),
        ("Calder Bau (vormals Finch Bau)", "Calder Bau"),
    ],
)
def test_what_does_not_say_who_it_is_is_left_out(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fietsen Vos", "Fietsen Bos"),
        ("Calder Holding", "Calder"),
        ("Deutschland GmbH", "Schweiz GmbH"),
        ("Alpha Bravo (ABC)", "Alpha Bravo"),
        ("St.Gallen Bau", "Gallen Bau"),
        ("Aktiengesellschaft Nord", "Kommanditgesellschaft Süd"),
    ],
)
def test_what_says_who_it_is_is_kept(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Philipsen Optik", "Phillipsen Optik"),  # typed twice
        ("Brenner Optik", "Brener Optik"),  # once too few
        ("Martin Optik", "Matrin Optik"),  # changed places
        ("Kessler Optik", "Kesslr Optik"),  # a vowel too few
        ("Rosenquist Optik", "Rosenqvist Optik"),  # a long word
        ("Wren Travels", "Wren Travel"),  # what they do, one or many
        ("CalderFinch", "Calder Fonch"),  # a long name, written apart
    ],
)
def test_a_slip_of_the_hand_is_the_same_company(one: str, other: str) -> None:
    assert likeness(Company(one, ""), Company(other, "")).score >= LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Carter Optik", "Carver Optik"),
        ("Marin Optik", "Martin Optik"),
        ("Peter Optik", "Peters Optik"),
        ("Hofmeister Optik", "Lofmeister Optik"),
        ("Stahl Weser", "Stuhl Weser"),
        ("Meier Lo", "Maier Lo"),
    ],
)
def test_another_letter_that_makes_another_word_is_looked_at_by_a_person(one: str, other: str) -> None:
    assert POSSIBLE <= likeness(Company(one, ""), Company(other, "")).score < LIKELY


@pytest.mark.parametrize(
    ("domains", "score"),
    [
        (("adler-ulm.de", "hotel-adler-jena.de"), 58),
        (("adler-ulm.de", "hoteladler.de"), 78),
        (("adler-gmbh.de", "adler-ulm.de"), 78),
        (("hot-adler.de", "adler-ulm.de"), 78),
        (("adler-ulm.de", "adler-ulm.at"), 98),
    ],
)
def test_one_name_in_two_towns_is_two_houses(domains: tuple[str, str], score: int) -> None:
    one, other = (Company("Hotel Adler", domain) for domain in domains)
    assert likeness(one, other).score == score
