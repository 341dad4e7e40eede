"""What verdicts do when they hear of something below them, and what lower rooms ask of them."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.events import receives
from regulars.insight.events import FactsRefreshed
from regulars.messaging.lots import lots
from regulars.verdicts import figures, tasks  # noqa: F401
from regulars.verdicts.mailed import OfMailings


@receives(FactsRefreshed, name="verdicts.look_after_count")
def look_after_count(_fact: FactsRefreshed, at: datetime) -> None:
    """Orders have come in, or a day has passed: a look may be due."""
    jobs.enqueue("verdicts.look", at=at, unique_key=f"verdicts.look:{at.isoformat()}")


lots.register("mailings", OfMailings())
