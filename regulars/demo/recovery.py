"""The fire of seven weeks ago, which is over; the way back from it; the card for the next."""

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings

from regulars.core.actor import Actor
from regulars.demo.scene import SOURCE, Scene
from regulars.recovery.actions.cards import keep_card, write_card
from regulars.recovery.actions.returns import count_the_way_back
from regulars.recovery.models import Card, Disruption
from regulars.recovery.queries.cards import the_card
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


# Nobody in the sample is real: whoever looks around may open its card.
PASSWORD = "juniper and rye"  # noqa: S105


def card_folder() -> Path:
    return Path(settings.HOME) / "sample-card"


def keep_a_card(*, by: Actor, at: datetime) -> None:
    """A continuity card beside the database, unless one is kept already."""
    if the_card() is None:
        card_folder().mkdir(parents=True, exist_ok=True)
        keep_card(str(card_folder()), password=PASSWORD, by=by, at=at)
        write_card(by=by, at=at)


def has_card() -> bool:
    card = the_card()
    return card is not None and card.folder == str(card_folder())


def forget_the_card() -> None:
    Card.objects.filter(folder=str(card_folder())).delete()
    shutil.rmtree(card_folder(), ignore_errors=True)
