"""Bulletins from the command line: how they stand, a new one, an update, the end of one."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database
from regulars.core.errors import Refusal

BOXES = ("known", "not_known", "doing")


@click.group()
def bulletin() -> None:
    """Say what you know, do not know yet, are doing, and by when there is more."""


def _words(command: Any) -> Any:
    """The four boxes as options."""
    for option in (
        click.option("--next-update-by", required=True, metavar="MOMENT",
                     help="By when there is more: 2026-11-25T17:00, by the business's clock."),
        click.option("--doing", default="", help="What you are doing; a line for each thing."),
        click.option("--not-known", default="", help="What you do not know yet."),
        click.option("--known", default="", help="What you know."),
    ):  # fmt: skip
        command = option(command)
    return command


@bulletin.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def state(as_json: bool) -> None:
    """Say which bulletins are open, and by when each promised an update."""
    from regulars.cli.show import listings

    listing = listings["bulletins"]
    found = [item for item in listing.items(0) if item["is_open"]]
    if as_json:
        put_json({"open": found})
        return
    for item in found:
        click.echo(listing.line(item))
    if not found:
        click.echo("No bulletin is open.")


@bulletin.command("open")
@click.argument("title")
@click.option("--drill", is_flag=True, help="Try it out: it stands on no page, reaches nobody.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@_words
@with_database
def open_one(title: str, drill: bool, as_json: bool, **said: str) -> None:
    """Begin a bulletin for everybody on the list, and publish its first version."""
    from django.db import transaction

    from regulars.bulletins.actions.writing import draft_bulletin
    from regulars.bulletins.readers import EVERYBODY
    from regulars.core import clock
    from regulars.core.actor import COMMAND

    with transaction.atomic():
        made = draft_bulletin(
            title=title, audience=EVERYBODY, definition={}, by=COMMAND, at=clock.now(),
            is_drill=drill,
        )  # fmt: skip
        _publish(made, said)
    _say(made, as_json)


@bulletin.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@_words
@with_database
def update(number: int, as_json: bool, **said: str) -> None:
    """Publish the next version of a bulletin."""
    from regulars.bulletins.queries import bulletin_for

    made = bulletin_for(number)
    _publish(made, said)
    _say(made, as_json)


@bulletin.command()
@click.argument("number", type=int)
@click.option("--words", default="", help="A last sentence for the page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def close(number: int, words: str, as_json: bool) -> None:
    """Say that the matter is over; all that was said stays."""
    from regulars.bulletins.actions.writing import close_bulletin
    from regulars.bulletins.queries import bulletin_for
    from regulars.core import clock
    from regulars.core.actor import COMMAND

    _say(close_bulletin(bulletin_for(number), words=words, by=COMMAND, at=clock.now()), as_json)


def _publish(made: Any, said: dict[str, str]) -> None:
    from regulars.bulletins.actions.writing import publish
    from regulars.bulletins.public_pages import frame_at
    from regulars.core import clock
    from regulars.core.actor import COMMAND

    now = clock.now()
    frame = frame_at(now)
    by_then = _moment(said["next_update_by"], frame.business.time_zone)
    texts = {frame.main: {box: said[box] for box in BOXES}}
    publish(made, texts, next_update_by=by_then, by=COMMAND, at=now,
            seen_number=made.version_count)  # fmt: skip


def _moment(text: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(f"“{text}” is no moment.", "Write it like 2026-11-25T17:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _say(made: Any, as_json: bool) -> None:
    from regulars.cli.show import listings

    made.refresh_from_db()
    listing = listings["bulletins"]
    item = next(one for one in listing.items(0) if one["id"] == made.pk)
    put_json(item) if as_json else click.echo(listing.line(item))
