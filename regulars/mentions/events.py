"""Facts that mentions announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MentionHeard:
    """Somebody said something about us in public; `customer_id` is 0 while nobody knows who."""

    mention_id: int
    customer_id: int
    is_bad: bool


@dataclass(frozen=True, slots=True)
class MentionAnswered:
    """It was answered where it stands."""

    mention_id: int
    customer_id: int
