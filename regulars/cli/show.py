"""`regulars show LIST`: what the screens list, for people and programs."""

from collections.abc import Iterator
from typing import Any

import click

from regulars.cli import (
    listed_answers,
    listed_campaigns,
    listed_care,
    listed_cases,
    listed_delays,
    listed_departures,
    listed_goals,
    listed_learning,
    listed_means,
    listed_mentions,
    listed_offers,
    listed_prices,
)
from regulars.cli.listing import Listing, cut, listings
from regulars.cli.main import put_json
from regulars.cli.readiness import with_database

__all__ = ["listings", "show"]


@click.command()
@click.argument("name", metavar="LIST", required=False)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(0),
              help="How many items at most; 0 for all.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value and nothing else.")
@with_database
def show(name: str | None, limit: int, as_json: bool) -> None:
    """Print a list: customers, touches, promises, bulletins, recovery, segments and others."""
    if name is None or name not in listings:
        known = ", ".join(listings.names())
        raise click.UsageError(f"LIST is one of: {known}.")
    listing = listings[name]
    count, items = listing.count(), listing.items(limit)
    if as_json:
        put_json({"list": name, "count": count, "items": list(items)})
        return
    for item in items:
        click.echo(listing.line(item))
    click.echo(f"{count:,} in all", err=True)


def _customers() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.customers.queries.people import customers_for

    return customers_for(COMMAND).on_the_list()


def _customer_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.insight.queries import with_tier

    rows = with_tier(_customers()).select_related("manager", "facts", "clock")
    for one in cut(rows.order_by("sort_name", "id"), limit):
        facts, clock = getattr(one, "facts", None), getattr(one, "clock", None)
        yield {
            "id": one.pk,
            "name": one.name,
            "kind": one.kind,
            "tier": one.shown_tier,
            "manager": one.manager.name if one.manager else None,
            "last_purchase_on": facts.last_on if facts else None,
            "due_on": facts.due_on if facts else None,
            "year_spend_minor": facts.year_spend_minor if facts else 0,
            "last_touch_at": clock.last_touch_at.isoformat() if clock else None,
        }


def _customer_line(item: dict[str, Any]) -> str:
    return f"{item['id']:>8}  {item['tier']:<8}  {item['manager'] or '-':<20}  {item['name']}"


def _touches() -> Any:
    from regulars.conversations.queries import touches_for
    from regulars.core.actor import COMMAND

    return touches_for(COMMAND)


def _touch_items(limit: int) -> Iterator[dict[str, Any]]:
    rows = _touches().select_related("customer", "member").order_by("-happened_at", "-id")
    for one in cut(rows, limit):
        yield {
            "id": one.pk,
            "customer": {"id": one.customer_id, "name": one.customer.name},
            "happened_at": one.happened_at.isoformat(),
            "channel": one.channel,
            "direction": one.direction,
            "purpose": one.purpose,
            "outcome": one.outcome,
            "by": one.member.name if one.member else None,
            "body": one.body,
            "said": one.said,
        }


def _touch_line(item: dict[str, Any]) -> str:
    words = item["body"] or item["said"]
    return f"{item['happened_at'][:16]}  {item['channel']:<6}  {item['customer']['name']}  {words}"


listings.register(
    "customers", Listing(lambda: _customers().count(), _customer_items, _customer_line)
)
listings.register("touches", Listing(lambda: _touches().count(), _touch_items, _touch_line))


def _segments() -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.lists.queries.segments import segments_for

    return segments_for(COMMAND, clock.now()).order_by("name", "id")


def _segment_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core.actor import COMMAND
    from regulars.lists.queries.filters import words_of

    for one in cut(_segments(), limit):
        yield {
            "id": one.pk,
            "name": one.name,
            "words": words_of(one.tree, COMMAND),
            "customers": one.member_count,
            "refreshed_at": one.refreshed_at.isoformat() if one.refreshed_at else None,
            "trouble": one.trouble,
        }


def _segment_line(item: dict[str, Any]) -> str:
    return f"{item['id']:>6}  {item['customers']:>9,}  {item['name']}: {item['words']}"


listings.register("segments", Listing(lambda: _segments().count(), _segment_items, _segment_line))


def _views() -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.lists.queries.views import views_for

    return [known.view for known in views_for(COMMAND, clock.now())]


def _view_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core.actor import COMMAND
    from regulars.lists.queries.filters import words_of

    for one in _views()[:limit] if limit else _views():
        yield {
            "id": one.pk,
            "name": one.name,
            "words": words_of(one.tree, COMMAND),
            "sort": one.sort,
            "columns": one.columns,
            "customers": one.counted,
            "counted_at": one.counted_at.isoformat() if one.counted_at else None,
        }


def _view_line(item: dict[str, Any]) -> str:
    count = "-" if item["customers"] is None else f"{item['customers']:,}"
    return f"{item['id']:>6}  {count:>9}  {item['name']}: {item['words']}"


listings.register("views", Listing(lambda: len(_views()), _view_items, _view_line))


def _messages() -> Any:
    from regulars.messaging.models import Message

    return Message.objects.select_related("customer", "mailing", "version")


def _message_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.messaging.words import sentence_of

    for one in cut(_messages().order_by("-id"), limit):
        customer = one.customer
        yield {
            "id": str(one.pk),
            "customer": {"id": customer.pk, "name": customer.name} if customer else None,
            "channel": one.channel,
            "purpose": one.purpose,
            "occasion": one.occasion,
            "mailing": one.mailing.name if one.mailing else None,
            "subject": _subject_of(one),
            "state": one.state,
            "why": sentence_of(one.why) if one.why else "",
            "state_at": one.state_at.isoformat(),
            "not_before": one.not_before.isoformat(),
        }


def _subject_of(message: Any) -> str:
    """As it left, where it has left; before that, as it is written."""
    from regulars.messaging.texts import prepare, without_links

    if not message.context:
        return str(message.version.subject)
    return prepare(message.version).render(without_links(message.context)).subject


def _message_line(item: dict[str, Any]) -> str:
    name = item["customer"]["name"] if item["customer"] else "-"
    return f"{item['state_at'][:16]}  {item['state']:<10}  {name}  {item['subject']}"


listings.register("messages", Listing(lambda: _messages().count(), _message_items, _message_line))


def _duplicates() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.customers.queries.duplicates import duplicates_for

    return duplicates_for(COMMAND)


def _duplicate_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.customers.verdicts import words_of

    for one in cut(_duplicates().select_related("low", "high"), limit):
        yield {
            "id": one.pk,
            "score": one.score,
            "words": words_of(one.levels),
            "is_automatic": one.is_automatic,
            "customers": [{"id": who.pk, "name": who.name} for who in (one.low, one.high)],
        }


def _duplicate_line(item: dict[str, Any]) -> str:
    one, other = item["customers"]
    words = ", ".join(item["words"])
    return f"{one['id']:>8}  {one['name']}  /  {other['id']}  {other['name']}  ({words})"


listings.register(
    "duplicates", Listing(lambda: _duplicates().count(), _duplicate_items, _duplicate_line)
)


def _promises() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.promises.queries import promises_for

    return promises_for(COMMAND).select_related("customer", "keeper")


def _promise_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock

    now = clock.now()
    for one in cut(_promises().order_by("due_at", "id"), limit):
        customer = one.customer
        yield {
            "id": one.pk,
            "what": one.what,
            "customer": {"id": customer.pk, "name": customer.name} if customer else None,
            "to_whom": one.to_whom,
            "due_at": one.due_at.isoformat(),
            "first_due_at": one.first_due_at.isoformat(),
            "state": one.state,
            "is_late": one.is_late_at(now),
            "keeper": one.keeper.name if one.keeper else None,
            "settled_at": one.settled_at.isoformat() if one.settled_at else None,
            "words": one.words,
            "source": one.source,
        }


def _promise_line(item: dict[str, Any]) -> str:
    state = "late" if item["is_late"] else item["state"]
    whom = item["customer"]["name"] if item["customer"] else item["to_whom"] or "-"
    return f"{item['due_at'][:16]}  {state:<9}  {whom}  {item['what']}"


def _disruptions() -> Any:
    from regulars.recovery.models import Disruption

    return Disruption.objects.select_related("segment")


def _disruption_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.cli.disruption import item_of

    return (item_of(one) for one in cut(_disruptions(), limit))


def _disruption_line(item: dict[str, Any]) -> str:
    from regulars.cli.disruption import line_of

    return line_of(item)


listings.register(
    "disruptions", Listing(lambda: _disruptions().count(), _disruption_items, _disruption_line)
)
listings.register("promises", Listing(lambda: _promises().count(), _promise_items, _promise_line))


def _bulletins() -> Any:
    from regulars.bulletins.queries import all_bulletins

    return all_bulletins()


def _bulletin_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.bulletins.public_pages import address_of
    from regulars.bulletins.queries import kept_of
    from regulars.core import clock

    now = clock.now()
    for one in cut(_bulletins(), limit):
        versions = list(one.versions.all())
        kept = kept_of(versions)
        yield {
            "id": one.pk,
            "title": one.title,
            "source": one.source,
            "is_drill": one.is_drill,
            "is_open": one.closed_at is None,
            "is_late": one.is_late(now),
            "next_update_by": one.next_update_by.isoformat() if one.next_update_by else None,
            "kept": kept.kept,
            "promised": kept.promised,
            "page": address_of(one) if versions and not one.is_drill else None,
            "versions": [
                {
                    "number": version.number,
                    "published_at": version.published_at.isoformat(),
                    "published_by": version.published_by_name,
                    "was_kept": version.was_kept,
                    "texts": version.texts,
                }
                for version in versions
            ],
        }


def _bulletin_line(item: dict[str, Any]) -> str:
    state = "late" if item["is_late"] else "open" if item["is_open"] else "closed"
    until = (item["next_update_by"] or "-")[:16]
    return f"{item['id']:>6}  {state:<6}  {until:<16}  {len(item['versions'])}  {item['title']}"


listings.register(
    "bulletins", Listing(lambda: _bulletins().count(), _bulletin_items, _bulletin_line)
)


def _ways_back() -> Any:
    from regulars.recovery.models import WayBack

    return WayBack.objects.select_related("disruption").order_by("-disruption__since")


def _way_back_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.recovery.queries.way_back import weeks_since_of

    for one in cut(_ways_back(), limit):
        disruption = one.disruption
        yield {
            "id": disruption.pk,
            "what": disruption.what,
            "since": disruption.since.isoformat(),
            "ended_at": disruption.ended_at.isoformat() if disruption.ended_at else None,
            "as_of": one.as_of.isoformat(),
            "counted_at": one.counted_at.isoformat(),
            **one.figures["whole"],
            **{name: one.figures[name] for name in ("tiers", "managers", "cities", "tags")},
            "came_back": one.figures["weeks"],
            "weeks": [
                {**row, "from_on": row["from_on"].isoformat(), "to_on": row["to_on"].isoformat()}
                for row in weeks_since_of(disruption)
            ],
        }


def _way_back_line(item: dict[str, Any]) -> str:
    counts = f"{item['back']} back, {item['waiting']} not due yet, {item['overdue']} overdue"
    return f"{item['since'][:10]}  {counts}  {item['what']}"


listings.register("recovery", Listing(
    lambda: _ways_back().count(), _way_back_items, _way_back_line))  # fmt: skip
for _listed in (
    listed_means, listed_care, listed_answers, listed_cases, listed_delays, listed_mentions,
    listed_departures, listed_offers, listed_goals, listed_learning, listed_prices,
    listed_campaigns):  # fmt: skip
    for _name, _listing in _listed.LISTINGS.items():
        listings.register(_name, _listing)
