"""Finding an address by what people type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wijktwin.model.address_search import Address, AddressBook, Answer, Found
from wijktwin.model.street_names import Certainty, StreetName, folded, likeness, nearest
from wijktwin.sources.prepared import open_neighbourhood

STREETS = (
    "Hoge Weg", "IJsselstraat", "Dr. Schaepmanlaan", "Burgemeester van Randwijcklaan", "Plein 1944", "1e Sweelinckstraat",
    "Curaçaostraat", "Van der Helstplein", "'s-Gravenzandestraat", "Meerstraat", "Reigerstraat", "Lijsterstraat",
)  # fmt: skip


def address(street: str, number: int, suffix: str = "", *, postcode: str = "", city: str = "Amersfoort") -> Address:
    return Address(f"{street}/{number}{suffix}", street, number, suffix, postcode, city, "", None, "", is_home=True)


@pytest.fixture(scope="module")
def town() -> AddressBook:
    houses = [address(street, number) for street in STREETS for number in (1, 5, 12, 20)]
    flats = [address("Hoge Weg", 7, suffix) for suffix in ("A", "B", "A-2", "10", "2", "bis")]
    coded = [address("Lijsterstraat", 3, postcode="3815DT"), address("Reigerstraat", 4, postcode="3815DT")]
    return AddressBook([*houses, *flats, *coded, address("Hoge Weg", 12, "C"), address("Meerstraat", 99, city="Den Haag")])


@pytest.fixture(scope="module")
def example(root: Path, state_of_the_tests: Path) -> AddressBook:
    return AddressBook.of_table(open_neighbourhood(root / "data" / "example", state_dir=state_of_the_tests).address_table)


def names(found: Found) -> list[str]:
    return [one.name for one in found.addresses]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ijsselstraat 12", "IJsselstraat 12"),
        ("YSSELSTR. 12", "IJsselstraat 12"),
        ("ĳsselstraat 12", "IJsselstraat 12"),
        ("Dr Schaepmanlaan 5", "Dr. Schaepmanlaan 5"),
        ("doctor schaepmanln 5", "Dr. Schaepmanlaan 5"),
        ("burg. v. randwijcklaan 1", "Burgemeester van Randwijcklaan 1"),
        ("Burg van Randwycklaan 1, Amersfoort", "Burgemeester van Randwijcklaan 1"),
        ("Plein 1944 5", "Plein 1944 5"),
        ("eerste sweelinckstraat 20", "1e Sweelinckstraat 20"),
        ("1ste Sweelinckstr 20", "1e Sweelinckstraat 20"),
        ("curacaostraat 1", "Curaçaostraat 1"),
        ("v.d. Helstplein 12", "Van der Helstplein 12"),
        ("s gravenzandestraat 5", "'s-Gravenzandestraat 5"),
        ("hogeweg 12c", "Hoge Weg 12C"),
        ("Hoge Weg 12 C", "Hoge Weg 12C"),
        ("hoge weg 7-a-2", "Hoge Weg 7A-2"),
        ("hoge weg 7a2", "Hoge Weg 7A-2"),
        ("hoge weg 7 bis", "Hoge Weg 7bis"),
        ("hoge weg 7/10", "Hoge Weg 7-10"),
        ("20 lijsterstraat", "Lijsterstraat 20"),
        ("Lijsterstraat20", "Lijsterstraat 20"),
        ("3815 dt 4", "Reigerstraat 4"),
        ("3815DT3", "Lijsterstraat 3"),
        ("Reigerstraat 4 3815DT Amersfoort", "Reigerstraat 4"),
        ("meerstraat 99 den haag", "Meerstraat 99"),
    ],
)
def test_an_address_is_found_however_it_is_written_and_is_the_only_one(town: AddressBook, typed: str, meant: str) -> None:
    found = town.find(typed)
    assert found.sure is not None
    assert found.sure.name == meant


@pytest.mark.parametrize(
    ("typed", "certainty", "meant"),
    [
        ("lijs 20", Certainty.BEGINS, "Lijsterstraat 20"),
        ("schaepman 5", Certainty.BEGINS, "Dr. Schaepmanlaan 5"),
        ("lijsetrstraat 20", Certainty.LIKE, "Lijsterstraat 20"),
        ("rijgerstraat 5", Certainty.LIKE, "Reigerstraat 5"),
        ("reigerlaan 5", Certainty.LIKE, "Reigerstraat 5"),
        ("kurakaostraat 5", Certainty.LIKE, "Curaçaostraat 5"),
    ],
)
def test_what_is_begun_or_misspelt_is_found_and_said_to_be_less_sure(
    town: AddressBook, typed: str, certainty: Certainty, meant: str
) -> None:
    found = town.find(typed)
    assert found.sure is None
    assert (found.answer, found.certainty, names(found)[0]) == (Answer.HOMES, certainty, meant)


def test_letters_that_were_not_typed_are_all_offered_in_their_order_and_others_are_said_to_be_others(town: AddressBook) -> None:
    found = town.find("Hoge Weg 7")
    assert names(found) == ["Hoge Weg 7-2", "Hoge Weg 7-10", "Hoge Weg 7A", "Hoge Weg 7A-2", "Hoge Weg 7B", "Hoge Weg 7bis"]
    assert found.sure is None
    assert not found.is_other_letter
    assert names(town.find("Hoge Weg 12")) == ["Hoge Weg 12", "Hoge Weg 12C"]
    other = town.find("Hoge Weg 12d")
    assert names(other) == ["Hoge Weg 12", "Hoge Weg 12C"]
    assert (other.is_other_letter, other.sure) == (True, None)


def test_what_is_not_there_is_said_with_what_is_nearest(town: AddressBook) -> None:
    number = town.find("Lijsterstraat 14")
    assert (number.answer, number.streets, number.asked) == (Answer.NO_NUMBER, ("Lijsterstraat",), "14")
    assert names(number) == ["Lijsterstraat 5", "Lijsterstraat 12", "Lijsterstraat 20"]
    merel = town.find("Merelstraat 3")
    assert merel.answer is Answer.NO_STREET
    assert merel.streets[0] == "Meerstraat"
    assert town.find("xqzwv") == Found(Answer.NO_STREET)
    assert town.find("1234 AB 5") == Found(Answer.NO_POSTCODE, asked="1234 AB")
    assert town.find("3815DT 8").answer is Answer.NO_NUMBER
    assert town.find("12").answer is Answer.ONLY_NUMBER
    assert town.find(" .,- ").answer is Answer.NOTHING_ASKED
    assert AddressBook(()).find("Lijsterstraat 1").answer is Answer.NO_ADDRESSES


def test_a_number_that_is_there_only_with_a_letter_is_asked_about_first() -> None:
    found = AddressBook([address("Hoge Weg", 12, "A", postcode="3815DT")])
    for typed in ("Hoge Weg 12", "3815 DT 12"):
        assert (names(found.find(typed)), found.find(typed).sure) == (["Hoge Weg 12A"], None)
        assert found.find(f"{typed}a").sure is not None


@pytest.mark.parametrize("typed", ["Hoge Weg 12d", "Hoge Weg 12-d", "Hoge Weg 12 D"])
def test_a_letter_that_is_not_there_is_told_with_its_number_however_it_is_written(town: AddressBook, typed: str) -> None:
    found = town.find(typed)
    assert (found.asked, found.is_other_letter) == ("12D", True), "not: number 12 is not there, this number is: 12"


def test_an_address_with_the_name_of_another_town_is_asked_about_first() -> None:
    book = AddressBook([address("Lijsterstraat", 3, city="")])
    assert book.find("Lijsterstraat 3").sure is not None
    for typed in ("Lijsterstraat 3 Rotterdam", "Lijsterstraat 3, Rotterdam"):
        assert (names(book.find(typed)), book.find(typed).sure) == (["Lijsterstraat 3"], None)


def test_a_street_with_the_postcode_of_another_place_is_asked_about_first(town: AddressBook) -> None:
    for typed in ("Lijsterstraat 3, 1234 AB Elders", "1234AB Lijsterstraat 3"):
        found = town.find(typed)
        assert names(found) == ["Lijsterstraat 3"]
        assert found.sure is None, "it may be a home in another town"
    assert town.find("Lijsterstraat 3 3815dt").sure is not None


def test_a_street_or_a_postcode_alone_gives_all_its_addresses_by_number(town: AddressBook) -> None:
    found = town.find("hoge weg")
    assert found.answer is Answer.STREET
    assert found.addresses == town.in_street("Hoge Weg")
    assert [one.number for one in found.addresses] == sorted(one.number for one in found.addresses)
    assert names(town.find("3815 DT")) == ["Lijsterstraat 3", "Reigerstraat 4"]
    several = town.find("straat")
    assert several.answer is Answer.STREETS
    assert set(several.streets) == {name for name in STREETS if name.endswith("straat")}


def test_no_question_is_too_strange(town: AddressBook) -> None:
    for typed in (
        "9" * 400,
        "a" * 4000,
        "1 " * 300,
        "<script>",
        "3815DT " * 40,
        "\uff17 \uff28oge",
        "\u0663",
        "\x00",
        "12" + "b" * 90,
        "\u2019s-",
    ):
        assert isinstance(town.find(typed), Found)


def test_every_address_of_the_example_is_found_by_its_name_and_by_its_postcode(example: AddressBook) -> None:
    for one in example.addresses:
        assert example.find(one.name).sure is one
        assert example.find(f"{one.postcode.replace(' ', '').lower()} {one.house}").sure is one
    assert {one.storey for one in example.in_street("Beflijsterweg")} >= {0, 3}
    assert all(one.is_home for one in example.in_street("Zomertalingstraat"))
    assert not all(one.is_home for one in example.addresses)


def test_one_slip_anywhere_in_a_street_of_the_example_still_finds_it_first(example: AddressBook) -> None:
    for street in example.streets:
        house = example.in_street(street)[0].house
        for at in range(1, len(street)):
            slips = [street[:at] + street[at + 1 :], street[:at] + "q" + street[at + 1 :], f"{street[:at]}{street[at]}{street[at:]}"]
            if at + 1 < len(street):
                slips.append(street[:at] + street[at + 1] + street[at] + street[at + 2 :])
            for slip in slips:
                found = example.find(f"{slip} {house}")
                assert found.answer is Answer.HOMES, slip
                assert found.addresses[0].name == f"{street} {house}", slip


def test_a_real_answer_of_the_national_register_is_found_in_both_of_its_spellings(shared_data: Path) -> None:
    told = json.loads((shared_data / "liendert" / "locatieserver_lookup_lijsterstraat20.json").read_text(encoding="utf-8"))
    (one,) = told["response"]["docs"]
    book = AddressBook([address(one["straatnaam"], one["huisnummer"], postcode=one["postcode"], city=one["woonplaatsnaam"])])
    for typed in (one["weergavenaam"], f"{one['straatnaam_verkort']} {one['huis_nlt']}", f"{one['postcode']} {one['huisnummer']}"):
        found = book.find(typed)
        assert found.sure is not None, typed


def test_words_are_folded_and_names_compared_both_ways() -> None:
    assert folded("  Curaçao-Straat, 'S ") == "curacao straat s"
    assert likeness(StreetName.of("Kerkstraat"), StreetName.of("Kerkstraat")) is not None
    assert likeness(StreetName.of("Kerkstraat"), StreetName.of("Zwaluwlaan")) is None
    assert nearest(StreetName.of("Zwaluw"), ["Zwaluwenlaan", "Zwaanstraat", "Kerkhof"])[0] == "Zwaluwenlaan"
