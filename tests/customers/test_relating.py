"""Relations as columns of a file: found by number, e-mail or exact name, or said with their row."""

import pytest

from regulars.core.actor import COMMAND
from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.models import Customer, Household, Relation
from regulars.intake.models import Import, RowProblem
from tests.factories.customers import make_customer, make_reference, make_relation
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db
HEADING = "Name,Organisation,Email,Works at,Married to,Referred by\n"


def stand() -> list[tuple[str, str, str]]:
    rows = Relation.objects.order_by("kind", "of__name", "to__name")
    return list(rows.values_list("of__name", "kind", "to__name"))


def said(item: Import) -> list[tuple[int, str, str]]:
    problems = RowProblem.objects.filter(file__of=item, is_rejected=False).order_by("row_no", "pk")
    return [(one.row_no, one.column, one.message) for one in problems]


def test_people_are_found_by_number_by_mail_and_by_name_on_the_list(business: object) -> None:
    mill = make_customer("Weir Mill", kind="organisation")
    make_reference(mill, source="files", value="77")
    make_customer("Ada Oduya", email="ada@example.com")
    rose = make_customer("Rose Weir")

    item = bring("customers", HEADING + (
        "Ruth Calloway,,ruth@example.com,77,,ADA@example.com\n"
        "Oscar Mill,,oscar@example.com,weir  mill,rose weir,\n"
    ))  # fmt: skip

    assert counts(item) == (2, 0, 0, 0, 0)
    assert stand() == [
        ("Rose Weir", "married_to", "Oscar Mill"),
        ("Ruth Calloway", "referred_by", "Ada Oduya"),
        ("Oscar Mill", "works_at", "Weir Mill"), ("Ruth Calloway", "works_at", "Weir Mill"),
    ]  # fmt: skip
    assert Relation.objects.filter(of=rose).get().source == "files"
    assert said(item) == []


def test_who_comes_in_with_the_same_file_is_found_wherever_they_stand(business: object) -> None:
    item = bring("customers", HEADING + (
        "Ruth Calloway,,ruth@example.com,Weir Mill,,\n"
        ",Weir Mill,office@mill.example,,,\n"
    ))  # fmt: skip

    assert counts(item) == (2, 0, 0, 0, 0)
    assert stand() == [("Ruth Calloway", "works_at", "Weir Mill")]


def test_who_is_not_found_is_said_with_row_and_column_and_nobody_is_invented(
    business: object,
) -> None:
    for email in ("one@example.com", "two@example.com"):
        make_customer("Sam Twin", email=email)
    make_customer("Ada Oduya")

    item = bring("customers", HEADING + (
        "Ruth Calloway,,ruth@example.com,Nowhere Ltd,Sam Twin,\n"
        ",Weir Mill,office@mill.example,,Ada Oduya,\n"
        "Oscar Mill,,oscar@example.com,Ada Oduya,,Oscar Mill\n"
    ))  # fmt: skip

    assert counts(item) == (3, 0, 0, 0, 0)
    assert stand() == []
    assert Customer.objects.count() == 6
    assert [(row, column) for row, column, _why in said(item)] == [
        (2, "Works at"), (2, "Married to"), (3, "Married to"), (4, "Works at"), (4, "Referred by"),
    ]  # fmt: skip
    sentences = [why for _row, _column, why in said(item)]
    assert "“Nowhere Ltd” stands neither on the list nor in this file" in sentences[0]
    assert "Several are called “Sam Twin”" in sentences[1]
    assert "Only a person" in sentences[2]
    assert "“Ada Oduya” stands neither" in sentences[3]
    assert "“Oscar Mill” is this customer." in sentences[4]


def test_what_is_noted_already_changes_nothing_and_undo_takes_the_rest_back(
    business: object,
) -> None:
    mill = make_customer("Weir Mill", kind="organisation")
    ruth = make_customer("Ruth Calloway", email="ruth@example.com")
    make_relation(ruth, "works_at", mill)
    make_customer("Ada Oduya")
    row = "Ruth Calloway,,ruth@example.com,Weir Mill,{},\n"

    assert counts(bring("customers", HEADING + row.format(""))) == (0, 0, 1, 0, 0)
    item = bring("customers", HEADING + row.format("Ada Oduya"))

    assert counts(item) == (0, 1, 0, 0, 0)
    assert len(stand()) == 2
    undo_now(Operation.objects.get(subject_id=item.pk), by=COMMAND, at=A_DAY)
    assert stand() == [("Ruth Calloway", "works_at", "Weir Mill")]


def test_whoever_is_off_the_list_is_not_found(business: object) -> None:
    make_customer("Weir Mill", kind="organisation", archived_at=A_DAY)

    item = bring("customers", HEADING + "Ruth Calloway,,ruth@example.com,Weir Mill,,\n")

    assert stand() == []
    assert len(said(item)) == 1


HOMES = "Name,Email,Household,Street,Postcode\n"


def test_people_of_one_household_and_address_live_together(business: object) -> None:
    content = HOMES + (
        "Ruth Calloway,ruth@example.com,The Calloways,8 Weir,AM4 2TR\n"
        "George Calloway,george@example.com,The Calloways,8 weir,am42tr\n"
        "Mo Calloway,mo@example.com,The Calloways,1 Quay,NE65 0AA\n"
    )

    item = bring("customers", content)

    lived = Customer.objects.order_by("pk").values_list("household__name", "household__street")
    assert list(lived) == [("The Calloways", "8 Weir")] * 2 + [("The Calloways", "1 Quay")]
    assert Household.objects.count() == 2
    assert any("2 households are new" in note["sentence"] for note in item.report["notes"])
    assert counts(bring("customers", content)) == (0, 0, 3, 0, 0)
    undo_now(Operation.objects.get(subject_id=item.pk), by=COMMAND, at=A_DAY)
    assert (Household.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_household_is_joined_and_nobody_is_moved_out_of_theirs(business: object) -> None:
    home = Household.objects.create(name="The Calloways", address="8 Weir", street="8 Weir")
    other = Household.objects.create(name="Weir Cottages")
    make_customer("Ruth Calloway", email="ruth@example.com")
    make_customer("George Calloway", email="george@example.com", household=other)

    item = bring("customers", HOMES + (
        "Ruth Calloway,ruth@example.com,The Calloways,,\n"
        "George Calloway,george@example.com,The Calloways,,\n"
    ))  # fmt: skip

    assert list(Customer.objects.order_by("pk").values_list("household", flat=True)) == [
        home.pk, other.pk
    ]  # fmt: skip
    assert counts(item) == (0, 1, 1, 0, 0)
    assert said(item) == [(3, "Household", "They live in “Weir Cottages”, and stay there.")]
    undo_now(Operation.objects.get(subject_id=item.pk), by=COMMAND, at=A_DAY)
    assert Customer.objects.get(name="Ruth Calloway").household is None


def test_a_whole_name_says_nothing_against_its_parts(business: object) -> None:
    make_customer("Ruth Calloway", email="ruth@example.com")
    content = "Name,Email,Phone\nRuth Calloway,ruth@example.com,{}\n"

    assert counts(bring("customers", content.format(""))) == (0, 0, 1, 0, 0)
    assert counts(bring("customers", content.format("01632 960377"))) == (0, 1, 0, 0, 0)

    ruth = Customer.objects.get()
    assert (ruth.given_name, ruth.family_name) == ("Ruth", "Calloway")
