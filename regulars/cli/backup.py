"""Backing up, restoring, and letting a restored or copied instance act again."""

from datetime import datetime
from pathlib import Path

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import NEWCOMER, SHARED, may_be_shared, with_database
from regulars.core import clock, instance, restore
from regulars.core.actor import COMMAND
from regulars.core.backup import make_backup, try_out
from regulars.core.errors import Refusal
from regulars.core.packing import backup_key

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--to", type=FOLDER, metavar="FOLDER", help="Elsewhere than where they usually go.")
@click.option("--show-key", is_flag=True, help="Print the key that opens the backups; make none.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def backup(to: Path | None, show_key: bool, as_json: bool) -> None:
    """Back everything up into one sealed file, and check it by restoring it."""
    if show_key:
        key = backup_key().hex()
        put_json({"key": key}) if as_json else click.echo(key)
        return
    kept = make_backup(at=clock.now(), to=to and to.resolve())
    if as_json:
        put_json(
            {
                "file": str(kept.file), "bytes": kept.bytes, "tables": kept.tables,
                "rows": kept.rows, "files": kept.files, "seconds": round(kept.seconds, 2),
            }
        )  # fmt: skip
        return
    click.echo(
        f"{kept.file}\nRestored once to check it: {kept.rows} rows in {kept.tables} tables, "
        f"{kept.files} files, {kept.seconds:.1f} s."
    )
    click.echo("Keep its key elsewhere: regulars backup --show-key", err=True)


@click.command(name="restore")
@click.argument("file", type=FILE)
@click.option("--drill", is_flag=True, help="Restore into a scratch place only, and check it.")
@click.option("--replace", is_flag=True, help="Put the instance that stands here aside.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
def restore_backup(file: Path, drill: bool, replace: bool, as_json: bool) -> None:
    """Bring a backup back; nothing leaves the restored instance until it is released."""
    if drill:
        _drill(file.resolve(), as_json)
        return
    done = restore.restore(file.resolve(), at=clock.now(), replace=replace)
    if as_json:
        put_json(
            {
                "made_at": done.made_at, "tables": done.tables, "rows": done.rows,
                "replayed": done.replayed, "aside": done.aside, "held": True,
                "minutes": _minutes(done.seconds),
            }
        )  # fmt: skip
        return
    click.echo(f"Restored: {_size(done.rows, done.tables, done.made_at, done.seconds)}")
    click.echo(f"What stood here before is in {done.aside}.")
    click.echo("Nothing leaves it until you release it: regulars release")


@click.command()
@click.option("--as-successor", is_flag=True, help="The one it was made from is gone for good.")
@click.option("--as-new", is_flag=True, help="The other one goes on: nothing that waits is sent.")
@click.option("--join", is_flag=True, help="One more machine on the database that others use.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def release(as_successor: bool, as_new: bool, join: bool, as_json: bool) -> None:
    """Say what a held instance would send, and let it act again."""
    if as_successor + as_new + join > 1:
        raise Refusal("Choose one: --as-successor, --as-new or --join.")
    at, why = clock.now(), instance.why_held()
    waiting = instance.what_waits(at)
    chosen = as_successor or as_new or join
    if why and join:
        instance.join(by=COMMAND, at=at)
    elif why and chosen:
        instance.release(by=COMMAND, at=at, as_new=as_new)
    if as_json:
        counts = [
            {"what": one.name, "count": one.count, "oldest_at": one.oldest_at} for one in waiting
        ]
        put_json({"why": why, "waiting": counts, "released": bool(why and chosen)})
        return
    _say_held(why, waiting)
    if why:
        click.echo("Released." if chosen else _ways_on(why))


def _ways_on(why: str) -> str:
    ways = "Release it with --as-successor or --as-new."
    if instance.is_newcomer(why):
        return f"{ways}\n{NEWCOMER}"
    return f"{ways}\n{SHARED}" if may_be_shared(why) else ways


def _say_held(why: str, waiting: list[instance.Waiting]) -> None:
    if not why:
        click.echo("This instance is not held.")
        return
    click.echo(str(instance.WHY_HELD[why]))
    for one in waiting:
        oldest = f", the oldest of {one.oldest_at:%Y-%m-%d %H:%M}" if one.oldest_at else ""
        click.echo(f"{one.name}: {one.count} wait{oldest}.")


def _drill(file: Path, as_json: bool) -> None:
    tried = try_out(file)
    if as_json:
        put_json(
            {
                "made_at": tried.made_at, "tables": tried.tables, "rows": tried.rows,
                "files": tried.files, "minutes": _minutes(tried.seconds),
            }
        )  # fmt: skip
        return
    click.echo(f"It restores: {_size(tried.rows, tried.tables, tried.made_at, tried.seconds)}")


def _size(rows: int, tables: int, made_at: datetime, seconds: float) -> str:
    return (
        f"{rows} rows in {tables} tables, as of {made_at:%Y-%m-%d %H:%M} UTC, "
        f"in {seconds:.1f} seconds."
    )


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 2)
