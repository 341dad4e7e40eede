"""Numbers that are read without the library are read as the library reads them."""

import random
from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from regulars.intake.values.dialling import dialled
from regulars.intake.values.reach import read_phone, read_with_care

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
TYPES = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE)


def written(region: str) -> Iterator[str]:
    """Real numbers of a country in every form, as they stand and with a sign astray."""
    told = random.Random(region)
    for kind in TYPES:
        number = phonenumbers.example_number_for_type(region, kind)
        for form in (
            PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL,
        ):  # fmt: skip
            text = phonenumbers.format_number(number, form) if number else ""
            yield text
            at = told.randrange(len(text) + 1)
            yield text[:at] + told.choice("0123456789 -.()+") + text[at + told.choice((0, 1)) :]
    for start in ("", "0", "00", "(0", "1", "+", "+44", "+1", "+39"):
        yield start + "".join(told.choices("0123456789", k=told.randint(2, 14)))


@pytest.mark.parametrize("letter", sorted({region[0] for region in REGIONS}))
def test_what_is_read_without_the_library_is_what_it_reads(letter: str) -> None:
    pairs = [
        (text, home)
        for region in REGIONS if region.startswith(letter)
        for text in written(region) for home in (region, "GB", "US", "")
    ]  # fmt: skip

    quick = {pair: normal for pair in pairs if (normal := dialled(*pair))}

    asked = {pair: read_with_care(*pair) for pair in quick}
    assert {pair: reach.normal for pair, reach in asked.items()} == quick
    assert [pair for pair, reach in asked.items() if reach.is_doubtful] == []
    # Else the test would agree with a reader that reads nothing.
    assert len(quick) > len(pairs) / 5


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+44 20 7946 0018", "", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("06 6982 1234", "IT", "+390669821234"),
        # A number at home without its country, one of nowhere, one with more behind it.
        ("020 7946 0018", "", ""),
        ("+999 12345678", "GB", ""),
        ("020 7946 0018 ext 5", "GB", ""),
        ("0044 20 7946 0018", "GB", ""),
        ("٠٢٠ ٧٩٤٦ ٠٠١٨", "GB", ""),
        ("", "GB", ""),
        ("+", "GB", ""),
    ],
)  # fmt: skip
def test_plain_numbers_are_read_at_once_and_others_left(
    text: str, region: str, expected: str
) -> None:
    assert dialled(text, region) == expected


def test_a_number_is_kept_as_it_was_written() -> None:
    assert read_phone("  020 7946 0018 ", "GB") == read_with_care("  020 7946 0018 ", "GB")
    assert read_phone("020 7946 0018", "GB").value == "020 7946 0018"
