"""Tags, interests and needs where the file counts, and where a blank cell empties them."""

from datetime import timedelta

import pytest

from regulars.core.actor import COMMAND
from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.models import Customer, Interest
from tests.factories.digests import digests
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("column", ["Tags", "Interests", "Needs"])
def test_what_the_file_does_not_name_gives_way_where_it_counts(
    business: object, column: str
) -> None:
    bring("customers", f"id,Name,{column}\n7,Ruth,old;kept\n8,Ada,old\n9,Thea,kept\n")
    held, field = digests(), column.lower()
    later = f"id,Name,{column}\n7,Ruth,kept;new\n8,Ada,\n9,Thea,kept\n"
    mapping = {"policies": {field: "overwrite"}}

    done = bring("customers", later, mapping=mapping)

    assert counts(done) == (0, 1, 2, 0, 0)
    assert told_of(field) == {"Ruth": {"kept", "new"}, "Ada": {"old"}, "Thea": {"kept"}}
    assert counts(bring("customers", later, mapping=mapping)) == (0, 0, 3, 0, 0)
    undo_now(Operation.objects.get(subject_id=done.pk), by=COMMAND, at=A_DAY)
    assert digests() == held


@pytest.mark.parametrize("column", ["Tags", "Interests", "Needs"])
def test_a_blank_cell_empties_tags_and_topics_where_it_is_to_clear(
    business: object, column: str
) -> None:
    bring("customers", f"id,Name,{column}\n7,Ruth,old\n8,Ada,old\n")
    held, field = digests(), column.lower()
    later = f"id,Name,{column}\n7,Ruth,\n8,Ada,new\n"

    done = bring("customers", later, mapping={"clear": [field]})

    assert counts(done) == (0, 2, 0, 0, 0)
    assert told_of(field) == {"Ruth": set(), "Ada": {"old", "new"}}
    undo_now(Operation.objects.get(subject_id=done.pk), by=COMMAND, at=A_DAY)
    assert digests() == held


def test_two_rows_of_one_customer_name_together_what_stays(business: object) -> None:
    bring("customers", "id,Name,Tags\n7,Ruth,old;kept;more\n")

    bring(
        "customers", "id,Name,Tags\n7,Ruth,kept\n7,Ruth,more\n",
        mapping={"policies": {"tags": "overwrite"}, "clear": ["tags"]},
    )  # fmt: skip

    assert told_of("tags") == {"Ruth": {"kept", "more"}}


def told_of(field: str) -> dict[str, set[str]]:
    if field == "tags":
        return {
            one.name: set(one.tagged.values_list("tag__name", flat=True))
            for one in Customer.objects.all()
        }
    return {
        one.name: set(one.interests.filter(is_still_true=True, kind=field[:-1])
                      .values_list("topic", flat=True))
        for one in Customer.objects.all()
    }  # fmt: skip


def test_an_interest_that_the_file_no_longer_names_is_over_and_kept(business: object) -> None:
    bring("customers", "id,Name,Interests\n7,Ruth,rye\n", at=A_DAY - timedelta(days=9))

    for cell in ("oats", "rye"):
        bring("customers", f"id,Name,Interests\n7,Ruth,{cell}\n",
              mapping={"policies": {"interests": "overwrite"}})  # fmt: skip

    noted = Interest.objects.order_by("pk").values_list("topic", "is_still_true", "ended_on")
    assert list(noted) == [
        ("rye", False, A_DAY.date()), ("oats", False, A_DAY.date()), ("rye", True, None),
    ]  # fmt: skip
