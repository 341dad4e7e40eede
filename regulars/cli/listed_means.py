"""Lists of the means of a day: how often customers hear from us, reasons, notes by hand."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from regulars.cli.listing import Listing, cut


def _tiers() -> list[dict[str, Any]]:
    """The one number of days that each tier has, with the work it makes; as the page begins."""
    from regulars.core import clock
    from regulars.planning.loads import load_of_cadences
    from regulars.planning.queries import cadences_set
    from regulars.team.queries import the_named_business

    business, days = the_named_business(), cadences_set()
    load = load_of_cadences(business, business.day_of(clock.now()))
    return [
        {
            **_EMPTY,
            "whose": "tier",
            "tier": row.key,
            "at_least_every_days": days[row.key],
            "customers": row.customers,
            "minutes_a_week": row.needed,
        }
        for row in load.tiers
    ]


def _raised() -> Iterator[dict[str, Any]]:
    from regulars.planning.queries import raised_cadences

    for one in raised_cadences():
        every = {"at_least_every_days": one.at_least_every_days}
        yield {**_EMPTY, "whose": "raised", "tier": one.tier, **every, "source": one.source}


def _set() -> Any:
    from regulars.planning.queries import other_cadences, own_cadences

    return other_cadences(), own_cadences()


# What a cadence says where its kind has nothing to say.
_EMPTY: dict[str, Any] = {
    "whose": "", "tier": None, "segment": None, "customer": None, "worth": "any",
    "at_least_every_days": None, "at_most_every_days": None, "months": [], "customers": None,
    "minutes_a_week": None, "source": None,
}  # fmt: skip


def _named(thing: Any) -> dict[str, Any] | None:
    return {"id": thing.pk, "name": thing.name} if thing else None


def _of_rows(rows: Any) -> Iterator[dict[str, Any]]:
    for one in rows.iterator(chunk_size=2000):
        whose = "customer" if one.customer_id else "segment" if one.segment_id else "tier"
        yield {
            **_EMPTY,
            "whose": whose,
            "tier": one.tier or None,
            "segment": _named(one.segment),
            "customer": _named(one.customer),
            "worth": one.worth,
            "at_least_every_days": one.at_least_every_days,
            "at_most_every_days": one.at_most_every_days,
            "months": one.month_numbers,
        }


def _cadence_items(limit: int) -> Iterator[dict[str, Any]]:
    def every() -> Iterator[dict[str, Any]]:
        yield from _tiers()
        yield from _raised()
        for rows in _set():
            yield from _of_rows(rows)

    return islice(every(), limit or None)


def _cadence_count() -> int:
    from regulars.insight.choices import Tier
    from regulars.planning.queries import raised_cadences

    others: int = sum(rows.count() for rows in _set())
    return len(Tier) + len(raised_cadences()) + others


def _cadence_line(item: dict[str, Any]) -> str:
    whom = item["customer"] or item["segment"]
    least, most = item["at_least_every_days"], item["at_most_every_days"]
    said = [
        f"at least every {least} days" if least else "",
        f"at most every {most}" if most else "",
    ]
    months = f"  in months {', '.join(map(str, item['months']))}" if item["months"] else ""
    words = ", ".join(filter(None, said))
    name = whom["name"] if whom else item["tier"]
    return f"{item['whose']:<8}  {name:<24}  {item['worth']:<8}  {words}{months}"


def _reasons() -> list[dict[str, Any]]:
    from regulars.planning.reason_rows import reason_rows

    return [
        {
            "reason": row.name,
            "label": row.label,
            "purpose": row.purpose.value,
            "is_off": row.is_off,
            "off_for": row.off_for,
            "reached": row.record.reached_count if row.record else 0,
            "came": row.record.came_count if row.record else 0,
            "not_reached": row.record.left_count if row.record else 0,
            "not_reached_came": row.record.left_came_count if row.record else 0,
            "helped": row.helped.words,
            "is_enough": row.helped.is_enough,
        }
        for row in reason_rows()
    ]


def _reason_items(limit: int) -> Iterator[dict[str, Any]]:
    return iter(_reasons()[:limit] if limit else _reasons())


def _reason_line(item: dict[str, Any]) -> str:
    state = "off" if item["is_off"] else "on"
    return f"{state:<3}  {item['label']} ({item['purpose']}): {item['helped']}"


def _notes() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.notes.queries import notes_for

    return notes_for(COMMAND)


def _note_items(limit: int) -> Iterator[dict[str, Any]]:
    for one in cut(_notes().order_by("-state_at", "-pk"), limit):
        yield {
            "id": one.pk,
            "customer": {"id": one.customer_id, "name": one.customer.name},
            "writer": one.writer.name if one.writer else None,
            "state": one.state,
            "is_ready": one.is_ready,
            "hand": one.hand,
            "purpose": one.purpose,
            "source": one.source,
            "words": one.words,
            "asked_at": one.asked_at.isoformat(),
            "state_at": one.state_at.isoformat(),
        }


def _note_line(item: dict[str, Any]) -> str:
    words = " ".join(item["words"].split())
    return f"{item['state_at'][:16]}  {item['state']:<8}  {item['customer']['name']}  {words[:60]}"


LISTINGS = {
    "cadences": Listing(_cadence_count, _cadence_items, _cadence_line),
    "reasons": Listing(lambda: len(_reasons()), _reason_items, _reason_line),
    "notes": Listing(lambda: _notes().count(), _note_items, _note_line),
}
