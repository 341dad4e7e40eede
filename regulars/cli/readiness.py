"""What a command needs to stand before it runs: a database, and for counting a business."""

import functools
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from regulars.consent.models import Suppression
from regulars.core import clock, ledgers
from regulars.core.actor import COMMAND
from regulars.core.backup import make_backup
from regulars.core.errors import Refusal
from regulars.core.faults import fault
from regulars.core.instance import OF_THE_FOLDER, is_newcomer, settle_identity
from regulars.core.keys import KeyDamaged, is_kept, kept_key
from regulars.core.presence import be_here
from regulars.core.restore import finish_if_begun
from regulars.customers.models import ContactPoint
from regulars.team.actions import begin_unasked
from regulars.team.choices import currencies
from regulars.team.models import Business
from regulars.team.queries import the_business

log = logging.getLogger("regulars.readiness")

P = ParamSpec("P")
R = TypeVar("R")


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Make the database first where there is none; refuse one of an older version."""

    @functools.wraps(command)
    def ready(*args: P.args, **options: P.kwargs) -> R:
        be_here(finish_if_begun)
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            make_database()
        elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise Refusal("The database is of an older version.", "Run “regulars init” first.")
        know_ourselves()
        refuse_lost_seals()
        return command(*args, **options)

    return ready


# Said wherever a machine without a file of its own meets a database that knows who it is.
NEWCOMER = (
    "Is this one more machine on the database that the others use? Then copy their folder keys "
    "(and no instance.json) here, and run “regulars release --join”; the others go on meanwhile."
)


# Said where two folders may name one database: which of them goes on, a person decides.
SHARED = (
    "Was a folder copied whole, and do both use this database? Then run “regulars release "
    "--as-successor” in the folder that is to go on, or in both if both are to send: nothing is "
    "sent twice. “--as-new” is for a copy that has a database of its own."
)


def may_be_shared(why: str) -> bool:
    """Whether the other folder may be at work on this very database."""
    return connection.vendor == "postgresql" and why in OF_THE_FOLDER


def know_ourselves() -> None:
    """Settle who this instance is; a database that cannot be written to is said elsewhere."""
    try:
        why = settle_identity()
    except DatabaseError:
        log.exception("the identity of this instance could not be settled")
        return
    if why:
        click.echo(
            f"Nothing leaves this instance ({why}) until it is released: regulars release", err=True
        )
    if further := NEWCOMER if is_newcomer(why) else SHARED if may_be_shared(why) else "":
        click.echo(further, err=True)


def refuse_lost_seals() -> None:
    """Addresses are known by seals: with another key every closed address would be open again."""
    if is_kept("addresses"):
        _refuse_damaged("addresses")
        return
    sealed = (ContactPoint.objects.exclude(seal=""), Suppression.objects.all())
    if any(rows.exists() for rows in sealed):
        raise Refusal(
            "The key of the addresses, keys/addresses.key, is not in the folder of this instance; "
            "without it nobody knows which addresses are closed.",
            "Bring that file back from a backup, and start again; nothing was sent.",
        )


def _refuse_damaged(name: str) -> None:
    try:
        kept_key(name)
    except KeyDamaged as damaged:
        raise Refusal(damaged.sentence, damaged.remedy) from None


class _Migrate(migrate.Command):
    """Django's own, with points between its steps at which a fault test can end it."""

    def migration_progress_callback(self, action: str, *said: Any, **more: Any) -> None:
        fault("migration.step")
        super().migration_progress_callback(action, *said, **more)


def make_database() -> None:
    """Make every table, or bring the tables up to date, after a backup where there is work."""
    be_here(finish_if_begun)
    executor = MigrationExecutor(connection)
    has_tables = bool(executor.loader.applied_migrations)
    if has_tables and executor.migration_plan(executor.loader.graph.leaf_nodes()):
        # RELIABILITY O1: what an upgrade changes can be brought back.
        kept = make_backup(at=clock.now(), is_older=True)
        click.echo(f"Before the upgrade everything was kept in {kept.file}.", err=True)
    call_command(_Migrate(), interactive=False, verbosity=0)
    if has_tables:
        ledgers.catch_up()
    fault("migration.done")
    click.echo(f"The database is ready in {settings.HOME}.", err=True)


def business_at_hand(currency: str = "") -> Business:
    """The business; one guessed from this computer where nobody has described it yet.

    It counts in `currency`, when that is one in which a business can count today.
    """
    known = the_business()
    if known is not None:
        return known
    counted = currency if currency in dict(currencies()) else ""
    begun = begin_unasked(by=COMMAND, at=clock.now(), currency=counted)
    click.echo(
        f"Nobody has described the business yet: it counts in {begun.currency}, in the time zone "
        f"{begun.time_zone}. The first account may say otherwise; only the currency stays, once "
        "orders are kept in it.",
        err=True,
    )
    return begun
