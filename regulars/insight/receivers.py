"""What insight does when it hears of something below it."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.column_sets import word_takers
from regulars.core.events import receives
from regulars.core.models import Job
from regulars.insight import tasks  # noqa: F401
from regulars.insight.events import FactsRefreshed
from regulars.insight.models import KeptFigure
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.insight.tiers_told import TiersTold
from regulars.intake.events import ImportFinished, ImportUndone
from regulars.intake.models import Import

# As many times what the last figures took they rest before the next.
RESTS = 9
word_takers.register("insight.tier", TiersTold())


@receives(ImportFinished, name="insight.count_after_import")
def count_after_import(fact: ImportFinished, at: datetime) -> None:
    """New rows change who customers are to us: count them, once for each import."""
    if fact.created or fact.updated:
        jobs.enqueue(
            "insight.refresh", at=at, unique_key=f"insight.refresh:import:{fact.import_id}"
        )


@receives(ImportUndone, name="insight.count_after_undo")
def count_after_undo(fact: ImportUndone, at: datetime) -> None:
    """Rows that were taken back change who customers are to us, too."""
    if fact.taken_away or fact.put_back:
        done = Import.objects.filter(pk=fact.import_id).first()
        jobs.enqueue(
            "insight.refresh", at=at, unique_key=f"insight.refresh:undo:{fact.import_id}",
            undone_since=done.started_at.isoformat() if done else None,
        )  # fmt: skip


@receives(FactsRefreshed, name="insight.count_figures_after_facts")
def count_figures_after_facts(fact: FactsRefreshed, at: datetime) -> None:
    """The pages show what was counted: their figures follow, once for all that still waits."""
    jobs_of_figures = Job.objects.filter(name="insight.figures")
    # One that waits counts as of the last day that everybody was counted to, whenever it was left.
    if jobs_of_figures.filter(state=Job.State.WAITING).exists():
        return
    # What has been counted as of that day stands, where nothing changed since.
    kept = KeptFigure.objects.filter(name__in=PAGE_FIGURES, as_of=fact.as_of)
    if not fact.changed and kept.exists():
        return
    last = jobs_of_figures.filter(state=Job.State.DONE).order_by("-id").first()
    jobs.enqueue("insight.figures", at=rested(last.started_at, last.ended_at, at) if last else at)


def rested(began: datetime | None, ended: datetime | None, at: datetime) -> datetime:
    """When to count figures again: they take a tenth of the time, however many are brought in."""
    if began is None or ended is None:
        return at
    return max(at, ended + RESTS * (ended - began))
