import csv
import json
from pathlib import Path

import pytest

from regulars.intake.values.reach import Reach, read_email, read_phone


@pytest.mark.parametrize(
    ("text", "value", "normal"),
    [
        ("ANA@Correo.com", "ANA@Correo.com", "ana@correo.com"),
        ("Nea Nord <NEA.NORD@GMAIL.COM>", "NEA.NORD@GMAIL.COM", "nea.nord@gmail.com"),
        ("mailto:olle@orm.se", "olle@orm.se", "olle@orm.se"),
        ("jörg@müller.example", "jörg@müller.example", "jörg@müller.example"),
    ],
)
def test_an_address_is_kept_and_folded(text: str, value: str, normal: str) -> None:
    assert read_email(text) == Reach(value, normal, is_doubtful=False)


@pytest.mark.parametrize(
    "text", ["not-an-email", "a@b", "a@@b.com", "a b@c.de", "a@b.c\nBcc:x@y.z"]
)
def test_what_cannot_be_written_to_is_kept_unchanged_as_doubtful(text: str) -> None:
    read = read_email(text)

    assert (read.value, read.is_doubtful) == (text, True)


@pytest.mark.parametrize(
    ("text", "region", "normal", "is_doubtful"),
    [
        ("+46 70 111 22 33", "", "+46701112233", False),
        ("(775) 555-0154", "", "7755550154", True),
        ("01632 960 377", "GB", "+441632960377", False),
        ("(775) 555-0154", "US", "+17755550154", False),
        ("555-0154", "US", "5550154", True),
        ("020 7946 0018", "GB", "+442079460018", False),
        ("p:+46700005566", "", "+46700005566", False),
        ("'+573001112233", "", "+573001112233", False),
        ("call me", "GB", "", True),
    ],
)
def test_a_number_is_read_where_the_business_is(
    text: str, region: str, normal: str, is_doubtful: bool
) -> None:
    read = read_phone(text, region)

    assert (read.normal, read.is_doubtful) == (normal, is_doubtful)


@pytest.mark.realdata
def test_addresses_that_standards_refuse_are_doubtful(real_data: Path) -> None:
    known = json.loads((real_data / "nasty" / "email_addresses_isemail.json").read_text())
    # White space around a cell is the file's, not the address's.
    refused = [row["address"] for row in known if row["category"] == "ISEMAIL_ERR"]

    taken = [
        address
        for address in refused
        if address == address.strip() and not read_email(address).is_doubtful
    ]

    assert taken == []


@pytest.mark.realdata
def test_example_numbers_of_the_world_are_read(real_data: Path) -> None:
    with (real_data / "nasty" / "phones_by_region.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    wrong = [row for row in rows if read_phone(row["e164"], "").normal != row["e164"]]

    assert len(rows) == 462
    assert wrong == []
