"""How large a filter may be, and what is no filter at all."""

from typing import Any

import pytest

from regulars.lists.errors import FilterNotPossible
from regulars.lists.trees import DEEPEST, MOST_NODES, plain, read

LEAF = {"field": "customer.name", "is": "contains", "value": "Ruth"}


def nested(levels: int) -> dict[str, Any]:
    """A clause inside so many brackets that the whole goes that many levels deep."""
    tree: dict[str, Any] = LEAF
    for _level in range(levels - 1):
        tree = {"not": tree}
    return tree


def wide(nodes: int) -> dict[str, Any]:
    """So many parts, the bracket round them included."""
    return {"any": [LEAF] * (nodes - 1)}


def test_the_largest_filters_are_read() -> None:
    assert plain(read(nested(DEEPEST))) == nested(DEEPEST)
    assert len(plain(read(wide(MOST_NODES)))["any"]) == 49


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (nested(DEEPEST + 1), "Filters go 8 levels deep at most."),
        (nested(5000), "Filters go 8 levels deep at most."),
        (wide(MOST_NODES + 1), "A filter has 50 parts at most."),
        ({"all": [wide(30), wide(30)]}, "A filter has 50 parts at most."),
    ],
    ids=["nine deep", "thousands deep", "fifty-one wide", "two of thirty"],
)
def test_larger_ones_are_refused_with_what_to_do(tree: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FilterNotPossible) as refused:
        read(tree)

    assert refused.value.sentence == sentence
    assert "segment" in refused.value.remedy


@pytest.mark.parametrize(
    "tree", [7, "core", [LEAF], {"all": LEAF}, {"not": None}, {"field": 3}, {"all": [], "any": []}],
    ids=str,
)  # fmt: skip
def test_what_is_no_filter_is_refused(tree: Any) -> None:
    with pytest.raises(FilterNotPossible):
        read(tree)
