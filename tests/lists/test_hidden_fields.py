"""What is hidden from a role leaks through nothing: every field, every role, every way in."""

from datetime import datetime
from typing import Any

import pytest

from regulars.core.list_fields import FieldKind, ListField, list_events, list_fields
from regulars.lists.actions.hiding import hide_fields
from regulars.lists.actions.segments import save_segment
from regulars.lists.actions.views import save_view
from regulars.lists.choices import OPS, Op
from regulars.lists.errors import FilterNotPossible, SegmentNotFound
from regulars.lists.looks import Look
from regulars.lists.queries.fields import list_events_now, list_fields_now, may_see_field
from regulars.lists.queries.filters import compile_filter, words_of
from regulars.lists.queries.pages import page_of
from regulars.lists.queries.segments import segment_for, segments_for, stays_of, why_in
from regulars.lists.queries.views import view_for, views_for
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

HIDEABLE = sorted(one.name for one in list_fields if not one.is_plain)
EVENTS = sorted(list_events.names())
ROLES = ("manager", "helper", "viewer")
VALUES: dict[FieldKind, Any] = {
    FieldKind.TEXT: "x", FieldKind.LINK: "x", FieldKind.NUMBER: 1, FieldKind.MONEY: 1,
    FieldKind.DAY: "2026-11-01", FieldKind.CHOICE: "1", FieldKind.CHOICES: ["1"],
}  # fmt: skip


def member(role: str) -> Member:
    return make_member(role, name=f"Asking {role}")


def hide(role: str, owner: Member, at: datetime) -> None:
    hide_fields(role, [*HIDEABLE, *EVENTS], by=owner.actor, at=at)


def every_question(field: ListField) -> list[dict[str, Any]]:
    value = VALUES.get(field.kind)
    return [
        {"field": field.name, "is": op, "value": [value, value] if op == Op.BETWEEN else value}
        for op in OPS[field.kind]
    ]


@pytest.mark.parametrize("role", ROLES)
def test_no_hidden_field_is_there(role: str, owner: Member, at: datetime) -> None:
    actor = member(role).actor
    theirs = {name for name in HIDEABLE if role in list_fields[name].roles}
    assert len(theirs) > 30
    assert theirs <= set(list_fields_now(actor))

    hide(role, owner, at)

    seen = [name for name in [*HIDEABLE, *EVENTS] if may_see_field(actor, name)]
    assert (seen, list_events_now(actor)) == ([], {})
    assert not set(list_fields_now(actor)) & set(HIDEABLE)
    assert set(HIDEABLE) <= set(list_fields_now(owner.actor))


@pytest.mark.same_on_each
@pytest.mark.parametrize("role", ROLES)
def test_no_hidden_field_can_be_asked_for(role: str, owner: Member, at: datetime) -> None:
    actor = member(role).actor
    hide(role, owner, at)

    trees = [tree for name in HIDEABLE for tree in every_question(list_fields[name])]
    trees += [{"event": name} for name in EVENTS]
    answered = []
    for tree in trees:
        for asked in (tree, {"not": tree}, {"any": [{"all": [tree]}]}):
            try:
                compile_filter(asked, actor, at)
            except FilterNotPossible:
                continue
            answered.append(asked)

    assert answered == []


@pytest.mark.parametrize("role", ROLES)
def test_a_hidden_field_is_refused_like_one_that_is_not_there(
    role: str, owner: Member, at: datetime
) -> None:
    actor = member(role).actor
    hide(role, owner, at)

    def refusal(name: str) -> str:
        with pytest.raises(FilterNotPossible) as no:
            compile_filter({"field": name, "is": "filled"}, actor, at)
        return no.value.sentence.replace(name, "…")

    assert {refusal(name) for name in HIDEABLE} == {refusal("customer.no_such")}
    tree = {"field": "insight.tier", "is": "is", "value": "core"}
    assert words_of(tree, actor) == "“insight.tier”, which is not known here"


@pytest.mark.parametrize("role", ROLES)
def test_a_hidden_field_is_no_column_and_no_order(role: str, owner: Member, at: datetime) -> None:
    asking = member(role)
    for name in ("Zoe Early", "Ann Late"):
        make_customer(name, manager=asking)
    hide(role, owner, at)

    orders = set()
    for name in HIDEABLE:
        shown = page_of(Look(columns=HIDEABLE, sort=name), asking.actor, "", at)
        orders.add(tuple(one.given_name for one in shown.page.rows))
        assert (shown.fields, list(shown.left_out)) == ([], [])
        assert all(not values for values in shown.values.values())

    assert orders == {("Zoe", "Ann")}


@pytest.mark.parametrize("role", ROLES)
def test_views_and_segments_that_ask_for_it_are_not_shown(
    role: str, owner: Member, at: datetime
) -> None:
    asking = member(role)
    ruth = make_customer("Ruth Calloway", manager=asking)
    tree = {"not": {"field": "insight.year_spend", "is": "at_least", "value": 1}}
    view = save_view("Ours", Look(tree), is_shared=True, by=owner.actor, at=at)
    segment = save_segment("Some", tree, by=owner.actor, at=at)
    deeper = save_segment("Of some", {"segment": segment.pk}, by=owner.actor, at=at)
    hide_fields(role, ["insight.year_spend"], by=owner.actor, at=at)

    assert views_for(asking.actor, at) == []
    assert list(segments_for(asking.actor, at)) == []
    assert stays_of(ruth, asking.actor, at) == []
    for found in (segment, deeper):
        with pytest.raises(SegmentNotFound):
            segment_for(asking.actor, found.pk, at)
        with pytest.raises(FilterNotPossible):
            why_in(found, ruth, asking.actor, at)
        with pytest.raises(FilterNotPossible):
            compile_filter({"segment": found.pk}, asking.actor, at)
    with pytest.raises(FilterNotPossible, match="hidden from your role"):
        page_of(Look(view_for(asking.actor, view.pk).tree), asking.actor, "", at)
