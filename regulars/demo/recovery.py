"""The fire of seven weeks ago as a disruption that is over, and the way back from it half gone."""

from datetime import datetime

from regulars.core.actor import Actor
from regulars.demo.scene import SOURCE, Scene
from regulars.recovery.actions.returns import count_the_way_back
from regulars.recovery.models import Disruption
from regulars.team.models import Member


def write_down_the_fire(scene: Scene, by: Member, *, at: datetime) -> Disruption:
    """What happened, from the night of the fire to the morning on which the oven was hot again."""
    return Disruption.objects.create(
        what="A fire in the oven room", since=scene.moment(scene.burnt_on, 4, 40),
        ended_at=scene.moment(scene.reopened_on, 7, 0), is_closed=True,
        works_still="The counter sold cakes and jam from the market stall on Saturdays.",
        declared_at=scene.moment(scene.burnt_on, 6, 15), declared_by=by, ended_by=by,
        source=SOURCE,
    )  # fmt: skip


def count_who_is_back(*, by: Actor, at: datetime) -> None:
    """As the night after each count does."""
    count_the_way_back(by=by, at=at)


def forget_the_fire() -> None:
    Disruption.objects.filter(source=SOURCE).delete()
