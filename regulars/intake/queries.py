"""Imports and what became of their rows, for reading."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.column_sets import column_sets
from regulars.core.models import Image, Operation
from regulars.core.operations import operation_of
from regulars.intake.errors import ImportNotFound
from regulars.intake.models import Import, ImportFile, Inlet, KnownShape, RowProblem, UntakenRow
from regulars.intake.rules import require_import
from regulars.intake.seeing import WHOLE, Sight, as_seen, sights_of
from regulars.intake.storing import Sought, folder_of, holds_any


def imports_for(actor: Actor) -> QuerySet[Import]:
    """Everything that was brought in, newest first, for those who may bring in."""
    require_import(actor)
    return Import.objects.order_by("-id").select_related("brought_by").prefetch_related("files")


def imports_holding(
    words: Sequence[str], *, cells: Sequence[str] = (), pairs: Sequence[tuple[str, str]] = ()
) -> list[int]:
    """Imports whose kept files say one of these, whatever the sort of file.

    Words stand anywhere, `cells` are whole cells, and `pairs` two of them in one row.
    """
    sought = Sought(words, cells, pairs)
    if not sought:
        return []
    kept = ImportFile.objects.exclude(stored_as="").values_list("of_id", "stored_as")
    return sorted({
        of for of, name in kept if holds_any(folder_of(of) / name, sought)
    })  # fmt: skip


def import_for(actor: Actor, import_id: int) -> Import:
    """One import, or a refusal."""
    found = imports_for(actor).select_related("job").filter(pk=import_id).first()
    if found is None:
        raise ImportNotFound(
            _("There is no import %(number)s.") % {"number": import_id},
            _("Look at the list of what was brought in."),
        )
    return found


def file_names_of(import_ids: Iterable[int]) -> dict[int, list[str]]:
    """What the files of some imports were called, in their order."""
    found: dict[int, list[str]] = {}
    files = ImportFile.objects.filter(of__in=list(import_ids)).exclude(name="").order_by("id")
    for import_id, name in files.values_list("of_id", "name"):
        found.setdefault(import_id, []).append(name)
    return found


@dataclass(frozen=True, slots=True)
class Undoing:
    """How an import stands towards being undone, and what is known of it in rows of our tables."""

    operation: Operation
    made: int
    changed: int
    is_possible: bool
    is_under_way: bool

    @property
    def report(self) -> dict[str, Any]:
        return dict(self.operation.report)


def undoing_of(item: Import, *, at: datetime) -> Undoing | None:
    """What undoing an import would do or did; nothing where it brought nothing in."""
    operation = operation_of(Operation.Kind.IMPORT, item.pk)
    if item.state != Import.State.FINISHED or operation is None or not operation.count:
        return None
    changed = operation.images.filter(deed=Image.Deed.CHANGED).count()
    is_busy = item.job is not None and item.job.name == "intake.undo" and not item.job.is_over
    may = operation.undone_at is None and operation.emptied_at is None and at < operation.keep_until
    return Undoing(operation, operation.count - changed, changed, may and not is_busy, is_busy)


@dataclass(frozen=True, slots=True)
class Left:
    """A value that stayed as somebody had changed it since: whose it is, and what it says."""

    whose: str
    field: str
    ours: str
    now: str
    who: str


def left_in_words(item: Import, undoing: Undoing | None) -> list[Left]:
    """The first values that undoing an import left as they are, by the names that people know."""
    told = undoing.report.get("examples", []) if undoing is not None else []
    labels = {
        field.name: str(field.label)
        for role in column_sets[item.kind].roles for field in role.fields
    }  # fmt: skip
    tables: dict[str, list[Any]] = {}
    for one in told:
        tables.setdefault(one["table"], []).append(one["row"])
    names = {table: _names_of(table, rows) for table, rows in tables.items()}
    return [
        Left(
            names[one["table"]].get(one["row"], ""), labels.get(one["field"], one["field"]),
            *("" if one[part] is None else str(one[part]) for part in ("ours", "now", "who")),
        )
        for one in told
    ]  # fmt: skip


def _names_of(table: str, rows: Sequence[Any]) -> dict[Any, str]:
    """Whose each row is: the customer's where it has one, else what the row calls itself."""
    model = apps.get_model(table)
    has_customer = any(field.name == "customer" for field in model._meta.fields)
    kept = model._base_manager.filter(pk__in=[row for row in rows if isinstance(row, int)])
    if has_customer:
        kept = kept.select_related("customer")
    return {one.pk: str((getattr(one, "customer", None) if has_customer else None) or one)
            for one in kept}  # fmt: skip


def undone_imports(among: Iterable[int]) -> dict[int, str]:
    """Which of these imports were undone, and when."""
    done = Operation.objects.filter(kind=Operation.Kind.IMPORT, subject_id__in=list(among))
    done = done.exclude(undone_at=None)
    rows = done.values_list("subject_id", "undone_at")
    return {pk: at.isoformat() for pk, at in rows if pk is not None and at is not None}


def problems_of(item: Import) -> QuerySet[RowProblem]:
    """Rows that were not taken as they stand, in the order of the files and rows."""
    return (
        RowProblem.objects.filter(file__of=item)
        .select_related("file")
        .order_by("file_id", "row_no", "id")
    )


def inlets_for(actor: Actor) -> QuerySet[Inlet]:
    """From where files come in by themselves, for those who may bring in."""
    require_import(actor)
    return Inlet.objects.order_by("id").select_related("last_import", "made_by")


def inlet_for(actor: Actor, inlet_id: int) -> Inlet:
    found = inlets_for(actor).filter(pk=inlet_id).first()
    if found is None:
        raise ImportNotFound(
            _("Nothing comes in from there any more."),
            _("Look at the list of what comes by itself."),
        )
    return found


def shapes_for(actor: Actor) -> QuerySet[KnownShape]:
    """How files were taken before, the last first, for those who may bring in."""
    require_import(actor)
    return KnownShape.objects.order_by("-used_at", "-pk")


def shape_for(actor: Actor, shape_id: int) -> KnownShape:
    found = shapes_for(actor).filter(pk=shape_id).first()
    if found is None:
        raise ImportNotFound(
            _("This is not remembered any more."), _("Look at the list of remembered files.")
        )
    return found


def rows_to_mend(item: Import) -> QuerySet[UntakenRow]:
    """Rows that were not taken and that nobody has put right, in the order of the file."""
    open_rows = UntakenRow.objects.filter(file__of=item, mended_in=None)
    return open_rows.select_related("file").order_by("file_id", "row_no")


def may_mend(item: Import) -> bool:
    """Whether rows can be put right here: of files that were looked at whole, or brought in."""
    done = item.state in (Import.State.CHECKED, Import.State.FINISHED) and not item.is_dry_run
    return done and rows_to_mend(item).exists()


def files_to_mend(item: Import) -> list[tuple[ImportFile, int]]:
    """The files in which rows wait to be put right, and how many in each."""
    counts = dict(rows_to_mend(item).order_by().values_list("file_id").annotate(count=Count("pk")))
    return [(file, counts[file.pk]) for file in item.files.order_by("id") if file.pk in counts]


def why_untaken(rows: Sequence[UntakenRow], sight: Sight = WHOLE) -> dict[int, list[RowProblem]]:
    """By row number, what was said of each of some rows of one file."""
    found: dict[int, list[RowProblem]] = {}
    told = RowProblem.objects.filter(
        file__in={row.file_id for row in rows}, row_no__in=[row.row_no for row in rows],
        is_rejected=True,
    )  # fmt: skip
    for problem in as_seen(told.order_by("id"), {row.file_id: sight for row in rows}):
        found.setdefault(problem.row_no, []).append(problem)
    return found


def untaken_table(
    file: ImportFile | None, sight: Sight = WHOLE
) -> tuple[list[str], Iterator[list[str]]]:
    """The columns of a file with the reasons behind them, and its rows that were not taken."""
    if file is None:
        return [_("Why")], iter(())
    names: list[str] = file.reading["names"]
    seen = [name for name in names if name not in sight.hidden]
    return [*seen, _("Why")], _untaken_rows(file, len(names), sight)


def _untaken_rows(file: ImportFile, width: int, sight: Sight) -> Iterator[list[str]]:
    rows = rows_to_mend(file.of).filter(file=file).iterator(chunk_size=500)
    while chunk := list(islice(rows, 500)):
        yield from _with_reasons(chunk, width, sight)


def _with_reasons(rows: list[UntakenRow], width: int, sight: Sight) -> Iterator[list[str]]:
    told = why_untaken(rows, sight)
    names: list[str] = rows[0].file.reading["names"]
    for row in rows:
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        if sight.hidden:
            shown = sight.shows_row(row.cells)
            cells = [
                cell if shown else "" for name, cell in zip(names, cells, strict=False)
                if name not in sight.hidden
            ]  # fmt: skip
        yield [*cells, " ".join(problem.message for problem in told.get(row.row_no, ()))]


def report_of(item: Import) -> dict[str, Any]:
    """The report as programs read it: counts, things, and every row that was not taken."""
    keys = ("import_id", "rows", "created", "updated", "unchanged", "rejected", "skipped")
    rest = {name: value for name, value in item.report.items() if name not in keys}
    rest.pop("changes", None)
    return {
        **{name: item.report[name] for name in keys},
        **rest,
        "problems": [
            {
                "file": problem.file.name,
                "row": problem.row_no,
                "column": problem.column,
                "message": problem.message,
            }
            for problem in problems_of(item).iterator(chunk_size=2000)
        ],
    }


def report_rows(item: Import, by: Actor) -> Iterator[tuple[str, int, str, str, str]]:
    """File, row, column, value, why: for the download."""
    for problem in as_seen(problems_of(item).iterator(chunk_size=2000), sights_of(item, by)):
        yield problem.file.name, problem.row_no, problem.column, problem.value, problem.message
