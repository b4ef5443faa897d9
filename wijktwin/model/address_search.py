"""Finding a home by what somebody types: an address, a street, or a postcode with a number. Nothing is asked of anybody else.

`AddressBook` is made once of a neighbourhood; `AddressBook.find` answers a question. A question is read in every way it can be read
(where in "Plein 1944 5" is the house number?), and what is surest comes first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from wijktwin.model.street_names import Certainty, Likeness, StreetName, folded, likeness, nearest

if TYPE_CHECKING:
    import geopandas as gpd

DWELLING: Final = "dwelling"
LONGEST_QUESTION: Final = 120
"""What is longer is cut. [characters]"""
MOST_WORDS: Final = 10
LONGEST_LETTER: Final = 2
"""A word behind a number is a letter or an addition up to so many letters."""
MOST_NEAR: Final = 3
"""How many numbers and names are proposed instead of what is not there."""
LONGER: Final = 1
"""A number is there with letters that were not typed."""
OTHER_LETTER: Final = 2
"""A number is there, but not with the letter or addition that was typed."""
_POSTCODE: Final = re.compile(r"(?<!\d)(\d{4}) ?([a-z]{2})(?![a-z])")
_JOINT: Final = re.compile(r"(?<=[a-z]{3})(?=\d)")
"""Where a street and a number were typed without a space."""
_NUMBER: Final = re.compile(r"(\d{1,5})([a-z]{0,4}\d{0,4})")


@dataclass(frozen=True, slots=True)
class Address:
    """One address.

    Parameters
    ----------
    suffix
        House letter and addition, as the source writes them: "A", "2", "A-2"; "" for none.
    postcode
        As people write it: "1234 AB"; "" where nobody says.
    storey
        From 0 at ground level; None where nobody says.
    side
        Compass direction of the main facade; "" where nobody says.
    is_home
        Whether people live there, as far as the source says.
    """

    address_id: str
    street: str
    number: int
    suffix: str
    postcode: str
    city: str
    building_id: str
    storey: int | None
    side: str
    is_home: bool

    @property
    def house(self) -> str:
        """Number with letter and addition: "12", "12A", "12-2"."""
        joint = "-" if self.suffix[:1].isdigit() else ""
        return f"{self.number}{joint}{self.suffix}"

    @property
    def name(self) -> str:
        """What people call it: "Appelvinkstraat 12A"."""
        return f"{self.street} {self.house}"


class Answer(StrEnum):
    """What came of a question."""

    NOTHING_ASKED = "nothing_asked"
    NO_ADDRESSES = "no_addresses"
    """The data have none."""
    HOMES = "homes"
    """One address or more, the surest first."""
    STREET = "street"
    """One street (or one postcode), with all its addresses."""
    STREETS = "streets"
    """Several streets may be meant, the likeliest first."""
    NO_NUMBER = "no_number"
    """The street is there, the number is not; the nearest numbers are."""
    NO_STREET = "no_street"
    """No street of that name; the names that resemble it most are there, if any."""
    NO_POSTCODE = "no_postcode"
    """This postcode is not in the neighbourhood."""
    ONLY_NUMBER = "only_number"
    """A number without a street or a postcode."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question.

    Parameters
    ----------
    addresses
        What may be meant, the surest first; all of a street; the nearest numbers where a number is not there.
    streets
        The street or streets that are meant, or resemble what was typed.
    certainty
        Of the street of the first address.
    asked
        The house number or the postcode that was read, where there is one.
    is_other_letter
        The number is there, but not with the letter or addition that was typed.
    is_longer
        The number is there only with a letter or addition, and none was typed.
    """

    answer: Answer
    addresses: tuple[Address, ...] = ()
    streets: tuple[str, ...] = ()
    certainty: Certainty = Certainty.EXACT
    asked: str = ""
    is_other_letter: bool = False
    is_longer: bool = False

    @property
    def sure(self) -> Address | None:
        """The one address that was meant; None where there is any doubt."""
        is_one = self.answer is Answer.HOMES and len(self.addresses) == 1
        is_typed = self.certainty is Certainty.EXACT and not self.is_other_letter and not self.is_longer
        return self.addresses[0] if is_one and is_typed else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a question: words of a street, a number with its letters, and what comes after it."""

    street: tuple[str, ...]
    number: int | None = None
    letters: str = ""
    after: tuple[str, ...] = ()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the letter and the addition may be, the longest first; "" alone where nothing follows the number."""
        short = [word for word in self.after[:2] if len(word) <= len("huis")]
        return tuple(dict.fromkeys(self.letters + "".join(short[:n]) for n in range(len(short), -1, -1)))

    @property
    def asked(self) -> str:
        """The number with its letter or addition, as it was typed: "12 a" and "12-a" are 12A."""
        if self.number is None:
            return ""
        added = self.after[0] if self.after and len(self.after[0]) <= LONGEST_LETTER else ""
        return f"{self.number}{self.letters.upper()}{added.upper()}"

    @property
    def names_more(self) -> bool:
        """Whether words follow the number that are no addition to it: perhaps another town."""
        return any(len(word) > len("huis") for word in self.after)


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    likeness: Likeness
    is_without_number: bool
    street: str
    reading: int


class AddressBook:
    """The addresses of a neighbourhood by street, to search in. Never changed after it was made.

    Parameters
    ----------
    addresses
        In any order.
    """

    def __init__(self, addresses: Iterable[Address]) -> None:
        self.addresses = tuple(sorted(addresses, key=_place_in_street))
        self.by_id = {address.address_id: address for address in self.addresses}
        self._by_street: dict[str, list[Address]] = {}
        self._by_postcode: dict[str, list[Address]] = {}
        for address in self.addresses:
            self._by_street.setdefault(address.street, []).append(address)
            self._by_postcode.setdefault(_bare(address.postcode), []).append(address)
        self._names = {street: StreetName.of(street) for street in self._by_street}

    @staticmethod
    def of_table(table: gpd.GeoDataFrame | None) -> AddressBook:
        """From an address table (columns `surroundings.ADDRESS_COLUMNS`); empty for None. Rows without a street are left out."""
        if table is None:
            return AddressBook(())
        names = ("address_id", "street", "number", "suffix", "postcode", "city", "building_id", "storey", "side", "use")
        rows = zip(*(table[name] for name in names), strict=True)
        return AddressBook(
            Address(
                address_id, street, int(number), suffix, _as_written(postcode), city, building_id,
                int(storey) if math.isfinite(storey) else None, side, use == DWELLING,
            )
            for address_id, street, number, suffix, postcode, city, building_id, storey, side, use in rows
            if street
        )  # fmt: skip

    @property
    def streets(self) -> tuple[str, ...]:
        """All street names, by the alphabet."""
        return tuple(self._by_street)

    def in_street(self, street: str) -> tuple[Address, ...]:
        """All addresses of a street, by number; none where there is no such street."""
        return tuple(self._by_street.get(street, ()))

    def in_building(self, building_id: str) -> tuple[Address, ...]:
        """All addresses in a building, by street and number."""
        return tuple(self._by_building.get(building_id, ()))

    @cached_property
    def _by_building(self) -> dict[str, list[Address]]:
        found: dict[str, list[Address]] = {}
        for address in self.addresses:
            found.setdefault(address.building_id, []).append(address)
        return found

    @cached_property
    def _cities(self) -> tuple[tuple[str, ...], ...]:
        return tuple({tuple(folded(address.city).split()): None for address in self.addresses if address.city})

    # ------------------------------------------------------------------------------------------------------------ questions
    def find(self, question: str) -> Found:
        """What a question asks for."""
        plain = _JOINT.sub(" ", folded(question[:LONGEST_QUESTION]))
        if not plain:
            return Found(Answer.NOTHING_ASKED)
        if not self.addresses:
            return Found(Answer.NO_ADDRESSES)
        code = _POSTCODE.search(plain)
        if code is None:
            return self._perhaps_elsewhere(self._by_name(plain, self._by_street), plain)
        postcode, rest = code[1] + code[2], f"{plain[: code.start()]} {plain[code.end() :]}".strip()
        if postcode in self._by_postcode:
            return _doubted(self._by_code(postcode, rest), postcode)
        others = [self._by_name(plain, self._by_street)] + ([self._by_name(rest, self._by_street)] if rest else [])
        there = [found for found in others if found.answer in {Answer.HOMES, Answer.STREET} and found.certainty is Certainty.EXACT]
        return _doubted(there[0], postcode) if there else Found(Answer.NO_POSTCODE, asked=_as_written(postcode))

    def _perhaps_elsewhere(self, found: Found, plain: str) -> Found:
        """What was found, but less sure where more words follow its number than it has: perhaps another town."""
        sure = found.sure
        read = [each for each in self._readings(plain.split()[:MOST_WORDS]) if sure is not None and each.number == sure.number]
        return replace(found, certainty=Certainty.LIKE) if read and all(each.names_more for each in read) else found

    def _by_code(self, postcode: str, rest: str) -> Found:
        """What is meant at a postcode that is there."""
        here = self._by_postcode[postcode]
        streets = tuple(dict.fromkeys(address.street for address in here))
        readings = self._readings(rest.split())
        alone = next((reading for reading in readings if reading.number is not None and not reading.street), None)
        words = [word for word in rest.split() if word]
        if not words or tuple(words) in self._cities:
            return Found(Answer.STREET, tuple(here), streets, asked=_as_written(postcode))
        if alone is not None:
            numbered, misses = _with_number(here, alone)
            if numbered:
                return Found(
                    Answer.HOMES,
                    tuple(numbered),
                    streets,
                    asked=alone.asked,
                    is_other_letter=misses == OTHER_LETTER,
                    is_longer=misses == LONGER,
                )
        by_street: dict[str, list[Address]] = {street: [each for each in here if each.street == street] for street in streets}
        found = self._by_name(rest, by_street)
        if found.answer in {Answer.HOMES, Answer.STREET}:
            return found
        elsewhere = self._by_name(rest, self._by_street)
        if elsewhere.answer in {Answer.HOMES, Answer.STREET}:
            return elsewhere
        if alone is not None:
            return Found(Answer.NO_NUMBER, _nearest_numbers(here, alone.number or 0), streets, asked=alone.asked)
        return Found(Answer.STREET, tuple(here), streets, asked=_as_written(postcode))

    def _by_name(self, plain: str, by_street: dict[str, list[Address]]) -> Found:
        """What is meant by words and numbers, in some streets."""
        words = plain.split()[:MOST_WORDS]
        readings = self._readings(words)
        candidates = self._candidates(readings, by_street)
        if not candidates:
            if all(_NUMBER.fullmatch(word) for word in words):
                return Found(Answer.ONLY_NUMBER, asked=plain)
            asked = max((reading.street for reading in readings if reading.street), key=lambda street: (-_digits(street), len(street)))
            return Found(Answer.NO_STREET, streets=nearest(StreetName(asked), by_street, most=MOST_NEAR))
        surest = candidates[0].likeness
        if readings[candidates[0].reading].number is None:
            return _of_streets(candidates, by_street)
        numbered: list[tuple[int, Likeness, Address]] = []
        for candidate in candidates:
            addresses, misses = _with_number(by_street[candidate.street], readings[candidate.reading])
            numbered += [(misses, candidate.likeness, address) for address in addresses]
            if addresses and candidate.likeness.certainty is Certainty.EXACT:
                break  # the street that was typed has the number: no other is meant
        if not numbered:
            first = readings[candidates[0].reading]
            near = _nearest_numbers(by_street[candidates[0].street], first.number or 0)
            return Found(Answer.NO_NUMBER, near, (candidates[0].street,), surest.certainty, first.asked)
        numbered.sort(key=lambda each: (each[1], each[0]))
        misses, alike, _ = numbered[0]
        meant = tuple({address.address_id: address for *_, address in numbered}.values())
        read = readings[candidates[0].reading]
        return Found(
            Answer.HOMES,
            meant,
            tuple(dict.fromkeys(each.street for each in meant)),
            alike.certainty,
            read.asked,
            misses == OTHER_LETTER,
            misses == LONGER,
        )

    def _candidates(self, readings: Sequence[_Reading], by_street: dict[str, list[Address]]) -> list[_Candidate]:
        """Every street that may be meant, in the best of its readings, the surest first."""
        best: dict[str, _Candidate] = {}
        for place, reading in enumerate(readings):
            if not reading.street:
                continue
            asked = StreetName(reading.street)
            for street in by_street:
                alike = likeness(asked, self._names[street])
                if alike is None:
                    continue
                candidate = _Candidate(alike, reading.number is None, street, place)
                best[street] = min(best.get(street, candidate), candidate)
        return sorted(best.values())

    def _readings(self, words: Sequence[str]) -> list[_Reading]:
        """Every way to read some words: each of the numbers may be the house number, or none; a town at the end may be left out."""
        found: list[_Reading] = []
        for told in dict.fromkeys((self._without_city(tuple(words)), tuple(words))):
            found.append(_Reading(told))
            for at, word in enumerate(told):
                number = _NUMBER.fullmatch(word)
                if number is not None:
                    before, after = told[:at], told[at + 1 :]
                    street, following = (before, after) if before else (after, ())
                    found.append(_Reading(street, int(number[1]), number[2], following))
        return found

    def _without_city(self, words: tuple[str, ...]) -> tuple[str, ...]:
        named = next((city for city in self._cities if len(words) > len(city) and words[-len(city) :] == city), ())
        return words[: len(words) - len(named)]


def _doubted(found: Found, postcode: str) -> Found:
    """What was found, but less sure where it has another postcode than the one that was typed: it may be a home in another town."""
    others = [address for address in found.addresses if address.postcode and _bare(address.postcode) != postcode]
    is_other = found.answer in {Answer.HOMES, Answer.STREET} and others and len(others) == len(found.addresses)
    return replace(found, certainty=max(found.certainty, Certainty.LIKE)) if is_other else found


def _of_streets(candidates: Sequence[_Candidate], by_street: dict[str, list[Address]]) -> Found:
    """The street that is meant where it is sure, else those that may be."""
    exact = [each for each in candidates if each.likeness.certainty is Certainty.EXACT]
    meant = exact or list(candidates)
    certainty = meant[0].likeness.certainty
    names = tuple(each.street for each in meant)
    if len(meant) == 1:
        return Found(Answer.STREET, tuple(by_street[names[0]]), names, certainty)
    return Found(Answer.STREETS, streets=names, certainty=certainty)


def _with_number(addresses: Iterable[Address], reading: _Reading) -> tuple[list[Address], int]:
    """The addresses with a number, and how sure: 0 it is what was typed, else `LONGER` or `OTHER_LETTER`."""
    numbered = [address for address in addresses if address.number == reading.number]
    for suffix in reading.suffixes:
        meant = [address for address in numbered if _bare(address.suffix) == suffix]
        if suffix and meant:
            return meant, 0
    if any(reading.suffixes):
        return numbered, OTHER_LETTER
    return numbered, 0 if len(numbered) == 1 and not numbered[0].suffix else LONGER


def _nearest_numbers(addresses: Sequence[Address], number: int) -> tuple[Address, ...]:
    """The numbers nearest to one that is not there, those of its own side of the street first; by number."""
    ranked = sorted(addresses, key=lambda each: ((each.number - number) % 2, abs(each.number - number), _place_in_street(each)))
    return tuple(sorted(ranked[:MOST_NEAR], key=_place_in_street))


def _place_in_street(address: Address) -> tuple[str, str, int, list[tuple[int, int | str]], str]:
    """Sorts streets by the alphabet and 9 before 10, 12 before 12A, 12-2 before 12-10."""
    parts = [(0, int(part)) if part.isdecimal() else (1, part) for part in re.findall(r"\d+|[^\W\d_]+", address.suffix.casefold())]
    return folded(address.street), address.street, address.number, parts, address.address_id


def _bare(code: str) -> str:
    """A postcode or an addition as it is compared."""
    return folded(code).replace(" ", "")


def _as_written(postcode: str) -> str:
    """As people write it, 1234 AB; what is no postcode stays as it is."""
    bare = _bare(postcode).upper()
    return f"{bare[:4]} {bare[4:]}" if re.fullmatch(r"\d{4}[A-Z]{2}", bare) else postcode


def _digits(words: Sequence[str]) -> int:
    return sum(any(c.isdigit() for c in word) for word in words)
