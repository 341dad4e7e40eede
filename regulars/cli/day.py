"""`regulars day`: the means of a day's list: the way, the calendar, the briefs."""

from pathlib import Path
from typing import Any

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import business_at_hand, with_database


@click.group()
def day() -> None:
    """What helps with today's list: the way from visit to visit, a calendar file, briefs."""


def _whose(command: Any) -> Any:
    words = "Whose list: an e-mail address or a name (default: the first of all)."
    return click.option("--manager", "whose", help=words)(command)


def _into(command: Any) -> Any:
    file = click.Path(dir_okay=False, path_type=Path)
    return click.option("--to", "into", type=file, required=True, help="The file to write.")(
        command
    )


@day.command()
@_whose
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value and nothing else.")
@with_database
def route(whose: str | None, as_json: bool) -> None:
    """Print the visits of today in the order of the shortest way, with when one is where."""
    from regulars.planning.hours import begin_of, round_of, visits_of

    found, business = _list(whose), business_at_hand()
    sets_off = begin_of(business, found.day)
    round_ = round_of(visits_of(found), business, sets_off)
    stops = [
        {
            "customer": round_.visits[one.key].item.customer.name,
            "customer_id": round_.visits[one.key].item.customer_id,
            "where": one.place.line, "way_minutes": one.way_minutes,
            "arrives_at": one.arrives_at.isoformat(), "leaves_at": one.leaves_at.isoformat(),
        }
        for one in round_.route.stops
    ]  # fmt: skip
    nowhere = [one.item.customer.name for one in round_.nowhere]
    shown = {
        "manager": found.member.name, "sets_off_at": sets_off.isoformat(), "stops": stops,
        "back_minutes": round_.route.back_minutes, "way_minutes": round_.route.way_minutes,
        "ends_at": round_.route.ends_at.isoformat(), "without_address": nowhere,
    }  # fmt: skip
    if as_json:
        put_json(shown)
        return
    _say(shown)


def _say(shown: dict[str, Any]) -> None:
    click.echo(f"{shown['sets_off_at'][11:16]} set off")
    for one in shown["stops"]:
        way = f"{one['way_minutes']} min on the way"
        click.echo(f"{one['arrives_at'][11:16]} {one['customer']}, {one['where']} ({way})")
    click.echo(f"{shown['ends_at'][11:16]} back")
    for name in shown["without_address"]:
        click.echo(f"No address is known of {name}.")


@day.command()
@_whose
@_into
@with_database
def calendar(whose: str | None, into: Path) -> None:
    """Write today's calls and visits into a calendar file (.ics)."""
    from regulars.core import clock, instance
    from regulars.core.actor import COMMAND
    from regulars.planning.calendar_file import calendar_file
    from regulars.planning.hours import hours_of

    found, business = _list(whose), business_at_hand()
    hours = hours_of(found, business, COMMAND)
    file = calendar_file(
        hours, name=business.name, at=clock.now(), home=instance.proved_public_url(),
        hidden=frozenset(),
    )  # fmt: skip
    into.write_bytes(file)
    click.echo(f"{len(hours)} in {into}", err=True)


@day.command()
@_whose
@_into
@with_database
def briefs(whose: str | None, into: Path) -> None:
    """Write a page on everybody who is still to be reached today into one PDF."""
    from regulars.core.actor import COMMAND
    from regulars.core.errors import Refusal
    from regulars.planning.brief_pages import briefs_pdf
    from regulars.planning.briefs import briefs_of

    found = _list(whose)
    items = {one.item.customer_id: one.item for one in found.open}
    customers = [one.item.customer for one in found.open]
    if not customers:
        raise Refusal(f"Nobody is left on the list of {found.member.name}.")
    pages = briefs_of(customers, COMMAND, found.day, items)
    into.write_bytes(briefs_pdf(pages, title=found.heading, foot=""))
    click.echo(f"{len(pages)} in {into}", err=True)


def _list(whose: str | None) -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.core.errors import Refusal
    from regulars.planning.queries import list_of, member_called, members_with_lists

    business_at_hand()
    member = member_called(whose) if whose else next(iter(members_with_lists(COMMAND)), None)
    if member is None:
        raise Refusal("Nobody looks after customers yet.", "Invite somebody to the team.")
    return list_of(COMMAND, member, business_at_hand().day_of(clock.now()))
