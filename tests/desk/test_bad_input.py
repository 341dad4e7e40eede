"""What nobody should do is refused with a sentence, or done; it never breaks a page."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from regulars.cli.main import main
from regulars.core.actor import COMMAND
from regulars.customers.actions.custom import (
    add_custom_field,
    archive_custom_field,
    change_custom_field,
)
from regulars.customers.actions.merging import merge_customers, unmerge_customers
from regulars.customers.choices import CustomKind
from regulars.customers.models import Customer
from regulars.intake import actions
from regulars.intake.actions import NewFile
from regulars.lists.actions.views import save_view
from regulars.lists.looks import Look
from regulars.lists.queries.filters import compile_filter
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_household
from tests.factories.intake import bring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

ClientOf = Callable[[Member], Client]
NAMED: dict[str, Any] = {"field": "customer.name", "is": "contains", "value": "ruth"}


def test_two_of_one_household_are_merged_and_live_there_again_when_apart(at: datetime) -> None:
    one, other, third = (make_customer(name) for name in ("Ruth Hale", "Ruth Halle", "Ada Hale"))
    home = make_household(one, other, third, name="8 Weir Cottages")

    merge = merge_customers(one, other, by=COMMAND, at=at)
    together = set(home.members.filter(merged_into=None).values_list("name", flat=True))
    unmerge_customers(merge, by=COMMAND, at=at)

    assert together == {"Ruth Hale", "Ada Hale"}
    members = home.members.filter(archived_at=None, merged_into=None)
    assert set(members) == {one, other, third}


def test_an_undone_import_is_not_undone_again(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    item = bring("customers", "Name\nRuth\n", at=at)
    first = CliRunner().invoke(main, ["imports", "undo", str(item.pk)])
    again = CliRunner().invoke(main, ["imports", "undo", str(item.pk)])
    pressed = client_of(owner).post(f"/imports/{item.pk}/undo/", follow=True)

    assert (first.exit_code, again.exit_code, again.stdout) == (0, 1, "")
    assert "undone" in again.stderr
    assert pressed.status_code in (200, 409, 422)
    assert "undone" in pressed.content.decode()
    assert not Customer.objects.exists()


def test_a_file_that_changes_after_it_was_handed_over_comes_in_as_it_was(
    tmp_path: Path, at: datetime
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name\nRuth\n")
    with path.open("rb") as content:
        item = actions.begin_import(
            "customers", [NewFile("customers", "list.csv", content)], by=COMMAND, at=at
        )
    path.write_text("Name\nSomebody else\nAnd another\n")

    actions.check_now(item, by=COMMAND, at=at)
    actions.bring_in_now(item, by=COMMAND, at=at)

    assert list(Customer.objects.values_list("name", flat=True)) == ["Ruth"]


def test_a_field_that_is_renamed_and_removed_leaves_the_view_that_uses_it_open(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    make_customer("Ruth Calloway")
    field = add_custom_field("Shoes", CustomKind.NUMBER, choices=(), by=owner.actor, at=at)
    name = f"own.{field.key}"
    look = Look({"field": name, "is": "at_least", "value": 43}, (name,))
    view = save_view("Large feet", look, by=owner.actor, at=at)
    here = client_of(owner)

    change_custom_field(field, "Size of shoes", by=owner.actor, at=at)
    renamed = here.get(f"/customers/?view={view.pk}").content.decode()
    archive_custom_field(field, by=owner.actor, at=at)
    removed = here.get(f"/customers/?view={view.pk}").content.decode()

    form = here.get(f"/customers/filter?view={view.pk}")
    assert form.status_code == 200
    assert "Size of shoes is at least 43" in renamed
    assert "“Size of shoes” is no longer there: its condition is left out." in removed
    assert "Ruth Calloway" in removed


def _deep(levels: int) -> dict[str, Any]:
    return NAMED if levels == 1 else {"not": _deep(levels - 1)}


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (_deep(8), ""),
        (_deep(9), "levels deep at most"),
        ({"any": [NAMED] * 49}, ""),
        ({"any": [NAMED] * 50}, "50 parts at most"),
        (_deep(400), "levels deep at most"),
    ],
    ids=["eight deep", "nine deep", "fifty parts", "fifty-one parts", "as deep as can be"],
)
def test_filters_that_are_too_large_are_refused_on_the_page(
    client_of: ClientOf, owner: Member, tree: dict[str, Any], sentence: str
) -> None:
    answer = client_of(owner).get("/customers/", {"f": json.dumps(tree)})

    assert answer.status_code in (200, 422)
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    "attack",
    ["(a+)+$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$", "[[[", ".*", "%", "_", "\\", "a{99999}"],
    ids=["nested", "stars", "classes", "open", "any", "percent", "line", "slash", "many"],
)
def test_patterns_are_looked_for_as_they_are_written(
    client_of: ClientOf, owner: Member, at: datetime, attack: str
) -> None:
    """No expression is made of what somebody types: nothing is matched by it, and nothing hangs."""
    make_customer("a" * 150)
    meant = make_customer(f"Odd {attack} Name")
    here, began = client_of(owner), process_time()

    pages = [here.get("/search", {"q": attack}), here.get("/customers/", {"q": attack})]
    found = compile_filter(NAMED | {"value": attack}, owner.actor, at)

    assert [page.status_code for page in pages] == [200, 200]
    assert list(found) == [meant]
    assert process_time() - began < 5
