"""Bringing in files."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from regulars.cli.main import put_json
from regulars.cli.readiness import business_at_hand, with_database
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.models import Job
from regulars.intake import actions
from regulars.intake.actions import NewFile
from regulars.intake.queries import import_for, imports_for, report_of, undone_imports

SHOWN_PROBLEMS = 20


@click.command(name="import")
@click.argument("kind")
@click.argument("files", nargs=-1, required=True, metavar="[ROLE=]FILE…")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON: field to column; for several files role to field to column. See the guide.",
)
@click.option("--sheet", default="", help="The sheet of a workbook, where it has several.")
@click.option("--mend", is_flag=True, help="Put rows together again whose cells slipped.")
@click.option(
    "--source",
    default="files",
    show_default=True,
    help="The system that the files come from; its numbers are kept apart from others.",
)
@click.option("--currency", default="", help="Currency of the amounts, such as GBP.")
@click.option(
    "--start",
    "ticks",
    multiple=True,
    metavar="NAME",
    help="What is to follow, such as check-ins for orders; without it nothing does.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def import_files(kind: str, files: tuple[str, ...], **told: Any) -> None:
    """Bring in customers, orders or touches from FILE (CSV, TSV, XLSX, XLS, ODS, vCard; also .gz).

    Orders in several files: orders=FILE lines=FILE customers=FILE.
    """
    at = clock.now()
    with ExitStack() as open_files:
        handed = [_new_file(kind, word, open_files) for word in files]
        item = actions.begin_import(
            kind, handed, by=COMMAND, at=at, source=told["source"], mapping=_mapping(told),
            currency=told["currency"].upper(),
        )  # fmt: skip
    with _progress_shown():
        actions.check_now(item, by=COMMAND, at=at)
        if told["dry_run"]:
            actions.end_dry_run(item, by=COMMAND, at=clock.now())
        else:
            # Only now: a file that is refused in its last row leaves no guessed business behind.
            business_at_hand(item.settings.get("currency", ""))
            actions.bring_in_now(item, by=COMMAND, at=at, ticks=told["ticks"])
    report = report_of(item)
    put_json(report) if told["as_json"] else _say(report, dry_run=told["dry_run"])


@contextmanager
def _progress_shown() -> Iterator[None]:
    """A bar on standard error, where a person sits before it."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    watcher = threading.Thread(target=_watch, args=(bar, done), daemon=True)
    with bar:
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def _watch(bar: Progress, done: threading.Event) -> None:
    """Follow the newest job of bringing in, over a connection of this thread's own."""
    shown = bar.add_task("…", total=None)
    try:
        while not done.wait(0.3):
            job = Job.objects.filter(name__startswith="intake.").order_by("-id").first()
            if job is not None:
                bar.update(shown, description=job.step or "…", total=job.total_count,
                           completed=job.done_count)  # fmt: skip
    finally:
        connection.close()


def _new_file(kind: str, word: str, open_files: ExitStack) -> NewFile:
    role, sign, name = word.partition("=")
    if not sign or Path(word).exists():
        role, name = kind, word
    path = Path(name)
    if not path.is_file():
        raise Refusal(f"There is no file {path}.", "Check the name and the folder.")
    return NewFile(role, path.name, open_files.enter_context(path.open("rb")))


def _mapping(told: dict[str, Any]) -> dict[str, Any]:
    mapping = _json_of(told["mapping"]) if told["mapping"] else {}
    more = {name: told[name] for name in ("sheet", "mend") if told[name]}
    if more and mapping and "columns" not in mapping:
        mapping = {"columns": mapping}
    return mapping | more


def _json_of(file: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refusal("The mapping is not JSON.", f"Mend it: {error}.") from error
    if not isinstance(told, dict):
        raise Refusal("The mapping names no fields.", 'Write {"name": "CUST_NAME"}.')
    return told


COUNTED = {
    "created": "new", "updated": "changed", "unchanged": "unchanged",
    "rejected": "not readable", "skipped": "left out",
}  # fmt: skip


def _say(report: dict[str, Any], *, dry_run: bool) -> None:
    verb = "Would bring in" if dry_run else "Brought in"
    counted = [f"{report[name]:,} {word}" for name, word in COUNTED.items()]
    click.echo(f"{verb} {report['rows']:,} rows: {', '.join(counted)}.")
    click.echo(f"The files name {_things(report)}.")
    notes = [note["sentence"] for note in report["notes"]]
    _say_list("Worth knowing", [*report["recognised"], *notes, *report["assumed"]])
    if any(note["rule"] == "rows_to_mend" for note in report["notes"]):
        click.echo("    With --mend they are put together.")
    _say_list("With --start", [
        f"{tick['name']}: {tick['sentence']}" for tick in report.get("ticks", ())
    ])  # fmt: skip
    _say_list("Columns that were not used", [
        f"{name}: {', '.join(columns)}" for name, columns in report["unused_columns"].items()
        if columns
    ])  # fmt: skip
    problems = [_problem(problem) for problem in report["problems"][:SHOWN_PROBLEMS]]
    more = len(report["problems"]) - SHOWN_PROBLEMS
    if more > 0:
        problems.append(f"and {more:,} more; --json lists all.")
    _say_list("Rows to look at", problems)


def _things(report: dict[str, Any]) -> str:
    from regulars.core.money import Money

    things = [
        f"{report[name]:,} {name if report[name] != 1 else name.removesuffix('s')}"
        for name in ("orders", "customers", "lines")
        if name in report
    ]
    totals = [f"{Money(minor, code).major:,} {code}" for code, minor in
              report.get("total", {}).items()]  # fmt: skip
    return ", ".join(things) + (f", goods for {' and '.join(totals)}" if totals else "")


def _problem(problem: dict[str, Any]) -> str:
    column = f", {problem['column']}" if problem["column"] else ""
    return f"{problem['file']}, row {problem['row']:,}{column}: {problem['message']}"


def _say_list(title: str, sentences: list[str]) -> None:
    if sentences:
        click.echo(f"\n{title}:")
    for sentence in sentences:
        click.echo(f"  · {sentence}")


@click.group()
def imports() -> None:
    """What was brought in."""


@imports.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def list_imports(as_json: bool) -> None:
    """List what was brought in, newest first."""
    listed = imports_for(COMMAND)
    undone = undone_imports(item.pk for item in listed)
    items = [
        {
            "import_id": item.pk, "kind": item.kind, "source": item.source, "state": item.state,
            "dry_run": item.is_dry_run, "started_at": item.started_at.isoformat(),
            "files": [file.name for file in item.files.all()],
            "rows": item.report.get("rows"), "created": item.report.get("created"),
            "updated": item.report.get("updated"), "rejected": item.report.get("rejected"),
            "undone_at": undone.get(item.pk),
        }
        for item in listed
    ]  # fmt: skip
    if as_json:
        put_json({"list": "imports", "count": len(items), "items": items})
        return
    for item in items:
        click.echo(
            f"{item['import_id']}  {item['started_at'][:16]}  {item['kind']}  {item['state']}  "
            f"{', '.join(item['files'])}"
        )
    if not items:
        sys.stderr.write("Nothing has been brought in yet.\n")


@imports.command(name="undo")
@click.argument("import_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def undo_import(import_id: int, as_json: bool) -> None:
    """Take back what an import brought and changed; what came since stays, and is told."""
    item = import_for(COMMAND, import_id)
    with _progress_shown():
        operation = actions.undo_now(item, by=COMMAND, at=clock.now())
    told = {"taken_away": 0, "put_back": 0, "in_use": 0, "left": 0, "lost": 0} | operation.report
    if as_json:
        put_json({"import_id": item.pk} | told)
        return
    click.echo(
        f"Undone: {told['taken_away']:,} rows taken away, {told['put_back']:,} put back as before."
    )
    _say_list("What stays", _stays(told))


def _stays(told: dict[str, Any]) -> list[str]:
    counted = [
        (told["in_use"], "rows that somebody has used or changed since"),
        (told["left"], "fields that were changed since"),
        (told["lost"], "rows that were gone already"),
    ]
    return [f"{count:,} {words}" for count, words in counted if count] + [
        f"{one['table']} {one['row']}, {one['field']}: now “{one['now']}” ({one['who']})"
        for one in told.get("examples", [])[:SHOWN_PROBLEMS]
    ]
