"""What a command needs to stand before it runs: a database, and for counting a business."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.team.actions import begin_unasked
from regulars.team.choices import currencies
from regulars.team.models import Business
from regulars.team.queries import the_business

P = ParamSpec("P")
R = TypeVar("R")


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Make the database first where there is none; refuse one of an older version."""

    @functools.wraps(command)
    def ready(*args: P.args, **options: P.kwargs) -> R:
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            make_database()
        elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise Refusal("The database is of an older version.", "Run “regulars init” first.")
        return command(*args, **options)

    return ready


def make_database() -> None:
    """Make every table, or bring the tables up to date."""
    call_command("migrate", interactive=False, verbosity=0)
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
