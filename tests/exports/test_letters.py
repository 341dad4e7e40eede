"""Letters: one for each household, and only to whom one may be sent."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.models import ConsentState
from regulars.core.actor import COMMAND, Actor
from regulars.core.errors import NotAllowed
from regulars.customers.actions.households import make_household
from regulars.exports.actions import write_export
from regulars.exports.choices import Format, What
from regulars.exports.letters import letters
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer, make_point

pytestmark = pytest.mark.django_db


def rows(by: Actor = COMMAND) -> list[list[str]]:
    return [row for chunk in letters({}, by) for row in chunk]


def test_a_household_gets_one_letter_and_everybody_else_their_own(
    business: object, at: datetime, tmp_path: Path
) -> None:
    ruth, ada = make_customer("Ruth Calloway"), make_customer("Ada Calloway")
    make_point(ruth, "address", "8 Weir", street="8 Weir", postcode="AM4 2TR", city="Ambley")
    make_household("The Calloways", [ruth, ada], by=COMMAND, at=at)
    make_customer("Oscar Weir", address="1 Quay, Amble")
    make_customer("Nobody Athome", email="n@example.com")
    out = tmp_path / "letters.csv"

    written, _cut = write_export(What.LETTERS, Format.CSV, out, by=COMMAND, at=at)

    told = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert written == 2
    assert [(one["Letter to"], one["Who lives there"], one["Street"]) for one in told] == [
        ("The Calloways", "Ada Calloway, Ruth Calloway", "8 Weir"),
        ("Oscar Weir", "Oscar Weir", "1 Quay, Amble"),
    ]  # fmt: skip
    assert (told[0]["Postcode"], told[0]["City"]) == ("AM4 2TR", "Ambley")


def test_who_said_no_and_addresses_that_came_back_get_none(business: object, at: datetime) -> None:
    ruth, ada = make_customer("Ruth Mill"), make_customer("Ada Mill")
    make_point(ruth, "address", "8 Weir", street="8 Weir")
    make_household("The Mills", [ruth, ada], by=COMMAND, at=at)
    rose = make_customer("Rose Quay", address="2 Quay")
    for one in (ada, rose):
        ConsentState.objects.create(
            customer=one, channel="letter", purpose="", decision="withdrawn", changed_at=A_DAY
        )
    make_point(make_customer("Oscar Weir"), "address", "1 Quay", street="1 Quay", state="bounced")
    make_customer("Gone Away", address="3 Quay", archived_at=A_DAY)

    assert [row[:2] for row in rows()] == [["The Mills", "Ruth Mill"]]


def test_letters_ask_as_often_for_three_as_for_one(business: object) -> None:
    counts = []
    for names in (["Ruth"], ["Ada", "Rose"]):
        for name in names:
            make_customer(name, address=f"1 {name} Street")
        with CaptureQueriesContext(connection) as seen:
            rows()
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_who_may_not_see_addresses_takes_none_out(manager: Member, at: datetime) -> None:
    HiddenField.objects.create(role="manager", field="customer.street", hidden_at=at)
    make_customer("Ruth", address="8 Weir")

    with pytest.raises(NotAllowed):
        rows(manager.actor)
