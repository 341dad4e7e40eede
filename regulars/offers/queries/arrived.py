"""What became of uses that tills noted without a connection, for whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from regulars.core.actor import Actor
from regulars.offers.errors import OfferNotFound
from regulars.offers.models import OfflineUse

MOST = 50


@dataclass(frozen=True, slots=True)
class Arrived:
    """A use that was refused, as one of two is told of it: it was theirs, or theirs was quicker."""

    use: OfflineUse
    is_own: bool

    @property
    def may_try_again(self) -> bool:
        return self.is_own and self.use.code_id is not None


def uses_to_tell(actor: Actor, *, most: int = MOST) -> Sequence[Arrived]:
    """What was refused of one's own, and what somebody noted whose code one had taken already."""
    mine = Q(member_id=actor.member_id, read_at=None)
    quicker = Q(other__member_id=actor.member_id, other_read_at=None)
    refused = OfflineUse.objects.filter(mine | quicker, redemption=None).order_by("pk")
    found = refused.select_related("offer", "member", "other__member", "code")[:most]
    return [Arrived(one, one.member_id == actor.member_id) for one in found
            if one.member_id != actor.member_id or one.read_at is None]  # fmt: skip


def use_to_settle(actor: Actor, use_id: int) -> OfflineUse:
    """One that this member noted, or was quicker than."""
    theirs = Q(member_id=actor.member_id) | Q(other__member_id=actor.member_id)
    found = OfflineUse.objects.select_related("other").filter(theirs, pk=use_id).first()
    if found is None:
        raise OfferNotFound
    return found
