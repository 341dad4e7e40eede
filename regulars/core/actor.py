"""Who does something: a member of staff, the command line, or the system itself."""

from dataclasses import dataclass
from typing import Literal

OWNER, MANAGER, HELPER, VIEWER = "owner", "manager", "helper", "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """`member_id` is None for the system and the command line; `role` decides what they may."""

    kind: Literal["staff", "command", "system"]
    name: str
    role: str
    member_id: int | None = None


SYSTEM = Actor("system", "Regulars", OWNER)
COMMAND = Actor("command", "the command line", OWNER)
