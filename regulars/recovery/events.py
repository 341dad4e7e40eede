"""Facts that recovery announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DisruptionDeclared:
    """The business is interrupted; in a drill nothing is, and everything is shown."""

    disruption_id: int
    is_drill: bool


@dataclass(frozen=True, slots=True)
class DisruptionEnded:
    """It is over: what was confirmed goes on."""

    disruption_id: int
    is_drill: bool
