"""How Juniper & Rye looks at its list: three views for everybody, three segments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.demo.planning import trade_name
from regulars.demo.scene import SOURCE, Scene
from regulars.lists.actions.learning import learn_all_words
from regulars.lists.actions.segments import refresh_segment, save_segment
from regulars.lists.actions.views import save_view
from regulars.lists.looks import Look
from regulars.lists.models import Segment, View

Tree = Mapping[str, Any]
_CORE: Tree = {"field": "insight.tier", "is": "any_of", "value": ["core", "active"]}
_SLIPPING: Tree = {"field": "insight.tier", "is": "any_of", "value": ["slipping", "lapsed"]}
_SILENT: Tree = {"event": "touch", "in": {"days": 90}, "at_most": 0}


def _views(scene: Scene) -> dict[str, Look]:
    fire = scene.burnt_on.isoformat()
    return {
        _("Not back since the fire"): Look(
            {"all": [_SLIPPING, {"not": {"event": "order", "in": {"from": fire}}}]},
            sort="insight.stake", is_descending=True,
        ),
        _("Good customers we have not spoken with"): Look(
            {"all": [_CORE, _SILENT]}, sort="insight.year_spend", is_descending=True
        ),
        _("Rye eaters"): Look(
            {"event": "order", "in": {"days": 180}, "at_least": 3,
             "where": [{"field": "goods", "is": "contains", "value": "rye"}]},
            sort="insight.last_on", is_descending=True,
        ),
    }  # fmt: skip


def _segments(scene: Scene) -> dict[str, Tree]:
    fire = scene.burnt_on.isoformat()
    return {
        _("Regulars before the fire"): {
            "event": "order", "at_least": 10, "in": {"to": fire},
        },
        _("Due this week"): {
            "field": "insight.due_on", "is": "between",
            "value": [{"days_ago": 0}, {"days_ahead": 7}],
        },
        trade_name(): {"field": "customer.kind", "is": "any_of", "value": ["organisation"]},
    }  # fmt: skip


def keep_views_and_segments(scene: Scene, *, by: Actor, at: datetime) -> None:
    """Save them, as an owner would, and work out who is in the segments."""
    for name, look in _views(scene).items():
        if not View.objects.filter(name=name, is_shared=True).exists():
            save_view(name, look, is_shared=True, by=by, at=at, source=SOURCE)
    for name, tree in _segments(scene).items():
        if not Segment.objects.standing().filter(name=name).exists():
            refresh_segment(save_segment(name, tree, by=by, at=at, source=SOURCE), at=at)
    learn_all_words()


def forget_views_and_segments() -> None:
    """Throw the sample's away; those of your own stay."""
    View.objects.filter(source=SOURCE).delete()
    Segment.objects.filter(source=SOURCE).delete()
