"""Finding duplicates, and merging two customers or taking them apart."""

import sys
import time

import click
from django.utils.translation import gettext as _

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.customers.actions.finding import find_duplicates
from regulars.customers.actions.merging import Choice, merge_customers, unmerge_customers
from regulars.customers.errors import CannotMerge
from regulars.customers.models import Customer
from regulars.customers.queries.duplicates import merge_for, mergeable


@click.group()
def duplicates() -> None:
    """Customers who may be one."""


@duplicates.command()
@click.option("--automatic", is_flag=True, help="Merge those that speak for themselves.")
@click.option("--engine", metavar="NAME", help="Look on an engine, however short the list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def find(automatic: bool, engine: str | None, as_json: bool) -> None:
    """Look through the whole list for customers who may be one."""
    began = time.perf_counter()
    found = find_duplicates(
        by=COMMAND, at=clock.now(), merges=automatic, engine=engine, step=_Told()
    )
    seconds = round(time.perf_counter() - began, 2)
    if as_json:
        put_json({
            "customers": found.customers, "open": found.open, "automatic": found.automatic,
            "merged": found.merged, "seconds": seconds,
        })  # fmt: skip
        return
    counts = {"customers": found.customers, "open": found.open, "automatic": found.automatic}
    click.echo(
        _(
            "%(customers)s customers looked through. %(open)s pairs wait to be looked at,"
            " %(automatic)s spoke for themselves, %(merged)s were merged."
        )
        % {name: f"{count:,}" for name, count in (counts | {"merged": found.merged}).items()}
    )


class _Told:
    """Says on standard error what is being done, once a second at most."""

    def __init__(self) -> None:
        self._at = 0.0

    def __call__(self, words: str, done: int, total: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._at > 1:
            self._at = time.monotonic()
            click.echo(f"{words}: {done:,} of {total:,}", err=True)


@click.command()
@click.argument("survivor", metavar="A")
@click.argument("merged", metavar="B")
@click.option("--across-kinds", is_flag=True, help="Also where one is a person and one is not.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def merge(survivor: str, merged: str, across_kinds: bool, as_json: bool) -> None:
    """Merge customer B into customer A, who stays; their numbers stand in “show customers”."""
    done = merge_customers(
        _customer(survivor), _customer(merged), by=COMMAND, at=clock.now(),
        choice=Choice(across_kinds=across_kinds),
    )  # fmt: skip
    if as_json:
        put_json({
            "merge_id": done.pk, "survivor": done.survivor_id, "merged": done.merged_id,
            "stayed": done.stayed,
        })  # fmt: skip
        return
    click.echo(
        _("%(one)s was merged into %(other)s. “regulars unmerge %(id)s” takes it back.")
        % {"one": done.merged.name, "other": done.survivor.name, "id": done.pk}
    )


def _customer(named: str) -> Customer:
    if named.casefold().startswith("household"):
        raise CannotMerge(
            _("A household is no customer: it is the place where several of them live."),
            _("Name the member of the household who is meant."),
        )
    if not named.isdecimal() or len(named) > 18:
        raise click.UsageError(_("A and B are numbers of customers, as “show customers” has them."))
    return mergeable(COMMAND, int(named))


@click.command()
@click.argument("merge_id", metavar="ID", type=click.IntRange(1, 2**62))
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def unmerge(merge_id: int, as_json: bool) -> None:
    """Take a merge back: both customers as they were, each with what was theirs."""
    done = unmerge_customers(merge_for(COMMAND, merge_id), by=COMMAND, at=clock.now())
    if as_json:
        put_json({
            "merge_id": done.pk, "survivor": done.survivor_id, "merged": done.merged_id,
            "report": done.report,
        })  # fmt: skip
        return
    click.echo(
        _("%(one)s and %(other)s are two again.")
        % {"one": done.merged.name, "other": done.survivor.name}
    )
    if left := done.report.get("left"):
        click.echo(_("Changed since, and left as it is: %(count)s.") % {"count": left}, err=True)
    if since := sum(done.report.get("since", {}).values()):
        click.echo(
            _("Came since, and stays with %(name)s: %(count)s.")
            % {"name": done.survivor.name, "count": since},
            err=True,
        )
