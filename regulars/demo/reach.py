"""What became of the ways to reach customers: seen to work, come back, gone out of date."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from regulars.consent.choices import Stopped
from regulars.consent.models import Suppression
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint
from regulars.demo.scene import Scene
from regulars.demo.stories import HARBOUR, RUTH, SAMUEL

_SEEN = (RUTH, SAMUEL, HARBOUR, "Co001", "Co002", "Co003", "Fa001", "Fa002")
_GONE = ("Lo001", "Lo002", "Lo003", "Lo004", "Lo005")
_DOUBTED = ("We001", "We002", "We003")


@transaction.atomic
def write_states(ids: Mapping[str, int], scene: Scene) -> None:
    """Write the states, one statement each; runs after it is known whose mail came back."""
    _mark(ids, _SEEN, PointState.USABLE, scene.moment(scene.ago(18), 10, 30), is_verified=True)
    _mark(ids, _GONE, PointState.STALE, scene.moment(scene.ago(150), 16, 0))
    _mark(ids, _DOUBTED, PointState.DOUBTFUL, scene.moment(scene.ago(25), 12, 15))
    since = dict(Suppression.objects.filter(why=Stopped.BOUNCED).values_list("seal", "since"))
    theirs = ContactPoint.objects.filter(customer__in=ids.values(), kind=PointKind.EMAIL)
    for seal, moment in since.items():
        theirs.filter(seal=seal).update(state=PointState.BOUNCED, state_at=moment)


def _mark(
    ids: Mapping[str, int],
    keys: tuple[str, ...],
    state: PointState,
    moment: datetime,
    *,
    is_verified: bool = False,
) -> None:
    points = ContactPoint.objects.filter(
        customer__in=[ids[key] for key in keys], kind=PointKind.PHONE
    )
    points.update(state=state, state_at=moment, verified_at=moment if is_verified else None)
