"""How what was foretold came true: in words, and drawn for the page."""

from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import day_words, number
from regulars.insight.hindsight import RHYTHM
from regulars.insight.shares import Z_95, bounds

WIDE = (460, 300, 44, 446, 14, 264)
NARROW = (350, 270, 40, 340, 14, 224)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Whole:
    """All together; `low` and `high` hold 19 in 20 of what chance alone would make come."""

    row: Row
    low: int
    high: int

    @classmethod
    def of(cls, row: Row) -> "Whole":
        reach = Z_95 * sqrt(row["doubt"])
        low, high = row["chances"] - reach, row["chances"] + reach
        return cls(row, max(0, round(low)), min(row["customers"], round(high)))

    @property
    def heading(self) -> str:
        if self.row["came"] < self.low:
            return _("Fewer came than we would have foretold")
        if self.row["came"] > self.high:
            return _("More came than we would have foretold")
        return _("What we would have foretold is what came")

    @property
    def story(self) -> str:
        came = self.row["came"]
        said = ngettext(
            "On %(day)s, %(days)s days ago, we would have said that about %(told)s of %(all)s"
            " customers come again by %(until)s. %(came)s did; chance alone makes that between"
            " %(low)s and %(high)s.",
            "On %(day)s, %(days)s days ago, we would have said that about %(told)s of %(all)s"
            " customers come again by %(until)s. %(came)s did; chance alone makes that between"
            " %(low)s and %(high)s.",
            came,
        )
        return said % {
            "day": _day(self.row["from_on"]), "days": number(self.row["days"]),
            "told": number(round(self.row["chances"])), "all": number(self.row["customers"]),
            "until": _day(self.row["until_on"]), "came": number(came),
            "low": number(self.low), "high": number(self.high),
        }  # fmt: skip

    @property
    def purchases(self) -> int:
        count: int = round(self.row["purchases"])
        return count

    @property
    def by_models(self) -> str:
        """By the model, with our doubt about it; empty where it does not hold for this list."""
        if self.row["by_models"] is None:
            return ""
        return _("%(middle)s, between %(low)s and %(high)s") % {
            "middle": number(round(self.row["by_models"])),
            "low": number(round(self.row["by_models_low"])),
            "high": number(round(self.row["by_models_high"])),
        }  # fmt: skip

    @property
    def likeliest(self) -> str:
        said = ngettext(
            "Of the %(likeliest)s who were likeliest to come, %(came)s did.",
            "Of the %(likeliest)s who were likeliest to come, %(came)s did.",
            self.row["likeliest_came"],
        )
        return said % {
            "likeliest": number(self.row["likeliest"]), "came": number(self.row["likeliest_came"])
        }  # fmt: skip


def _day(iso: str) -> str:
    return str(day_words(date.fromisoformat(iso)))


@dataclass(frozen=True, slots=True)
class Line:
    """A tenth in the table: shares of its customers, and whether they came as was foretold."""

    place: int
    customers: int
    chance: float
    came: float
    low: float
    high: float
    says: str


def lines_of(rows: list[Row]) -> list[Line]:
    """The tenths by the rhythm, least likely first.

    One that lies apart is named only where chance would do that to any of them once in twenty.
    """
    tenths = [row for row in rows if row["by"] == RHYTHM]
    z = NormalDist().inv_cdf(1 - 0.025 / max(1, len(tenths)))
    return [_line(row, z) for row in tenths]


def _line(row: Row, z: float) -> Line:
    came = round(row["came_share"] * row["customers"])
    # Half a customer, because they come whole: the normal law is not asked of a handful.
    apart = came - row["chance"] * row["customers"]
    says = _("as foretold")
    if abs(apart) > z * sqrt(row["doubt"]) + 0.5:
        says = _("more came") if apart > 0 else _("fewer came")
    low, high = bounds(came, row["customers"])
    return Line(
        row["group"], row["customers"], row["chance"], row["came_share"], low, high, says
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """A tenth on the picture: where it stands, what came between its bounds, what was foretold."""

    x: str
    came: str
    low: str
    high: str
    told: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """In the units of its view box; numbers as SVG writes them."""

    view_box: str
    left: str
    right: str
    floor: str
    feet: str
    line: str
    posts: tuple[Post, ...]
    grid: tuple[tuple[str, str], ...]


def drawn(lines: list[Line], frame: tuple[int, ...]) -> Drawing:
    """What was foretold as a line, what came as dots between bounds."""
    width, height, left, right, top, floor = frame
    step = (right - left) / len(lines)

    def at(share: float) -> str:
        return f"{floor - (floor - top) * share:.1f}"

    posts = tuple(
        Post(
            f"{left + step * (place + 0.5):.1f}", at(one.came), at(one.low), at(one.high),
            at(one.chance), str(one.place),
        )
        for place, one in enumerate(lines)
    )  # fmt: skip
    return Drawing(
        f"0 0 {width} {height}", str(left), str(right), str(floor), str(floor + 19),
        "M" + "L".join(f"{post.x} {post.told}" for post in posts), posts,
        tuple((at(share / 100), str(share)) for share in (0, 25, 50, 75, 100)),
    )  # fmt: skip
