"""`regulars insight`: counting who customers are to us, and showing the figures."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import business_at_hand, with_database
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.core.money import Money
from regulars.core.templatetags.look import money
from regulars.insight.actions import refresh_facts
from regulars.insight.choices import AHEAD_DAYS, TimeUnit, Way
from regulars.insight.counting import Step, in_silence
from regulars.insight.facts import FACT_TABLES, FactTable
from regulars.insight.figures import Figure, figure
from regulars.insight.fits import fit_model
from regulars.team.queries import the_named_business

AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Count as of this day (2026-11-24); orders after it are not seen. Today when left out.",
)
DAYS = click.option(
    "--days",
    type=click.IntRange(1, 730),
    default=AHEAD_DAYS,
    show_default=True,
    help="How many days ahead `chances` looks.",
)
SINCE = click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Since when `baseline` says what would have come had nothing happened: the day on which"
    " the last disruption began, or four weeks ago, when left out.",
)
ENGINE = click.option(
    "--engine",
    help="What counts, as in REGULARS_ENGINE: duckdb, postgres, spark. The setting when left out.",
)
FULL = click.option(
    "--full/--few",
    default=None,
    help="Count everyone, or as few as can be; what the list needs when left out.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")


@click.group()
def insight() -> None:
    """Count who customers are to us: rhythm, value, tiers."""


@insight.command()
@AS_OF
@FULL
@ENGINE
@JSON
@with_database
def refresh(
    *, as_of: datetime | None, full: bool | None, engine: str | None, as_json: bool
) -> None:
    """Count customers anew and write what has changed."""
    business_at_hand()
    with _watched() as step:
        done = refresh_facts(
            as_of=_day(as_of), by=COMMAND, at=clock.now(), engine=engine, step=step, full=full
        )
    if as_json:
        put_json(
            {
                "as_of": done.as_of,
                "way": done.way,
                "full_on": done.full_on,
                "engine": done.engine,
                "customers": done.customer_count,
                "orders": done.order_count,
                "changed": done.changed_count,
                "seconds": done.seconds,
            }
        )
        return
    who = f"{done.customer_count:,} customers and {done.order_count:,} orders"
    if done.way != Way.FULL:
        who = f"those of {done.customer_count:,} customers with something new"
    click.echo(
        f"Counted {who} as of {done.as_of} in {done.seconds:.1f} s; {done.changed_count:,} changed."
    )


@insight.command()
@click.argument("model", metavar="MODEL")
@AS_OF
@click.option(
    "--time-unit",
    type=click.Choice(TimeUnit.values),
    default=TimeUnit.WEEK.value,
    show_default=True,
    help="In what the model counts time.",
)
@ENGINE
@JSON
@with_database
def fit(
    *, model: str, as_of: datetime | None, time_unit: str, engine: str | None, as_json: bool
) -> None:
    """Fit a model to everyone who has bought: bg-nbd, pareto-nbd or gamma-gamma."""
    business_at_hand()
    found = fit_model(
        model, as_of=_day(as_of), at=clock.now(), time_unit=TimeUnit(time_unit), engine=engine
    )
    if as_json:
        put_json(asdict(found))
        return
    click.echo(f"{found.model}, as of {found.as_of}, per {found.time_unit}")
    for name, value in found.parameters.items():
        click.echo(f"{name:>16} {value:12.4f}")
    click.echo(f"{'log-likelihood':>16} {found.log_likelihood:12.2f}")
    click.echo(f"{found.customers:,} customers, {found.seconds:.1f} s.")
    if not found.is_determined:
        click.echo("The books do not determine these: many others are as likely.")


@insight.command()
@click.argument("name", metavar="NAME")
@AS_OF
@DAYS
@SINCE
@ENGINE
@JSON
@with_database
def show(
    *, name: str, as_of: datetime | None, days: int, since: datetime | None, engine: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show a figure: tiers, slipping, rhythm, chances, facts, models, expected and others."""
    business_at_hand()
    found = figure(
        name, as_of=_day(as_of), at=clock.now(), engine=engine, ahead_days=days, since=_day(since)
    )
    if as_json:
        put_json(
            {
                "name": found.name,
                "as_of": found.as_of,
                "columns": found.columns,
                "rows": found.rows,
            }
        )
        return
    _print(found)


@insight.command()
@click.argument("name", metavar="[NAME]", required=False, type=click.Choice(FACT_TABLES.names()))
@JSON
def tables(*, name: str | None, as_json: bool) -> None:
    """Say which tables figures are counted from, with columns, types and units."""
    chosen = [table for table in FACT_TABLES if name in (None, table.name)]
    if as_json:
        put_json({"tables": [_told(table) for table in chosen]})
        return
    for table in chosen:
        click.echo(f"{table.name}: {table.meaning}")
        for column in table.columns:
            unit = f", {column.unit}" if column.unit else ""
            click.echo(f"  {column.name} ({column.type}{unit}): {column.meaning}")


def _told(table: FactTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "meaning": table.meaning,
        "made_by": table.made_by,
        "columns": [asdict(column) for column in table.columns],
    }


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _print(found: Figure) -> None:
    """A table for people: amounts in the business's currency."""
    currency = the_named_business().currency
    click.echo(f"{found.name}, as of {found.as_of}")
    cells = [[name.removesuffix("_minor").replace("_", " ") for name in found.columns]]
    for row in found.rows:
        named = zip(found.columns, row, strict=True)
        cells.append([_words(name, value, currency) for name, value in named])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        pairs = zip(line, widths, strict=True)
        click.echo("  ".join(cell.rjust(width) for cell, width in pairs))


def _words(name: str, value: Any, currency: str) -> str:
    if value is None:
        return "-"
    if name.endswith("_minor"):
        return money(Money(value, currency))
    return str(round(value, 2)) if isinstance(value, float) else str(value)


@contextmanager
def _watched() -> Iterator[Step]:
    """On a terminal a line says what is being done; elsewhere there is nobody to tell."""
    if not sys.stderr.isatty():
        yield in_silence
        return
    from rich.console import Console

    with Console(stderr=True).status("…") as status:
        yield lambda words: status.update(f"{words} …")
