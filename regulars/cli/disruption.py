"""`regulars disruption` and `regulars card`: what one needs on a bad day."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database

if TYPE_CHECKING:
    from regulars.recovery.models import Disruption

AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON value, nothing else."
)
MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"])


@click.group()
def disruption() -> None:
    """The business is interrupted: what stands, say so, say that it is over."""


@disruption.command("state")
@AS_JSON
@with_database
def state(as_json: bool) -> None:
    """Say whether selling waits, and why."""
    from regulars.core import clock
    from regulars.recovery.queries.disruptions import care_mode, disruptions_standing

    at = clock.now()
    mode = care_mode(at)
    items = [item_of(one) for one in disruptions_standing(at).select_related("segment")]
    if as_json:
        put_json({"selling_waits": bool(mode and not mode.is_drill), "standing": items})
        return
    for item in items:
        click.echo(line_of(item))
    if not items:
        click.echo("Nothing is interrupted.")


@disruption.command("open")
@click.argument("what")
@click.option("--since", type=MOMENT, help="When it began, where the business is (default: now).")
@click.option("--until", "expected", type=MOMENT, help="When it will be over, as far as is known.")
@click.option("--segment", help="Only those of this segment; without it, everybody.")
@click.option("--works-still", default="", help="What still works, in a sentence.")
@click.option("--closed", "is_closed", is_flag=True, help="These days count against no customer.")
@click.option("--drill", "is_drill", is_flag=True, help="Try it without changing anything.")
@AS_JSON
@with_database
def open_one(
    what: str, since: datetime | None, expected: datetime | None, segment: str | None,
    works_still: str, is_closed: bool, is_drill: bool, as_json: bool,
) -> None:  # fmt: skip
    """Declare a disruption: what sells waits from this moment on."""
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.recovery.actions.disruptions import Told, declare_disruption
    from regulars.recovery.actions.hitting import look_whom_it_hits

    at = clock.now()
    told = Told(
        what=what, since=_moment(since) or at, expected_end=_moment(expected),
        segment=_segment(segment), works_still=works_still, is_closed=is_closed,
    )  # fmt: skip
    made = declare_disruption(told, by=COMMAND, at=at, is_drill=is_drill, source="command")
    look_whom_it_hits(made, at=at)
    _put(made, as_json)


@disruption.command("close")
@click.argument("number", type=int)
@click.option("--all", "all_of_it", is_flag=True, help="Let everything go on that waited.")
@click.option("--confirm", "confirmed", multiple=True, metavar="KEY",
              help="Let this go on (several times); the rest is kept back.")  # fmt: skip
@AS_JSON
@with_database
def close(number: int, all_of_it: bool, confirmed: tuple[str, ...], as_json: bool) -> None:
    """End a disruption; without --all or --confirm it only says what waits."""
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.recovery.actions.endings import carry_out_ending, end_disruption
    from regulars.recovery.queries.disruptions import disruption_for, restarting

    at, found = clock.now(), disruption_for(number)
    waiting = restarting(found, at)
    keys = [one.key for one in waiting]
    if waiting and not (all_of_it or confirmed) and not found.is_drill:
        for one in waiting:
            click.echo(f"{one.key}  {one.name}  {one.detail}", err=as_json)
        raise click.UsageError("Say --all, or --confirm KEY for what goes on.")
    ended = end_disruption(
        found, confirmed=keys if all_of_it else confirmed, seen=keys, by=COMMAND, at=at
    )
    carry_out_ending(ended, by=COMMAND, at=at)
    ended.refresh_from_db()
    _put(ended, as_json)


@click.command()
@AS_JSON
@with_database
def card(as_json: bool) -> None:
    """Write the continuity card now, and say where it lies; where it lies is said in Settings."""
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.core.errors import Refusal
    from regulars.recovery.actions.cards import write_card
    from regulars.recovery.words import trouble_words

    kept = write_card(by=COMMAND, at=clock.now())
    if kept is None:
        raise Refusal("No continuity card is kept.", "Keep one in Settings, Continuity card.")
    if as_json:
        written = kept.written_at.isoformat() if kept.written_at else None
        put_json(
            {
                "folder": kept.folder, "written_at": written, "trouble": kept.trouble,
                "customers": kept.customer_count,
            }
        )  # fmt: skip
    if kept.trouble:
        raise Refusal(*trouble_words(kept.trouble))
    click.echo(f"{kept.customer_count} customers, in {kept.folder}", err=True)


def item_of(one: "Disruption") -> dict[str, Any]:
    return {
        "id": one.pk,
        "what": one.what,
        "since": one.since.isoformat(),
        "expected_end": one.expected_end.isoformat() if one.expected_end else None,
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "segment": one.segment.name if one.segment else None,
        "works_still": one.works_still,
        "is_drill": one.is_drill,
        "is_entered_late": one.is_entered_late,
    }


def line_of(item: dict[str, Any]) -> str:
    until = f" to {item['ended_at']}" if item["ended_at"] else ""
    drill = "  (drill)" if item["is_drill"] else ""
    whom = item["segment"] or "everybody"
    return f"{item['id']:>6}  {item['since']}{until}  {whom:<16}  {item['what']}{drill}"


def _put(one: "Disruption", as_json: bool) -> None:
    item = item_of(one)
    if as_json:
        put_json(item)
    else:
        click.echo(line_of(item))


def _moment(local: datetime | None) -> datetime | None:
    from zoneinfo import ZoneInfo

    from regulars.cli.readiness import business_at_hand

    return local.replace(tzinfo=ZoneInfo(business_at_hand().time_zone)) if local else None


def _segment(name: str | None) -> Any:
    from regulars.core.errors import NotFound
    from regulars.lists.models import Segment

    if name is None:
        return None
    found = Segment.objects.standing().filter(name=name).first()
    if found is None:
        raise NotFound(
            f"There is no segment called {name}.", "`regulars show segments` lists them."
        )
    return found
