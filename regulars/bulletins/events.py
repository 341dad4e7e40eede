"""Facts that this room announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BulletinPublished:
    """A version was published; `source` says what the bulletin belongs to."""

    bulletin_id: int
    number: int
    source: str


@dataclass(frozen=True, slots=True)
class BulletinClosedForGood:
    """Nothing more is to come in a bulletin."""

    bulletin_id: int
    source: str
