"""A mailing of last summer with a control group, and what came of it: nobody can tell, as so often.

Nothing is arranged: who was left out and who got it bought as they do anyway.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.models import Touch
from regulars.demo.messaging import (
    Reached,
    attempts_of,
    chosen_for_mail,
    freeze_words,
    kept_text,
    mailing_to,
    message_to,
    touches_of,
)
from regulars.demo.scene import SOURCE, Scene
from regulars.messaging.choices import State
from regulars.messaging.models import Attempt, Mailing, Message
from regulars.team.models import Member
from regulars.verdicts.actions import look_at
from regulars.verdicts.drawing import left_out_by_lot, seed_of
from regulars.verdicts.looks import LAST
from regulars.verdicts.models import Lot, Trial

SENT_AGO = 100
SHARE = 0.3
_SUMMER = """{{ greeting }}

the plums are in: plum cake from Thursday to Sunday, as long as there are plums. Say what you would
like until Wednesday, and it is put by for you.

{{ signature }}
"""
PLUMS = "Plum cake", Purpose.SELL, "Plum cake, put by for you", _SUMMER


def write_a_verdict(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Write the mailing of plum cake, those whom the lot left out of it, and its verdict."""
    with transaction.atomic():
        trial = _trial(ids, staff["nora"], scene, at)
    if trial is not None:
        look_at(trial, look=LAST, at=at)


def _trial(ids: Mapping[str, int], by: Member, scene: Scene, at: datetime) -> Trial | None:
    refused = ("withdrawn",)
    chosen = [one for one in chosen_for_mail(ids, scene) if one.decision not in refused]
    if len(chosen) < 2:
        return None
    version = kept_text(PLUMS, by, scene, ago=SENT_AGO)
    mailing = mailing_to(chosen, version, by, scene, name=_("Plum cake"), ago=SENT_AGO)
    left = _left_out(len(chosen))
    _messages(mailing, chosen, left, scene, at)
    moment = scene.moment(scene.ago(SENT_AGO), 10, 0)
    trial = Trial.objects.create(
        occasion=mailing.occasion, name=mailing.name, purpose=Purpose.SELL,
        page=reverse("messaging:mailing", args=[mailing.pk]), channel=Channel.EMAIL,
        source=SOURCE, list_count=len(chosen), left_out_count=sum(left), planned_at=moment,
        planned_by=by, seed=seed_of(SOURCE), begins_on=scene.ago(SENT_AGO), drawn_at=moment,
    )  # fmt: skip
    Lot.objects.bulk_create(
        [
            Lot(trial=trial, customer_id=one.customer_id, stratum=0, is_left_out=is_left)
            for one, is_left in zip(chosen, left, strict=True)
        ]
    )
    return trial


def _left_out(count: int) -> list[bool]:
    """By their places on the list: the numbers of the rows differ from one loading to the next."""
    import numpy as np

    stratum = np.zeros(count, dtype=np.int64)
    left = left_out_by_lot(np.arange(count), stratum, seed=seed_of(SOURCE), share=SHARE)
    return [bool(one) for one in left]


def _messages(
    mailing: Mailing, chosen: Sequence[Reached], left: Sequence[bool], scene: Scene, at: datetime
) -> None:
    begun = scene.moment(scene.ago(SENT_AGO), 10, 1)
    messages = [
        message_to(
            one, mailing.version, mailing.occasion, begun + timedelta(seconds=number),
            by=mailing.created_by, mailing=mailing,
            state=State.SUPPRESSED if is_left else State.ACCEPTED, why="by_lot" if is_left else "",
        )
        for number, (one, is_left) in enumerate(zip(chosen, left, strict=True))
    ]  # fmt: skip
    freeze_words([one for one in messages if one.state == State.ACCEPTED], scene)
    Message.objects.bulk_create(messages, batch_size=500)
    Attempt.objects.bulk_create(attempts_of(messages), batch_size=500)
    Touch.objects.bulk_create(touches_of(messages, at), batch_size=500)


def forget_the_verdict() -> None:
    """Take the trial of the sample out, with how its lot fell and what it said."""
    Trial.objects.filter(source=SOURCE).delete()
