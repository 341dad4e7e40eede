"""What a person knows better than the count."""

from collections.abc import Mapping
from datetime import datetime

from regulars.demo.stories import RUTH
from regulars.insight.choices import Tier
from regulars.insight.models import TierOverride
from regulars.team.models import Member

WHY_RUTH_IS_CORE = "One of our first. The hip keeps her at home, not another baker."


def hold_on_to_ruth(ids: Mapping[str, int], staff: Mapping[str, Member], *, at: datetime) -> None:
    """Ruth stays core though she is late: Tomasz said so, and why."""
    TierOverride.objects.create(
        customer_id=ids[RUTH],
        tier=Tier.CORE,
        reason=WHY_RUTH_IS_CORE,
        set_by=staff["tomasz"],
        set_at=at,
        since_on=at.date(),
    )
