"""What customers of Juniper & Rye said when they were asked how the bakery can help."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from regulars.demo import stories
from regulars.demo.scene import Scene
from regulars.helping.choices import HelpState, Source
from regulars.helping.models import HelpRequest
from regulars.team.models import Member


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: who, how many days ago, and whether and when the bakery came back."""

    key: str
    ago: int
    topic: str = ""
    words: str = ""
    who: str = "tomasz"
    # Days until it is due, counted from today; nothing where they need nothing now.
    due: int | None = None
    # Days ago; nothing while they wait.
    told: int | None = None
    outcome: str = ""
    source: Source = Source.STAFF


TOLD = (
    Said(stories.ODILE, 1, "Somebody to call or visit me",
         "I cannot come in for some weeks. Could somebody bring the small white on Fridays?", due=1,
         source=Source.LINK),
    Said(stories.OAKFIELD, 4, "A list of what is in the loaves",
         "Two new children with sesame. The kitchen needs it in writing.", who="nora", due=-1),
    Said(stories.PILAR, 12, "Using what I have", "My starter does not rise since it got cold.",
         due=-10, told=11, outcome="Warm water and a day of patience; gave her some of ours.",
         source=Source.LINK),
    Said(stories.BRYN, 15, "A table for his mother's eightieth", due=-12, told=13,
         outcome="The corner by the window, until noon. He will bring the flowers.", who="nora"),
    Said(stories.LEENA, 14, source=Source.LINK),
    Said(stories.TOVE, 20),
)  # fmt: skip


@transaction.atomic
def write_help_requests(ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene) -> None:
    """Two wait, one of them too long; to two the bakery came back; two need nothing now."""
    HelpRequest.objects.bulk_create(_row(one, ids[one.key], staff, scene) for one in TOLD)


def _row(said: Said, customer_id: int, staff: Mapping[str, Member], scene: Scene) -> HelpRequest:
    said_at = scene.moment(scene.ago(said.ago), 11, 40)
    told_at = _moment(scene, said.told)
    state = HelpState.NOTHING if said.due is None else HelpState.OPEN
    return HelpRequest(
        customer_id=customer_id, topic=said.topic, words=said.words, said_at=said_at,
        recorded_at=said_at, state=HelpState.DONE if told_at else state, source=said.source,
        owner=staff[said.who], told_at=told_at, told_by=staff[said.who] if told_at else None,
        due_at=None if said.due is None else scene.moment(scene.ago(-said.due), 23, 59),
        recorded_by=staff[said.who] if said.source == Source.STAFF else None,
        outcome=said.outcome,
    )  # fmt: skip


def _moment(scene: Scene, ago: int | None) -> datetime | None:
    return None if ago is None else scene.moment(scene.ago(ago), 16, 5)
