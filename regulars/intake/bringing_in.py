"""The long work on an import: looking at all of it, staging, judging, and bringing it in."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.column_sets import Note, RefusesLate, Step, Terms, Verdict, column_sets
from regulars.core.events import announce
from regulars.core.faults import fault
from regulars.core.import_ticks import ticks_of
from regulars.core.jobs import RunningJob
from regulars.intake.events import ImportFinished
from regulars.intake.looking import look_at_all, mapping_of, unused_columns
from regulars.intake.models import Import, ImportFile, RowProblem, UntakenRow
from regulars.intake.staging import MOST_PROBLEMS, Tally, columns_to_mend, stage_file
from regulars.team.queries import guessed_business, the_business


def terms_of(item: Import, *, by: Actor) -> Terms:
    """What holds for the whole import: the business's own currency, zone and country."""
    business = the_business() or guessed_business()
    told: dict[str, Any] = item.settings
    return Terms(
        import_id=item.pk,
        source=item.source,
        currency=told.get("currency") or business.currency,
        zone=business.time_zone,
        country=business.country,
        roles=frozenset(item.files.values_list("role", flat=True)),
        at=item.started_at,
        by=by,
        keys=tuple(told.get("keys", ())),
        policies=_chosen_policies(item),
        cleared=_cleared(item),
        ticks=frozenset(told.get("ticks", ())),
    )


def _chosen_policies(item: Import) -> dict[str, str]:
    """Field to policy, where another than the room's own was chosen."""
    usual = {name: choice[0] for name, choice in column_sets[item.kind].policies.items()}
    told = (file.choices.get("policies", {}) for file in item.files.all())
    return {
        name: policy for one in told for name, policy in one.items()
        if policy and name in usual and policy != usual[name]
    }  # fmt: skip


def _cleared(item: Import) -> frozenset[str]:
    """Fields that a blank cell empties: chosen, allowed, and with a column in the file."""
    allowed = column_sets[item.kind].clearable
    return frozenset(
        name for file in item.files.all() for name in file.choices.get("clear", ())
        if name in allowed and name in file.mapping
    )  # fmt: skip


def check(item: Import, running: RunningJob, *, by: Actor) -> None:
    """Read everything into staging and say what would happen; the real tables stay untouched."""
    terms = terms_of(item, by=by)
    columns = column_sets[item.kind]
    columns.check_mapping(mapping_of(item))
    running.progress(0, step=_("Looking at all rows"))
    # A run that was interrupted begins again: what it staged is of no use.
    for step in columns.empty(terms):
        step()
    RowProblem.objects.filter(file__of=item).delete()
    UntakenRow.objects.filter(file__of=item).delete()
    files = list(item.files.order_by("id").select_related("of"))
    total = sum(look_at_all(file, terms) for file in files)
    terms = _with_currency(item, files, terms, by)
    columns.begin(terms)
    tallies = _stage_all(files, terms, running, total)
    _run_steps(columns.resolve(terms), running, total, _("Comparing with what there is"))
    verdict = columns.verdict(terms)
    _add_untaken(files, tallies, verdict)
    item.report = _report(item, files, tallies, verdict) | {"ticks": _reaches(item, terms)}
    item.state = Import.State.CHECKED
    item.save(update_fields=["report", "state"])


def _with_currency(item: Import, files: list[ImportFile], terms: Terms, by: Actor) -> Terms:
    """The currency that stands in the files wins over the business's own."""
    found = next((f.reading["currency"] for f in files if f.reading.get("currency")), "")
    if not found or item.settings.get("currency"):
        return terms
    item.settings = item.settings | {"currency": found}
    item.save(update_fields=["settings"])
    return terms_of(item, by=by)


# A commit of its own is dear: the heartbeat keeps the lease, people look once a second.
BETWEEN = 1.0


def _telling(running: RunningJob, total: int, step: str) -> Callable[[int], None]:
    """What says how far the work is: at the beginning, at the end, and once a second."""
    told_at: float | None = None

    def tell(done: int) -> None:
        nonlocal told_at
        now = time.monotonic()
        if told_at is None or done >= total or now - told_at >= BETWEEN:
            running.progress(done, total, step=step)
            told_at = now

    return tell


def _stage_all(
    files: list[ImportFile], terms: Terms, running: RunningJob, total: int
) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    done, tell = 0, _telling(running, total, _("Reading"))

    def progress(rows: int) -> None:
        nonlocal done
        done += rows
        tell(done)

    for file in files:
        tallies[file.role] = stage_file(file, terms, progress)
    return tallies


def _run_steps(steps: Iterator[Step], running: RunningJob, total: int, name: str) -> None:
    running.progress(total, total, step=name)
    for nth, step in enumerate(steps):
        step()
        if nth % 20 == 19:
            running.progress(total, total, step=name)


def _add_untaken(files: list[ImportFile], tallies: dict[str, Tally], verdict: Verdict) -> None:
    by_role = {file.role: file for file in files}
    _write_untaken(by_role, verdict.untaken)
    for role, _row, _name, _why in verdict.untaken:
        tallies[role].rejected += 1
    left_out = (
        RowProblem(file=by_role[one.role], row_no=one.row, message=one.why, value=one.value[:500],
                   column=by_role[one.role].mapping.get(one.field, ""), is_rejected=False)
        for one in islice(verdict.left_out, MOST_PROBLEMS)
    )  # fmt: skip
    while batch := list(islice(left_out, 1000)):
        RowProblem.objects.bulk_create(batch)


def _write_untaken(
    by_role: Mapping[str, ImportFile], untaken: Sequence[tuple[str, int, str, str]]
) -> None:
    RowProblem.objects.bulk_create(
        [
            RowProblem(file=by_role[role], row_no=row, message=why,
                       column=by_role[role].mapping.get(name, ""))
            for role, row, name, why in untaken
        ],
        batch_size=1000,
    )  # fmt: skip


def _report(
    item: Import, files: list[ImportFile], tallies: dict[str, Tally], verdict: Verdict
) -> dict[str, Any]:
    rows = sum(tally.rows for tally in tallies.values())
    rejected = sum(tally.rejected for tally in tallies.values())
    counted = verdict.created + verdict.updated + verdict.skipped + rejected
    return {
        "import_id": item.pk,
        "rows": rows,
        "created": verdict.created,
        "updated": verdict.updated,
        "unchanged": rows - counted,
        "rejected": rejected,
        "skipped": verdict.skipped,
        **verdict.things,
        "notes": [*_notes_on_slips(files, tallies), *map(asdict, verdict.notes)],
        "changes": [asdict(change) for change in verdict.changes],
        "recognised": _recognised(files),
        "assumed": [sentence for file in files for sentence in file.reading["assumed"]],
        "unused_columns": {file.name: unused_columns(file) for file in files},
        "columns": {file.name: file.mapping for file in files},
    }


def _reaches(item: Import, terms: Terms) -> list[dict[str, Any]]:
    """What may follow from it, where it would reach anybody."""
    found = [(tick, tick.reach(terms)) for tick in ticks_of(item.kind)]
    return [
        {"name": tick.name, "label": str(tick.label), **asdict(reach)}
        for tick, reach in found if reach.count
    ]  # fmt: skip


def _recognised(files: list[ImportFile]) -> list[str]:
    """Whose export a file looks like, and that its columns are taken as the last time."""
    told = []
    for file in files:
        if file.reading.get("remembered_at"):
            told.append(
                _("“%(file)s” has the columns of a file that came in before: they are taken as "
                  "they were then.") % {"file": file.name}
            )  # fmt: skip
        elif maker := file.reading.get("maker"):
            told.append(
                _("“%(file)s” looks like an export from %(maker)s.")
                % {"file": file.name, "maker": maker}
            )
    return told


def _notes_on_slips(files: list[ImportFile], tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    """What became, or could become, of rows with a cell too many."""
    found = []
    for file in files:
        mended = tallies[file.role].mended
        if mended:
            found.append(asdict(Note("mended_rows", mended, _mended(mended))))
        chosen = columns_to_mend(file)
        found += [
            asdict(Note("rows_to_mend", slip["rows"], _to_mend(slip)))
            for slip in file.reading["slips"]
            if slip["column"] not in chosen
        ]
    return found


def _mended(count: int) -> str:
    return ngettext(
        "%(count)s row had a cell too many, because a sign within a text had parted it; the parts "
        "were put together again.",
        "%(count)s rows had a cell too many, because a sign within a text had parted it; the "
        "parts were put together again.",
        count,
    ) % {"count": count}  # fmt: skip


def _to_mend(slip: dict[str, Any]) -> str:
    return ngettext(
        "%(count)s row has a cell too many. Beside the rows that fit, it shows that “%(column)s” "
        "was parted in two (“%(example)s”). It can be put together again.",
        "%(count)s rows have a cell too many. Beside the rows that fit, they show that "
        "“%(column)s” was parted in two (“%(example)s”). They can be put together again.",
        slip["rows"],
    ) % {
        "count": slip["rows"],
        "column": slip["column"],
        "example": slip["example"][:80],
    }


def bring_in(item: Import, running: RunningJob, *, by: Actor) -> None:
    """Bring the checked rows in, set by set; a run that was interrupted goes on where it was."""
    terms, columns = terms_of(item, by=by), column_sets[item.kind]
    steps = list(columns.apply(terms))
    tell = _telling(running, len(steps), _("Bringing in"))
    tell(0)
    for nth, step in enumerate(steps, start=1):
        step()
        fault("import.step")
        tell(nth)
    if isinstance(columns, RefusesLate):
        _tell_refused(item, columns, terms)
    empty_staging(item, by=by)
    _finish(item, by=by, running=running)


@transaction.atomic
def _tell_refused(item: Import, columns: RefusesLate, terms: Terms) -> None:
    """Put what was refused at bringing in into the report, as what the look refused is in it."""
    refused = columns.refused(terms)
    if not refused:
        return
    by_role = {file.role: file for file in item.files.all()}
    _write_untaken(by_role, refused)
    verdict, report = column_sets[item.kind].verdict(terms), item.report
    # Its notes are counted anew; those on the files themselves stay.
    own = {"mended_rows", "rows_to_mend"}
    kept = [one for one in report["notes"] if one["rule"] in own]
    item.report = report | {
        "created": verdict.created,
        "rejected": report["rejected"] + report["created"] - verdict.created,
        **verdict.things,
        "notes": [*kept, *map(asdict, verdict.notes)],
    }
    item.save(update_fields=["report"])


def empty_staging(item: Import, *, by: Actor) -> None:
    """Empty what waited, once nobody needs it."""
    for step in column_sets[item.kind].empty(terms_of(item, by=by)):
        step()


@transaction.atomic
def _finish(item: Import, *, by: Actor, running: RunningJob) -> None:
    from regulars.core import clock

    at = clock.now()
    taken = Import.objects.filter(pk=item.pk, state=Import.State.APPLYING)
    if not taken.update(state=Import.State.FINISHED, finished_at=at):
        return
    counts = {name: item.report[name] for name in ("rows", "created", "updated", "rejected")}
    audit.record("brought in", item, by=by, at=at, **counts)
    announce(ImportFinished(item.pk, item.kind, counts["created"], counts["updated"]), at=at)
    running.progress(1, 1, step=_("Done"))
