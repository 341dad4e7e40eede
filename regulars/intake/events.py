"""Facts that bringing in files announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportFinished:
    """An import has been brought in, to its end. Counts are rows of its files."""

    import_id: int
    kind: str
    created: int
    updated: int
