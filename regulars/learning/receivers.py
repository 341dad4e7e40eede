"""What learning does when it hears of something below it."""

from datetime import datetime, timedelta

from regulars.care.events import AnswerFiled
from regulars.core.events import receives
from regulars.intake.events import ImportFinished, ImportUndone
from regulars.learning import tasks  # noqa: F401
from regulars.learning.actions.reading import ask_to_read
from regulars.mentions.events import MentionHeard

# What comes within a quarter of an hour is read together.
TOGETHER = timedelta(minutes=15)


@receives(AnswerFiled, name="learning.read_answers", only_last=True)
def read_answers(_fact: AnswerFiled, at: datetime) -> None:
    """Somebody said how it went: by the end of this quarter of an hour it is read."""
    _read_soon(at)


@receives(MentionHeard, name="learning.read_mentions", only_last=True)
def read_mentions(_fact: MentionHeard, at: datetime) -> None:
    """Somebody said something in public."""
    _read_soon(at)


def _read_soon(at: datetime) -> None:
    slot = int(at.timestamp() // TOGETHER.total_seconds())
    end = datetime.fromtimestamp((slot + 1) * TOGETHER.total_seconds(), at.tzinfo)
    ask_to_read(at=end, key=str(slot))


@receives(ImportFinished, name="learning.read_imported")
def read_imported(fact: ImportFinished, at: datetime) -> None:
    """Many answers or mentions at once."""
    if fact.kind in ("answers", "mentions") and (fact.created or fact.updated):
        ask_to_read(at=at, key=f"import:{fact.import_id}")


@receives(ImportUndone, name="learning.forget_undone")
def forget_undone(fact: ImportUndone, at: datetime) -> None:
    """What was read of a file that was taken back is forgotten."""
    ask_to_read(at=at, key=f"undone:{fact.import_id}:{at.isoformat()}")
