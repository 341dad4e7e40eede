"""Which fields each role does not see, as boxes to tick."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.core.actor import HELPER, MANAGER, VIEWER
from regulars.core.list_fields import every_list_field, list_events
from regulars.lists.queries.fields import hidden_by_role
from regulars.team.choices import Role

ROLES = (MANAGER, HELPER, VIEWER)


@dataclass(frozen=True, slots=True)
class Box:
    """One box: a field and a role. `name` is what the form sends."""

    name: str
    role: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    boxes: tuple[Box, ...]


def lines_by_group() -> dict[str, list[Line]]:
    """Every field that can be hidden, in the groups of the list; events under their own nouns."""
    hidden = hidden_by_role()
    groups: dict[str, list[Line]] = {}
    for one in every_list_field().values():
        if not one.is_plain and not one.is_archived:
            groups.setdefault(str(one.group), []).append(_line(one.name, str(one.label), hidden))
    for event in list_events:
        groups.setdefault(_("What happens again and again"), []).append(
            _line(event.name, str(event.label), hidden)
        )
    return groups


def _line(name: str, label: str, hidden: Mapping[str, frozenset[str]]) -> Line:
    return Line(label, tuple(Box(f"{role}:{name}", role, name in hidden[role]) for role in ROLES))


def role_names() -> list[str]:
    return [str(Role(role).label) for role in ROLES]


def ticked(given: Mapping[str, str]) -> dict[str, list[str]]:
    """What was ticked, by role."""
    found: dict[str, list[str]] = {role: [] for role in ROLES}
    for name in given:
        role, parted, field = name.partition(":")
        if parted and role in found:
            found[role].append(field)
    return found
