"""Facts that bringing in files announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportFinished:
    """An import has been brought in, to its end. Counts are rows of its files."""

    import_id: int
    kind: str
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What an import brought has been taken back. Counts are rows of our tables."""

    import_id: int
    kind: str
    taken_away: int
    put_back: int
