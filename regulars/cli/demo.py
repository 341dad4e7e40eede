"""`regulars demo`: the sample business, in and out."""

import sys
from datetime import date, datetime
from typing import Any

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database
from regulars.core import clock, jobs
from regulars.core.errors import Refusal
from regulars.core.models import Job


@click.command()
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day as which it stands (2026-11-24); today when left out.",
)
@click.option("--remove", is_flag=True, help="Take everything of the sample out again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def demo(*, day: datetime | None, remove: bool, as_json: bool) -> None:
    """Load a sample business to look around in, or remove it."""
    done = _removed() if remove else _loaded(day.date() if day else None)
    if as_json:
        put_json(done)
    else:
        click.echo(_in_words(done, is_removal=remove))


def _loaded(day: date | None) -> dict[str, Any]:
    arguments = {"day": day.isoformat()} if day else {}
    if sys.stderr.isatty():
        click.echo("Loading the sample business, a few seconds …", err=True)
    return _outcome(jobs.run_now("demo.load", at=clock.now(), **arguments))


def _removed() -> dict[str, Any]:
    return _outcome(jobs.run_now("demo.remove", at=clock.now()))


def _outcome(done: Job) -> dict[str, Any]:
    if done.state == Job.State.REFUSED:
        raise Refusal(done.sentence, done.remedy)
    if done.state != Job.State.DONE:
        raise Refusal(
            f"The sample business could not be finished. {done.sentence}",
            "Run the command again; what was left behind is cleared first.",
        )
    result: dict[str, Any] = done.result
    return result


def _in_words(done: dict[str, Any], *, is_removal: bool) -> str:
    if is_removal:
        if not done["removed"]:
            return "There is no sample business here."
        return f"Removed: {done['customers']} customers with {done['orders']} orders."
    if not done["loaded"]:
        return f"The sample business is here already, as of {done['day']}."
    return (
        f"Loaded Juniper & Rye as of {done['day']}: {done['customers']} customers,"
        f" {done['orders']} orders, {done['touches']} touches."
    )
