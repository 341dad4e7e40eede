"""Care is never withheld: no purpose, no channel and no table lets it be."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from regulars.consent.choices import Channel, Purpose
from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.team.models import Member
from regulars.verdicts.actions import keep_control_group
from regulars.verdicts.errors import NeverWithheld
from regulars.verdicts.models import Trial
from regulars.verdicts.rules import may_be_left_out, may_decide, may_see_verdicts

PAIRS = [(purpose, channel) for purpose in Purpose.values for channel in Channel.values]
LEAVABLE = [("ask", "email"), ("ask", "text"), ("sell", "email"), ("sell", "text")]
CARE = [pair for pair in PAIRS if pair not in LEAVABLE]


def test_only_what_asks_or_sells_and_only_without_a_person_may_be_withheld() -> None:
    assert sorted(pair for pair in PAIRS if may_be_left_out(*pair)) == LEAVABLE
    assert {purpose for purpose, _channel in CARE} == set(Purpose.values)


@pytest.mark.django_db
def test_no_action_and_no_row_withholds_care(owner: Member, at: datetime) -> None:
    for purpose, channel in CARE:
        with pytest.raises(NeverWithheld):
            keep_control_group(
                occasion="x:1", name="x", purpose=purpose, channel=channel, list_count=400,
                rate_before=0.3, by=owner.actor, at=at,
            )  # fmt: skip
        with pytest.raises(IntegrityError, match="verdicts_nothing_human"), transaction.atomic():
            Trial.objects.create(
                occasion="x:1", name="x", purpose=purpose, channel=channel, list_count=400,
                left_out_count=40, planned_at=at, seed=1,
            )  # fmt: skip

    assert not Trial.objects.exists()


@pytest.mark.parametrize(
    ("role", "decides", "sees"),
    [(OWNER, True, True), (MANAGER, True, True), (VIEWER, False, True), (HELPER, False, False)],
)
def test_who_decides_and_who_sees(role: str, decides: bool, sees: bool) -> None:
    actor = Actor("staff", "Somebody", role, 1)

    assert (may_decide(actor), may_see_verdicts(actor)) == (decides, sees)
