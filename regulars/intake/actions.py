"""Bringing in files: begin, choose columns, have it checked, bring it in or leave it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from babel.numbers import list_currencies
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.column_sets import column_sets
from regulars.core.errors import Refusal
from regulars.core.import_ticks import ticks_of
from regulars.core.models import Job, Operation
from regulars.intake.bringing_in import empty_staging
from regulars.intake.choosing import Choices, choices_of
from regulars.intake.errors import ImportNotOpen
from regulars.intake.looking import first_look, mapping_of
from regulars.intake.mending import Mender, as_read, put_right
from regulars.intake.models import Import, ImportFile, UntakenRow
from regulars.intake.queries import rows_to_mend
from regulars.intake.rules import require_import
from regulars.intake.shapes import (
    forget_shapes_of,
    known_shape,
    remember_shapes,
    take_as_before,
)
from regulars.intake.storing import forget_files, store
from regulars.intake.taking_back import undoable


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that somebody hands over, in a role."""

    role: str
    name: str
    content: IO[bytes]


def begin_import(
    kind: str,
    files: Sequence[NewFile],
    *,
    by: Actor,
    at: datetime,
    source: str = "files",
    mapping: Mapping[str, Any] | None = None,
    currency: str = "",
) -> Import:
    """Take files, look at their first rows, and guess which column is what.

    `mapping` says it instead, as `choosing` reads it: the column of each field by its name or
    number, and how else a file is taken. Nothing is kept of files that are refused.
    """
    require_import(by)
    _refuse_roles(kind, files)
    choices = choices_of(mapping or {}, [file.role for file in files], files[0].role)
    _refuse_unknown_currency(currency)
    item = Import.objects.create(
        kind=kind, source=source[:40] or "files", started_at=at, brought_by_id=by.member_id,
        settings=_settings(kind, currency, choices),
    )  # fmt: skip
    try:
        for file in files:
            _take_file(item, file, choices)
    except BaseException:
        forget_files(item.pk)
        item.delete()
        raise
    return item


def _settings(kind: str, currency: str, choices: Choices) -> dict[str, Any]:
    told: dict[str, Any] = {"currency": currency} if currency else {}
    if choices.keys is not None:
        _refuse_unknown_keys(kind, choices.keys)
        told["keys"] = list(choices.keys)
    return told


def _refuse_unknown_keys(kind: str, keys: Sequence[str]) -> None:
    known = dict(column_sets[kind].keys)
    if set(keys) - set(known):
        raise Refusal(
            _("Nothing is known by “%(keys)s” here.") % {"keys": ", ".join(set(keys) - set(known))},
            _("Choose among: %(keys)s.") % {"keys": ", ".join(known) or "-"},
        )


def _refuse_roles(kind: str, files: Sequence[NewFile]) -> None:
    if kind not in column_sets:
        raise Refusal(
            _("“%(kind)s” is nothing that can be brought in.") % {"kind": kind},
            _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(column_sets.names())},
        )
    known = [role.name for role in column_sets[kind].roles]
    roles = [file.role for file in files]
    for role in roles:
        if role not in known:
            raise Refusal(
                _("There is no file called “%(role)s” among %(kind)s.")
                % {"role": role, "kind": kind},
                _("Choose one of: %(roles)s.") % {"roles": ", ".join(known)},
            )
    if not roles or len(set(roles)) < len(roles):
        raise Refusal(
            _("Each file needs a role of its own."),
            _("Bring in several files of one kind one after the other."),
        )


def _refuse_unknown_currency(currency: str) -> None:
    if currency and currency not in list_currencies():
        raise Refusal(
            _("“%(currency)s” is no currency that we know.") % {"currency": currency},
            _("Write the three letters of its code, such as GBP or EUR."),
        )


def _take_file(item: Import, file: NewFile, choices: Choices) -> None:
    stored = store(item.pk, name=file.name, content=file.content)
    kept = ImportFile(
        of=item, role=file.role, name=stored.name, stored_as=stored.stored_as, size=stored.size,
        sha256=stored.sha256, choices=choices.of_file(file.role),
    )  # fmt: skip
    told = choices.columns.get(file.role)
    first_look(kept, told)
    known = None if told else known_shape(item, kept)
    if known is not None:
        take_as_before(item, kept, known)
        item.save(update_fields=["settings"])
    kept.save()


@transaction.atomic
def choose_columns(item: Import, mapping: Mapping[str, Any], *, by: Actor) -> None:
    """Say which column is what, where the guess was wrong, and how the files are taken."""
    require_import(by)
    _require(item, Import.State.MAPPING, Import.State.CHECKED)
    roles = list(item.files.values_list("role", flat=True))
    choices = choices_of(mapping, roles, roles[0])
    for file in item.files.all():
        names = set(file.reading["names"])
        chosen = choices.columns.get(file.role, {})
        file.mapping = {field: name for field, name in chosen.items() if name in names}
        file.choices = file.choices | choices.of_file(file.role)
        file.save(update_fields=["mapping", "choices"])
    if choices.keys is not None:
        _refuse_unknown_keys(item.kind, choices.keys)
        item.settings = item.settings | {"keys": list(choices.keys)}
        item.save(update_fields=["settings"])


@transaction.atomic
def choose_sheet(file: ImportFile, sheet: str, *, by: Actor) -> None:
    """Read another sheet of the workbook; its columns are guessed anew."""
    require_import(by)
    _require(file.of, Import.State.MAPPING, Import.State.CHECKED)
    file.choices = {"sheet": sheet}
    first_look(file)
    file.save(update_fields=["reading", "mapping", "choices"])
    Import.objects.filter(pk=file.of_id).update(state=Import.State.MAPPING)


@transaction.atomic
def ask_to_check(item: Import, *, by: Actor, at: datetime) -> Job:
    """Have all rows read and compared, without changing anything yet."""
    require_import(by)
    _require(item, Import.State.MAPPING, Import.State.CHECKED)
    column_sets[item.kind].check_mapping(mapping_of(item))
    return _leave(item, Import.State.CHECKING, "intake.check", at)


@transaction.atomic
def put_together(item: Import, *, by: Actor, at: datetime) -> Job:
    """Put rows together again whose cells slipped, and have all of it looked at once more."""
    require_import(by)
    _require(item, Import.State.CHECKED)
    for file in item.files.all():
        file.choices = file.choices | {"mend": True}
        file.save(update_fields=["choices"])
    return ask_to_check(item, by=by, at=at)


@transaction.atomic
def ask_to_bring_in(item: Import, *, by: Actor, at: datetime, ticks: Sequence[str] = ()) -> Job:
    """Bring in what was checked; how its files were taken is remembered for the next of them.

    Only what is ticked follows from it.
    """
    require_import(by)
    _require(item, Import.State.CHECKED)
    _tick(item, ticks)
    remember_shapes(item, at=at)
    return _leave(item, Import.State.APPLYING, "intake.bring_in", at)


def _leave(item: Import, state: str, job: str, at: datetime) -> Job:
    left = jobs.enqueue(job, at=at, import_id=item.pk)
    item.state, item.job = state, left
    item.save(update_fields=["state", "job"])
    return left


def check_now(item: Import, *, by: Actor, at: datetime) -> None:
    """Check at once, in this process: for the command line.

    A refusal is raised, and nothing is kept of what was refused or broken off.
    """
    require_import(by)
    _require(item, Import.State.MAPPING, Import.State.CHECKED)
    try:
        _run_now(item, Import.State.CHECKING, "intake.check", at, at_once=True)
    except BaseException:
        # Ctrl+C as well: nothing has been brought in yet, and whoever waits has their answer.
        _forget(item, by=by)
        raise


def _forget(item: Import, *, by: Actor) -> None:
    empty_staging(item, by=by)
    forget_files(item.pk)
    with transaction.atomic():
        Job.objects.filter(name="intake.check", arguments__import_id=item.pk).delete()
        item.delete()


def bring_in_now(
    item: Import, *, by: Actor, at: datetime, ticks: Sequence[str] | None = ()
) -> None:
    """Bring in at once, in this process: for the command line.

    Only what is ticked follows from it; None: what was ticked for the last files of this shape.
    """
    require_import(by)
    _require(item, Import.State.CHECKED)
    if ticks is not None:
        _tick(item, ticks)
    remember_shapes(item, at=at)
    _run_now(item, Import.State.APPLYING, "intake.bring_in", at)


def _tick(item: Import, ticks: Sequence[str]) -> None:
    known = [one.name for one in ticks_of(item.kind)]
    if set(ticks) - set(known):
        raise Refusal(
            _("Nothing called “%(names)s” follows from %(kind)s.")
            % {"names": ", ".join(sorted(set(ticks) - set(known)))[:80], "kind": item.kind},
            _("Choose among: %(names)s.") % {"names": ", ".join(known) or "-"},
        )
    item.settings = {**item.settings, "ticks": sorted(set(ticks))}
    item.save(update_fields=["settings"])


def _run_now(item: Import, state: str, job: str, at: datetime, **more: Any) -> None:
    Import.objects.filter(pk=item.pk).update(state=state)
    done = jobs.run_now(job, at=at, import_id=item.pk, **more)
    item.refresh_from_db()
    if done.state == Job.State.REFUSED:
        raise Refusal(done.sentence, done.remedy)
    if done.state == Job.State.FAILED:
        raise RuntimeError(done.sentence)


@transaction.atomic
def ask_to_undo(item: Import, *, by: Actor, at: datetime) -> Job:
    """Take back what an import brought and changed, in the background."""
    operation = undoable(item, by=by, at=at)
    if item.job is not None and item.job.name == "intake.undo" and not item.job.is_over:
        return item.job
    item.job = jobs.enqueue("intake.undo", at=at, import_id=item.pk, member_id=by.member_id)
    item.save(update_fields=["job"])
    audit.record("asked to undo", item, by=by, at=at, operation=operation.pk)
    return item.job


def undo_now(item: Import, *, by: Actor, at: datetime) -> Operation:
    """Take back at once what an import brought and changed: for the command line."""
    operation = undoable(item, by=by, at=at)
    _run_now(item, item.state, "intake.undo", at, member_id=by.member_id)
    operation.refresh_from_db()
    return operation


def mend_rows(
    item: Import, cells: Mapping[int, Sequence[str]], *, by: Actor, at: datetime
) -> Import:
    """Take rows that were put right in an import of their own; the rest is not held up.

    `cells` are by key of the row that was not taken, one for each column of its file.
    """
    require_import(by)
    _require(item, Import.State.CHECKED, Import.State.FINISHED)
    rows = list(rows_to_mend(item).filter(pk__in=cells))
    if not rows:
        raise Refusal(
            _("No row was put right."), _("Change what is wrong in a row, then try again.")
        )
    file = rows[0].file
    files = list(item.files.order_by("id"))
    with transaction.atomic():
        anew = Import.objects.create(
            kind=item.kind, source=item.source, started_at=at, brought_by_id=by.member_id,
            settings=item.settings, mends=item,
        )  # fmt: skip
        if len(files) == 1:
            UntakenRow.objects.filter(pk__in=[row.pk for row in rows]).update(mended_in=anew)
            alone = Mender(file).content([cells[row.pk] for row in rows])
            _take_mended(anew, file, io.BytesIO(alone), keeps_mending=False)
        else:
            # Goods hang on orders of another file: all are read again, and what is here stays.
            rows_to_mend(item).update(mended_in=anew)
            right = {row.row_no: cells[row.pk] for row in rows}
            for one in files:
                content = put_right(one, right if one.pk == file.pk else {})
                _take_mended(anew, one, content, keeps_mending=True)
        audit.record("mended rows", anew, by=by, at=at, rows=len(rows))
    ask_to_check(anew, by=by, at=at)
    return anew


def _take_mended(
    item: Import, file: ImportFile, content: IO[bytes], *, keeps_mending: bool
) -> None:
    """Take a file as it was taken before; its cells that slipped are as somebody wrote them."""
    left = {"sheet"} if keeps_mending else {"sheet", "mend"}
    choices = {name: told for name, told in file.choices.items() if name not in left}
    with content:
        stored = store(item.pk, name=file.name, content=content)
    kept = ImportFile(
        of=item, role=file.role, name=file.name, stored_as=stored.stored_as, size=stored.size,
        sha256=stored.sha256, choices=choices | {"as": as_read(file)},
    )  # fmt: skip
    first_look(kept)
    kept.mapping = file.mapping
    kept.save()


def leave_it(item: Import, *, by: Actor, at: datetime) -> None:
    """Forget an import that was only looked at: its files, its guesses, what waited."""
    require_import(by)
    _require(item, Import.State.MAPPING, Import.State.CHECKED, Import.State.REFUSED)
    empty_staging(item, by=by)
    forget_files(item.pk)
    with transaction.atomic():
        audit.record("left", item, by=by, at=at)
        item.delete()


def forget_import(item: Import, *, by: Actor, at: datetime) -> None:
    """Forget that a file came in, with the file and the way back; what it brought stays."""
    require_import(by)
    _require(item, Import.State.FINISHED, Import.State.REFUSED)
    with transaction.atomic():
        forget_shapes_of(item)
        Operation.objects.filter(kind=Operation.Kind.IMPORT, subject_id=item.pk).delete()
        audit.record("forgot", item, by=by, at=at)
        pk, _gone = item.pk, item.delete()
    forget_files(pk)


def end_dry_run(item: Import, *, by: Actor, at: datetime) -> None:
    """Keep the report of a dry run and nothing else."""
    empty_staging(item, by=by)
    forget_files(item.pk)
    item.is_dry_run, item.state, item.finished_at = True, Import.State.FINISHED, at
    item.save(update_fields=["is_dry_run", "state", "finished_at"])


def refuse_import(item: Import, no: Refusal, *, by: Actor, at: datetime) -> None:
    """Say no to the whole of it: nothing is brought in, and what waited is emptied."""
    empty_staging(item, by=by)
    with transaction.atomic():
        item.state, item.finished_at = Import.State.REFUSED, at
        item.report = {"sentence": no.sentence, "remedy": no.remedy}
        item.save(update_fields=["state", "finished_at", "report"])
        audit.record("refused", item, by=by, at=at)
    # Whoever handed them over has them still; only the answer is worth keeping.
    forget_files(item.pk)


def _require(item: Import, *states: str) -> None:
    if item.state not in states:
        raise ImportNotOpen(
            _("This import is already under way or finished."),
            _("Look at its report, or begin a new one."),
        )
