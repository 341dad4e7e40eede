"""Which product group goods belong to."""

from regulars.goals.models import ProductGroup


class Sorter:
    """Which product group goods belong to: the first that names them, else the one without words.

    Article numbers count as a whole, other words anywhere in the description, however written.
    """

    def __init__(self, groups: list[ProductGroup]) -> None:
        self._named = [
            (
                group.pk,
                [word.strip().casefold() for word in group.words.splitlines() if word.strip()],
            )
            for group in groups
        ]
        self._rest = next((pk for pk, words in self._named if not words), None)

    @property
    def tells_apart(self) -> bool:
        """Whether any of them names goods at all."""
        return any(words for _pk, words in self._named)

    def group_of(self, sku: str, description: str) -> int | None:
        sku, text = sku.casefold(), description.casefold()
        for pk, words in self._named:
            if any(word == sku or word in text for word in words):
                return pk
        return self._rest
