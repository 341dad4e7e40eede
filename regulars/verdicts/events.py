"""Facts that verdicts announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """A look at a trial has been taken; `is_last`: its window is over."""

    trial_id: int
    occasion: str
    word: str
    look: int
    is_last: bool
