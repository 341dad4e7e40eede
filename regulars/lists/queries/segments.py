"""Segments: who may see them, who is in, since when, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.db.models import BooleanField, Case, Count, Max, Q, Value, When
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.list_fields import ListEvent
from regulars.core.templatetags.look import number
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.lists.asking import Asking
from regulars.lists.compiling import condition, events_of
from regulars.lists.errors import FilterNotPossible, SegmentNotFound
from regulars.lists.models import Segment, SegmentMember, SegmentQuerySet
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import opened, wording_for
from regulars.lists.queries.pages import in_words, values_of
from regulars.lists.rules import may_see_segments
from regulars.lists.trees import All, AnyOf, Clause, Happened, InSegment, Node, clauses_of, read
from regulars.team.queries import the_business


def segments_for(actor: Actor, at: datetime) -> SegmentQuerySet:
    """Segments that ask for nothing hidden from this person."""
    if not may_see_segments(actor):
        return Segment.objects.none()
    return Segment.objects.standing().filter(pk__in=asking_of(actor, at).segments)


def segment_for(actor: Actor, segment_id: int, at: datetime) -> Segment:
    segment = segments_for(actor, at).filter(pk=segment_id).first()
    if segment is None:
        raise SegmentNotFound
    return segment


def asked_by(segment: Segment) -> list[Segment]:
    """Other segments that ask for this one."""
    others = Segment.objects.standing().exclude(pk=segment.pk)
    return [one for one in others if segment.pk in segments_asked_for(one)]


def segments_asked_for(segment: Segment) -> frozenset[int]:
    try:
        leaves = list(clauses_of(read(segment.tree)))
    except FilterNotPossible:
        return frozenset()
    return frozenset(leaf.segment for leaf in leaves if isinstance(leaf, InSegment))


def in_order_of_asking() -> list[Segment]:
    """All segments, each after those that it asks for."""
    waiting = {one.pk: one for one in Segment.objects.standing().order_by("pk")}
    ordered: list[Segment] = []
    while waiting:
        ready = [one for one in waiting.values() if not segments_asked_for(one) & set(waiting)]
        # Nothing goes round in circles; should something, it is worked out as it comes.
        ordered += [waiting.pop(one.pk) for one in ready or list(waiting.values())]
    return ordered


def members_of(segment: Segment, actor: Actor) -> CustomerQuerySet:
    """Who is in a segment and on the list, as far as this person may see them."""
    inside = SegmentMember.objects.filter(segment=segment, left_at=None)
    return customers_for(actor).on_the_list().filter(pk__in=inside.values("customer"))


@dataclass(frozen=True, slots=True)
class Stay:
    """A segment that a customer is in, and since when."""

    segment: Segment
    entered_at: datetime


def stays_of(customer: Customer, actor: Actor, at: datetime) -> list[Stay]:
    """The segments that a customer is in now, in the order of their names."""
    rows = list(SegmentMember.objects.filter(customer=customer, left_at=None))
    known = {one.pk: one for one in segments_for(actor, at)} if rows else {}
    stays = [Stay(known[row.segment_id], row.entered_at) for row in rows if row.segment_id in known]
    return sorted(stays, key=lambda stay: stay.segment.name.casefold())


def segments_in_words(segments: Sequence[Segment], actor: Actor) -> dict[int, str]:
    """What each segment asks, in a sentence."""
    wording = wording_for(actor)
    return {one.pk: wording.of(read(one.tree)) for one in segments}


@dataclass(frozen=True, slots=True)
class Lately:
    """The stays that began last, and those that ended last."""

    entered: list[SegmentMember]
    left: list[SegmentMember]


def stays_lately(segment: Segment, actor: Actor, *, most: int) -> Lately:
    """Who came into a segment last and who left it last, as far as this person may see them."""
    theirs = customers_for(actor).on_the_list().values("pk")
    stays = SegmentMember.objects.filter(segment=segment, customer__in=theirs)
    known = stays.select_related("customer")
    return Lately(
        list(known.filter(left_at=None).order_by("-pk")[:most]),
        list(known.exclude(left_at=None).order_by("-left_at", "-pk")[:most]),
    )


def why_in(segment: Segment, customer: Customer, actor: Actor, at: datetime) -> list[str]:
    """Why a customer is in a segment or not, and since when, a sentence each.

    Told from how things stand now; who is in was worked out at `segment.refreshed_at`.
    """
    asking = asking_of(actor, at)
    asked = opened(segment.tree, asking)
    said = [_since(segment, customer, asking)]
    for leaf, holds in _judged(asked.node, customer, asking):
        words = wording_for(actor).of(leaf)
        places = {"condition": words, "now": _now(leaf, customer, asking)}
        if not places["now"]:
            said.append((_("Yes: %(condition)s.") if holds else _("No: %(condition)s.")) % places)
        elif holds:
            said.append(_("Yes: %(condition)s; now: %(now)s.") % places)
        else:
            said.append(_("No: %(condition)s; now: %(now)s.") % places)
    return [*said, *asked.left_out]


def _since(segment: Segment, customer: Customer, asking: Asking) -> str:
    stays = SegmentMember.objects.filter(segment=segment, customer=customer).order_by("-pk")
    last = stays.first()
    places = {"name": segment.name}
    if last is None:
        return _("Not in “%(name)s”, and was never in it.") % places
    if last.left_at is None:
        return _("In “%(name)s” since %(day)s.") % {
            **places, "day": _day(last.entered_at, asking.zone),
        }  # fmt: skip
    return _("Not in “%(name)s” since %(day)s.") % {
        **places, "day": _day(last.left_at, asking.zone),
    }  # fmt: skip


def _day(moment: datetime, zone: ZoneInfo) -> str:
    locale = to_locale(get_language() or "en")
    return format_date(moment.astimezone(zone).date(), "d MMMM y", locale=locale)


def _judged(node: Node, customer: Customer, asking: Asking) -> list[tuple[Node, bool]]:
    """The conditions that are joined by “and”, each with whether it holds; one query."""
    nodes = _joined(node)
    if not nodes:
        return []
    rows = Customer.objects.filter(pk=customer.pk).annotate(
        **{f"holds_{nth}": _truth(condition(one, asking)) for nth, one in enumerate(nodes)}
    )
    found = rows.values_list(*(f"holds_{nth}" for nth in range(len(nodes)))).get()
    return list(zip(nodes, found, strict=True))


def _joined(node: Node) -> list[Node]:
    if isinstance(node, All):
        return [part for one in node.nodes for part in _joined(one)]
    if isinstance(node, AnyOf) and len(node.nodes) == 1:
        return _joined(node.nodes[0])
    return [node]


def _truth(found: Q) -> Case | Value:
    if not found:
        return Value(True, output_field=BooleanField())
    return Case(When(found, then=Value(True)), default=Value(False), output_field=BooleanField())


def _now(leaf: Node, customer: Customer, asking: Asking) -> str:
    """What is so now, where that is one thing: a field's value, how many orders and the last."""
    business = the_business()
    currency = business.currency if business else "EUR"
    if isinstance(leaf, Clause):
        field = asking.fields[leaf.field]
        value = values_of([field], [customer.pk])[customer.pk].get(field.name)
        return in_words(field, value, currency) or _("nothing")
    if isinstance(leaf, Happened):
        return _happened(leaf, asking.events[leaf.event], customer, asking)
    return ""


def _happened(leaf: Happened, event: ListEvent, customer: Customer, asking: Asking) -> str:
    rows = events_of(leaf, event, asking).filter(**{event.customer: customer.pk})
    found: dict[str, Any] = rows.aggregate(count=Count("pk"), last=Max(event.when))
    if not found["count"]:
        return _("none")
    last = found["last"]
    day = last.astimezone(asking.zone).date() if isinstance(last, datetime) else last
    shown: date = day
    return _("%(count)s, the last on %(day)s") % {
        "count": number(found["count"]),
        "day": format_date(shown, "d MMM y", locale=to_locale(get_language() or "en")),
    }
