"""What becomes of what is there already, and by what customers are told: as somebody chose."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.core.errors import Refusal
from regulars.customers.models import ContactPoint, Customer
from tests.factories.customers import A_DAY
from tests.factories.intake import bring, counts

pytestmark = pytest.mark.django_db

FIRST = (
    "id,Name,Email,Note,Since,Street,Postcode\n"
    "7,Ruth Calloway,ruth@example.com,Rye,2024-01-02,1 Quay,NE65 0AA\n"
)
LATER = "id,Name,Email,Note,Since\n7,R. Calloway,new@example.com,Oats,2025-01-02\n"
BLANK = "id,Name,Email,Note,Since\n7,,,,\n"


def brought(content: str, **mapping: Any) -> Customer:
    bring("customers", content, mapping=mapping)
    return Customer.objects.get()


@pytest.mark.parametrize(
    ("policy", "about"),
    [("", "Oats"), ("overwrite", "Oats"), ("fill", "Rye"), ("append", "Rye\nOats"),
     ("ignore", "Rye")],
)  # fmt: skip
def test_a_text_that_is_there_is_kept_or_written_over_as_chosen(
    business: object, policy: str, about: str
) -> None:
    brought(FIRST)

    changed = brought(LATER, policies={"about": policy})

    assert changed.about == about
    again = bring("customers", LATER, mapping={"policies": {"about": policy}})
    assert counts(again) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("policy", "emails"),
    [("", [("ruth@example.com", True), ("new@example.com", False)]),
     ("fill", [("ruth@example.com", True)]),
     ("ignore", [("ruth@example.com", True)]),
     ("overwrite", [("ruth@example.com", False), ("new@example.com", True)])],
    ids=["append", "fill", "ignore", "overwrite"],
)  # fmt: skip
def test_an_address_is_added_or_takes_the_first_place_as_chosen(
    business: object, policy: str, emails: list[tuple[str, bool]]
) -> None:
    brought(FIRST)

    brought(LATER, policies={"email": policy})

    kept = ContactPoint.objects.filter(kind="email").order_by("id")
    assert list(kept.values_list("value", "is_primary")) == emails
    again = bring("customers", LATER, mapping={"policies": {"email": policy}})
    assert counts(again) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("policy", "cities"),
    [("append", ["", "Amble"]), ("fill", [""]), ("ignore", [""]), ("overwrite", ["Amble", ""])],
)  # fmt: skip
def test_an_address_is_one_thing_of_which_any_part_says_what_becomes_of_it(
    business: object, policy: str, cities: list[str]
) -> None:
    brought(FIRST)

    brought("id,Name,City\n7,Ruth Calloway,Amble\n", policies={"country": policy})

    kept = ContactPoint.objects.filter(kind="address").order_by("-is_primary", "id")
    assert list(kept.values_list("city", flat=True)) == cities


OTHERS = "id,Name,Tags,Interests,Needs\n7,Ruth Calloway,{},{},{}\n8,Ada Abbott,{},{},{}\n"
RUTHS = {"append": {"old", "new", "more"}, "fill": {"old"}, "ignore": {"old"}}
ADAS: dict[str, set[str]] = {"append": {"new", "more"}, "fill": {"new", "more"}, "ignore": set()}


@pytest.mark.parametrize(
    ("tags", "interests", "needs"),
    [("append", "fill", "ignore"), ("fill", "ignore", "append"), ("ignore", "append", "fill")],
)
def test_tags_and_interests_are_added_to_what_is_there_as_chosen(
    business: object, tags: str, interests: str, needs: str
) -> None:
    bring("customers", OTHERS.format("old", "old", "old", "", "", ""))
    more = OTHERS.format(*["new;more"] * 6) + "9,Thea Thorn,new,new,new\n"
    policies = {"tags": tags, "interests": interests, "needs": needs}

    def told(name: str) -> list[set[str]]:
        one = Customer.objects.get(name=name)
        topics = one.interests.all()
        return [
            set(one.tagged.values_list("tag__name", flat=True)),
            *(set(topics.filter(kind=kind).values_list("topic", flat=True))
              for kind in ("interest", "need")),
        ]  # fmt: skip

    for day in (1, 2):
        later = A_DAY + timedelta(days=day)
        done = bring("customers", more, mapping={"policies": policies}, at=later)
        assert counts(done)[:2] == ((1, 2) if day == 1 else (0, 0))
        assert told("Ruth Calloway") == [RUTHS[policy] for policy in policies.values()]
        assert told("Ada Abbott") == [ADAS[policy] for policy in policies.values()]
        assert told("Thea Thorn") == [{"new"}] * 3


def test_tags_alone_change_nobody_where_they_are_for_new_customers(business: object) -> None:
    brought(FIRST)

    again = bring(
        "customers", "id,Name,Tags\n7,Ruth Calloway,new\n", dry=True,
        mapping={"policies": {"tags": "ignore"}},
    )  # fmt: skip

    assert counts(again) == (0, 0, 1, 0, 0)


def test_a_name_that_nobody_knew_is_filled_in(business: object) -> None:
    bring("customers", "id\n7\n")

    assert brought(LATER, policies={"name": "fill"}).name == "R. Calloway"
    assert brought(FIRST, policies={"name": "fill"}).name == "R. Calloway"


def test_blank_leaves_what_there_is_unless_it_is_to_clear_it(business: object) -> None:
    brought(FIRST)

    left = brought(BLANK)
    assert (left.about, str(left.since_on)) == ("Rye", "2024-01-02")
    cleared = brought(BLANK, clear=["about", "since", "email"])

    assert (cleared.about, cleared.since_on, cleared.name) == ("", None, "Ruth Calloway")
    assert ContactPoint.objects.filter(kind="email").count() == 1


def test_customers_are_told_by_name_and_postcode_alone(business: object) -> None:
    brought(FIRST)
    row = "Name,Postcode,Email\nRuth Calloway,ne650aa,else@example.com\n"

    assert counts(bring("customers", row, dry=True)) == (1, 0, 0, 0, 0)
    chosen = bring("customers", row, mapping={"keys": ["name_postcode"]})

    assert counts(chosen) == (0, 1, 0, 0, 0)


def test_who_shares_an_address_is_another_where_it_is_no_key(business: object) -> None:
    rows = "id,Name,Email\n7,Ruth,box@example.com\n8,Ada,box@example.com\n"

    assert counts(bring("customers", rows, dry=True))[0] == 1
    bring("customers", rows, mapping={"keys": ["reference"]})

    assert list(Customer.objects.order_by("id").values_list("name", flat=True)) == ["Ruth", "Ada"]


@pytest.mark.parametrize(
    "mapping",
    [{"keys": ["shoe size"]}, {"keys": "email"}, {"policies": {"about": "burn"}},
     {"policies": ["about"]}, {"columns": {}, "colour": "red"}],
    ids=["key", "no list", "policy", "no pairs", "strange"],
)  # fmt: skip
def test_choices_that_nobody_understands_are_refused(
    business: object, mapping: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        bring("customers", FIRST, mapping=mapping)

    assert refused.value.remedy
