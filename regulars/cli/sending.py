"""Working the outbox, and the switch for everything that leaves."""

import time

import click
from django.db import DatabaseError

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database
from regulars.core import clock, instance
from regulars.core.actor import COMMAND
from regulars.core.database_trouble import Trouble, trouble_of
from regulars.core.ending import Asked
from regulars.core.errors import Refusal
from regulars.messaging.actions.switch import resume_sending, stop_sending
from regulars.messaging.models import Switch
from regulars.messaging.sending import Sender, Tally


@click.command()
@click.option("--for", "seconds", type=float, help="Send for so long, waiting for more.")
@click.option("--keep-on", is_flag=True, help="Send until told to stop.")
@click.option("--window", type=click.IntRange(1, 64), help="Messages written down at once.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def send(seconds: float | None, keep_on: bool, window: int | None, as_json: bool) -> None:
    """Send what is due, until nothing is left or for a time."""
    instance.settle_identity()
    if not keep_on:
        _refuse_where_nothing_may_leave()
    asked = Asked()
    ends = None if seconds is None else time.monotonic() + seconds

    def goes_on() -> bool:
        return not asked and (ends is None or time.monotonic() < ends)

    try:
        tally = Sender(window=window).run(goes_on=goes_on, waits=keep_on or seconds is not None)
    except DatabaseError as error:
        raise _no_database(error) from error
    put_json(tally.as_dict()) if as_json else click.echo(_words(tally))


@click.command()
@click.option("--why", default="", help="What everybody reads while nothing leaves.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def stop(why: str, as_json: bool) -> None:
    """Stop all outgoing messages, within a second."""
    switch = stop_sending(why=why, by=COMMAND, at=clock.now())
    _say(switch, as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def resume(as_json: bool) -> None:
    """Let messages leave again."""
    switch = resume_sending(by=COMMAND, at=clock.now())
    _say(switch, as_json)


def _no_database(error: DatabaseError) -> Refusal:
    trouble = trouble_of(error)
    said = {
        Trouble.FULL: "the disk is full",
        Trouble.READ_ONLY: "it may only be read",
        Trouble.AWAY: "it cannot be opened",
        Trouble.DAMAGED: "it is damaged",
    }
    why = said[trouble] if trouble else str(error)
    return Refusal(
        f"The database cannot be written: {why}. What was leaving just now may be in doubt.",
        "Make room or mend it, then send again; nothing is sent twice.",
    )


def _refuse_where_nothing_may_leave() -> None:
    switch = Switch.objects.filter(pk=1).exclude(stopped_at=None).first()
    if switch is not None:
        raise Refusal(
            f"All sending is stopped, by {switch.stopped_by}. {switch.why}".strip(),
            "“regulars resume” lets messages leave again.",
        )
    if why := instance.why_held():
        raise Refusal(
            f"This instance sends nothing: it is {why}.",
            "“regulars release” lets it act, once you know that no other one does.",
        )


def _say(switch: Switch, as_json: bool) -> None:
    if as_json:
        put_json({"stopped_at": switch.stopped_at, "why": switch.why})
    elif switch.stopped_at:
        click.echo("Nothing leaves until you run “regulars resume”.")
    else:
        click.echo("Messages leave again.")


def _words(tally: Tally) -> str:
    return (
        f"Handed over: {tally.accepted}. Held for later: {tally.held}. "
        f"Not sent, because we may not: {tally.suppressed}. Failed: {tally.failed}. "
        f"In doubt: {tally.unknown}. In {tally.seconds:.1f} seconds."
    )
