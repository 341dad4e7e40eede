"""What we write out comes in again unchanged."""

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from regulars.core.actor import COMMAND
from regulars.customers.actions.custom import add_custom_field, set_custom_values
from regulars.customers.actions.households import make_household
from regulars.customers.actions.interests import (
    Heard,
    confirm_interest,
    end_interest,
    note_interest,
)
from regulars.customers.actions.people import Named, add_customer, describe_customer
from regulars.customers.actions.points import add_contact_point
from regulars.customers.actions.relations import end_relation, relate
from regulars.customers.actions.tags import add_tag, tag_customers
from regulars.customers.choices import CustomKind, InterestKind, Kind, PointKind, RelationKind
from regulars.customers.custom_values import value_read
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    Interest,
    Relation,
    Tag,
)
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.intake import bring, counts

pytestmark = pytest.mark.django_db

LIST = (
    "Customer ID,Given Name,Family Name,Email,Phone,Note,Street,City,Postcode,Email opt in\n"
    "'=7,Ruth,=cmd|' /C calc'!A0,ruth@example.com,+44 1632 960377,\"-5 loaves\n@home\","
    "1 Quay,Amble,NE65 0AA,no\n"
    "8,Zoë,O'Neill,zoe@example.com,01632 960378,'=kept,,,,\n"
)


@pytest.mark.parametrize("form", ["csv", "xlsx", "vcard"])
def test_an_export_of_the_list_comes_in_unchanged(
    business: object, at: object, tmp_path: Path, form: str
) -> None:
    bring("customers", LIST)
    out = tmp_path / f"list.{form}"

    told = ["export", "customers", "--to", str(out), "--format", form]
    written = CliRunner().invoke(main, told)
    again = CliRunner().invoke(main, ["import", "customers", str(out), "--json"])

    assert written.exit_code == 0, written.output
    report = json.loads(again.stdout)
    assert (report["created"], report["updated"], report["rejected"]) == (0, 0, 0)
    assert report["unchanged"] == 2


WORDS = ("Ruth", "Zoë", "O'Neill", "=cmd|' /C calc'!A0", "+44 weir", "@home", "-5 loaves", "Mo; Jo",
         "李", 'say "no"', "a,b", "Weir\nMill")  # fmt: skip
PHONES = ("01632 960377", "+49 30 901820", "07700 900123", "12345", "(0)20 7946 0000")


def a_list(seed: int, owner: Member, at: datetime) -> None:
    """People, organisations and departments with all that a list can hold, as chance has it."""
    lot = random.Random(seed)
    fields = [
        add_custom_field(str(kind.label), kind, by=COMMAND, at=at, choices=["Small", "Large"])
        for kind in CustomKind
    ]
    tags = [add_tag(name, by=COMMAND, at=at) for name in ("trade", "=sum(1)", *SEVERAL)]
    people = []
    for number in range(12):
        others = [Kind.PERSON, Kind.ORGANISATION, Kind.DEPARTMENT]
        kind = lot.choice(others) if number > 2 else Kind.PERSON
        named = Named(kind, f"{lot.choice(WORDS)} {lot.choice(WORDS)} {number % 9}".strip())
        one = add_customer(named, by=COMMAND, at=at)
        describe_customer(one, lot.choice(["", *WORDS]), by=COMMAND, at=at)
        for nth in range(lot.randrange(3)):
            email = f"{lot.choice('abc')}{number}.{nth}@example.com"
            add_contact_point(one, PointKind.EMAIL, email, by=COMMAND, at=at)
        for phone in lot.sample(PHONES, lot.randrange(3)):
            add_contact_point(one, PointKind.PHONE, phone, by=COMMAND, at=at)
        for street in lot.sample(["1 Quay", "=2 Quay, Amble"], lot.randrange(3)):
            add_contact_point(one, PointKind.ADDRESS, street, by=COMMAND, at=at)
        _care_for(one, lot, at)
        only = Customer.objects.filter(pk=one.pk)
        for tag in lot.sample(tags, lot.randrange(5)):
            tag_customers(only, tag, by=COMMAND, at=at)
        held = {one: value_read(one, VALUES[CustomKind(one.kind)], "GBP") for one in fields}
        chosen = lot.sample(fields, 4)
        set_custom_values(only, {one: held[one] for one in chosen}, by=COMMAND, at=at)
        people.append(one)
    of_kind = [one for one in people if one.kind == Kind.PERSON]
    make_household("The =Weirs", of_kind[:2], by=COMMAND, at=at)
    relate(of_kind[0], RelationKind.REFERRED_BY, people[-1], by=COMMAND, at=at)
    wed = date(2019, 5, 4)
    relate(of_kind[1], RelationKind.MARRIED_TO, of_kind[2], by=COMMAND, at=at, since_on=wed)
    _stand_to_several(of_kind[0], lot, at)


def _care_for(one: Customer, lot: random.Random, at: datetime) -> None:
    for topic in lot.sample(SEVERAL, lot.randrange(4)):
        heard = Heard(lot.choice(list(InterestKind)), topic, lot.choice(["", *WORDS]), "fair")
        day = at.date() - timedelta(days=lot.randrange(9))
        noted = note_interest(one, heard, by=COMMAND, at=at, noted_on=day)
        if lot.random() < 0.4:
            confirm_interest(noted, by=COMMAND, at=at, day=at.date())
        if lot.random() < 0.3:
            end_interest(noted, by=COMMAND, at=at, day=at.date())


def _stand_to_several(person: Customer, lot: random.Random, at: datetime) -> None:
    mills = [make_customer(name, kind=Kind.ORGANISATION) for name in SEVERAL]
    desk = make_customer("Trade desk", kind=Kind.DEPARTMENT)
    for mill in lot.sample(mills, 3):
        since = lot.choice([None, date(2020, 2, 29)])
        works = relate(person, RelationKind.WORKS_AT, mill, by=COMMAND, at=at, since_on=since)
        if lot.random() < 0.5:
            end_relation(works, by=COMMAND, at=at, until_on=date(2024, 3, 1))
        relate(desk, RelationKind.SERVES, mill, by=COMMAND, at=at)
        relate(mill, RelationKind.REFERRED_BY, desk, by=COMMAND, at=at)
        relate(lot.choice([person, desk]), RelationKind.RELATED_TO, mill, by=COMMAND, at=at)


# What would be parted, or lose a sign, in a cell of several.
SEVERAL = ("Loaf, kept back", "Mill; Weir | Co", '"Quoted"', '* of "stars"', "a:::b", "Quay")
VALUES = {
    CustomKind.TEXT: "=1+1", CustomKind.NUMBER: "-12.5", CustomKind.MONEY: "1234.50",
    CustomKind.DAY: "2026-02-03", CustomKind.CHOICE: "Small", CustomKind.CHOICES: "Small; Large",
    CustomKind.FLAG: "yes", CustomKind.LINK: "https://a.test/?q=1,2",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_list_holds_comes_back_and_changes_nothing(
    owner: Member, at: datetime, tmp_path: Path, seed: int
) -> None:
    a_list(seed, owner, at)
    out = tmp_path / "list.csv"

    written = CliRunner().invoke(main, ["export", "customers", "--to", str(out)])
    again = CliRunner().invoke(main, ["import", "customers", str(out), "--json"])

    assert written.exit_code == 0, written.output
    report = json.loads(again.stdout)
    told = [report[name] for name in ("rows", "unchanged", "created", "updated", "rejected")]
    assert told == [19, 19, 0, 0, 0], report
    # A number that cannot be dialled is doubtful wherever it stands; nothing else is.
    assert {problem["column"] for problem in report["problems"]} <= {"Phone"}


@pytest.mark.parametrize(("seed", "form"), [(0, "csv"), (1, "xlsx")])
def test_what_a_list_holds_is_read_back_where_nothing_is_there(
    owner: Member, at: datetime, tmp_path: Path, seed: int, form: str
) -> None:
    """Tags, topics and relations of a list that was lost are there again, each as it was."""
    a_list(seed, owner, at)
    held, out = _held(), tmp_path / f"list.{form}"
    CliRunner().invoke(main, ["export", "customers", "--to", str(out), "--format", form])
    for model in (CustomerTag, Interest, Relation):
        model._default_manager.all().delete()
    Tag.objects.all().delete()

    again = CliRunner().invoke(main, ["import", "customers", str(out), "--json"])

    assert again.exit_code == 0, again.output
    assert _held() == held


def _held() -> list[list[tuple[object, ...]]]:
    ways = Relation.objects.values_list("of_id", "kind", "to_id", "since_on", "until_on", "source")
    topics = Interest.objects.values_list(
        "customer_id", "kind", "topic", "words", "source", "noted_on", "confirmed_on",
        "is_still_true", "ended_on",
    )  # fmt: skip
    return [
        sorted(CustomerTag.objects.values_list("customer_id", "tag__name")),
        sorted(topics, key=str), sorted(ways, key=str),
    ]  # fmt: skip


def test_our_number_alone_means_nobody(business: object) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@example.com")

    item = bring("customers", f"Name,E-mail,Number in Regulars\nAda,ada@example.com,{ruth.pk}\n")

    assert counts(item) == (1, 0, 0, 0, 0)
    ruth.refresh_from_db()
    assert ruth.name == "Ruth Calloway"


def test_other_addresses_in_one_cell_come_in_each_by_itself(business: object) -> None:
    bring("customers", "Name,E-mail,Other e-mails,Other phones\n"
          "Ruth,ruth@example.com,ruth@mill.test; RUTH@home.test,01632 960377\n")  # fmt: skip

    points = ContactPoint.objects.order_by("kind", "normal").values_list("normal", "is_primary")
    assert list(points) == [
        ("ruth@example.com", True), ("ruth@home.test", False), ("ruth@mill.test", False),
        ("+441632960377", True),
    ]  # fmt: skip
