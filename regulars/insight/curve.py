"""The curve of concentration, drawn on the server: customers biggest first, and their share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDE = (460, 300, 44, 446, 14, 264)
NARROW = (350, 270, 40, 340, 14, 234)
MOST_TABLE_ROWS = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the picture with its words."""

    x: str
    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture of the curve in the units of its view box; numbers as SVG writes them."""

    view_box: str
    left: str
    right: str
    floor: str
    line: str
    area: str
    dot: Mark
    label_x: str
    grid: tuple[Mark, ...]
    ends: tuple[Mark, Mark]


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares of the money by customers in order of what they spend."""

    buyers: int
    total_minor: int
    few: int  # how many make about a fifth of the buyers
    few_share: float
    table: tuple[tuple[int, float], ...]
    # What the least of so many spent; nothing where that was not kept yet.
    least: Mapping[int, int | None]
    wide: Drawing
    narrow: Drawing


def curve_of(steps: list[dict[str, Any]]) -> Curve | None:
    """From the steps of a count; None where there is too little to draw."""
    if len(steps) < 2 or steps[0]["total_minor"] <= 0:
        return None
    total, buyers = steps[0]["total_minor"], steps[0]["buyers"]
    points = [(step["customers"], step["spend_minor"] / total) for step in steps]
    fifth = max(1, buyers // 5)
    few = next(point for point in points if point[0] >= fifth)
    places = {round(place * (len(points) - 1) / (MOST_TABLE_ROWS - 1)) for place in range(6)}
    table = sorted({*(points[place] for place in places), few})
    return Curve(
        buyers, total, few[0], few[1], tuple(table),
        {step["customers"]: step.get("least_minor") for step in steps},
        _drawn(points, few, WIDE), _drawn(points, few, NARROW),
    )  # fmt: skip


def _drawn(
    points: list[tuple[int, float]], few: tuple[int, float], frame: tuple[int, ...]
) -> Drawing:
    width, height, left, right, top, floor = frame
    buyers = points[-1][0]

    def at(point: tuple[int, float]) -> tuple[str, str]:
        x = left + (right - left) * point[0] / buyers
        return f"{x:.1f}", f"{floor - (floor - top) * min(1.0, point[1]):.1f}"

    def path(through: list[tuple[int, float]]) -> str:
        return "M" + "L".join(" ".join(at(point)) for point in [(0, 0.0), *through])

    dot_x, dot_y = at(few)
    before = [point for point in points if point[0] <= few[0]]
    quarters = tuple(
        Mark(str(left - 8), at((0, share / 100))[1], str(share)) for share in (0, 25, 50, 75, 100)
    )
    return Drawing(
        view_box=f"0 0 {width} {height}",
        left=str(left),
        right=str(right),
        floor=str(floor),
        line=path(points),
        area=f"{path(before)}L{dot_x} {floor}Z",
        dot=Mark(dot_x, dot_y, ""),
        label_x=f"{float(dot_x) + 14:.1f}",
        grid=quarters,
        ends=(Mark(str(left), str(floor + 19), "0"), Mark(str(right), str(floor + 19), "")),
    )
