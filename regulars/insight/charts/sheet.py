"""A sheet to draw on: marks with looks; shown on a page by class, in a file by colour."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FONT = "Source Sans 3, Seravek, Calibri, Liberation Sans, sans-serif"
PAPER = "#ffffff"
# The looks of a file: it has no style sheet, and is always on white paper. tokens.css, light.
COLOURS = {
    "ink": "#1d2428", "c-axis": "#5c6266", "pencil": "#5c6266", "c-grid": "#e4e1d7",
    "rule-strong": "#858175", "c1": "#14503c", "c2": "#3f8fb5", "c3": "#bd8100", "c6": "#8b8f90",
    "tier-core": "#14503c", "tier-active": "#1f6f8c", "tier-new": "#4a5aa8",
    "tier-slipping": "#8f5400", "tier-lapsed": "#86395c", "tier-lost": "#60656a",
    "heat-0": "#f2f0e8", "heat-1": "#d5e5dd", "heat-2": "#a9cdbd", "heat-3": "#63a088",
    "heat-4": "#1c5c47", "heat-ink-4": "#ffffff",
}  # fmt: skip
_STROKED = {"fill": "none", "stroke-linecap": "round", "stroke-linejoin": "round"}
LOOKS: dict[str, dict[str, str]] = {
    "grid": {"stroke": "c-grid"},
    "axis": {"stroke": "rule-strong"},
    "line": {"stroke": "c1", "stroke-width": "3", **_STROKED},
    "ahead": {"stroke": "pencil", "stroke-width": "2", "stroke-dasharray": "5 4", **_STROKED},
    "band": {"fill": "pencil", "opacity": "0.2"},
    "area": {"fill": "c1", "opacity": "0.2"},
    "dot": {"fill": "c1", "stroke": "paper", "stroke-width": "2"},
    "shut": {"fill": "heat-0"},
    "feel": {"fill": "none"},
    "ring": {"fill": "paper", "stroke": "c2", "stroke-width": "2.5"},
    "reach": {"stroke": "c1", "stroke-width": "3", "stroke-linecap": "round"},
    "doubt": {"stroke": "pencil", "stroke-width": "3", "stroke-linecap": "round"},
    "fill-1": {"fill": "c1"},
    "fill-2": {"fill": "c2"},
    "fill-3": {"fill": "c3"},
    "fill-6": {"fill": "c6"},
    "ribbon": {"opacity": "0.38"},
    "strong": {"fill": "ink", "font-weight": "650"},
    "on-dark": {"fill": "heat-ink-4"},
    **{f"of-{name}": {"fill": f"tier-{name}"} for name in
       ("core", "active", "new", "slipping", "lapsed", "lost")},
    **{f"g{step}": {"fill": f"heat-{step}"} for step in range(5)},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on a sheet: `look` are its classes, `said` is read by a pointer resting on it."""

    tag: str
    look: str
    at: tuple[tuple[str, str], ...]
    words: str = ""
    said: str = ""

    def on_a_page(self) -> SafeString:
        return self._written((("class", self.look),) if self.look else ())

    def in_a_file(self) -> SafeString:
        told: dict[str, str] = {"fill": "c-axis"} if self.tag == "text" else {}
        for look in self.look.split():
            told |= LOOKS[look]
        colours = {**COLOURS, "paper": PAPER}
        seen = tuple((name, colours.get(value, value)) for name, value in told.items())
        return self._written(seen)

    def _written(self, looks: tuple[tuple[str, str], ...]) -> SafeString:
        told = format_html_join("", ' {}="{}"', (*self.at, *looks))
        inside = format_html("<title>{}</title>", self.said) if self.said else ""
        return format_html("<{}{}>{}{}</{}>", self.tag, told, inside, self.words, self.tag)


@dataclass(slots=True)
class Sheet:
    """Marks in the order in which they were drawn; units are those of the view box."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    def _add(self, tag: str, look: str, words: str = "", said: str = "", **at: float | str) -> None:
        told = tuple((name.replace("_", "-"), _number(value)) for name, value in at.items())
        self.marks.append(Mark(tag, look, told, words, said))

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str) -> None:
        self._add("line", look, x1=x1, y1=y1, x2=x2, y2=y2)

    def text(self, x: float, y: float, words: str, look: str = "", anchor: str = "start") -> None:
        self._add("text", look, words, x=x, y=y, text_anchor=anchor)

    def rect(
        self, x: float, y: float, width: float, height: float, look: str, said: str = ""
    ) -> None:
        self._add("rect", look, said=said, x=x, y=y, width=width, height=max(height, 0), rx=1.5)

    def circle(self, x: float, y: float, r: float, look: str, said: str = "") -> None:
        self._add("circle", look, said=said, cx=x, cy=y, r=r)

    def path(self, drawn: str, look: str, said: str = "") -> None:
        self._add("path", look, said=said, d=drawn)

    def through(self, points: Iterable[tuple[float, float]], look: str) -> None:
        """A line through points, straight from each to the next."""
        self.path("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), look)

    @property
    def view_box(self) -> str:
        return f"0 0 {_number(self.width)} {_number(self.height)}"

    def on_a_page(self) -> SafeString:
        return format_html_join("", "{}", ((mark.on_a_page(),) for mark in self.marks))

    def in_a_file(self, title: str, says: str, foot: str) -> SafeString:
        """The drawing by itself, with its title above and what was counted below."""
        body = format_html_join("", "{}", ((mark.in_a_file(),) for mark in self.marks))
        width, height = _number(self.width + 48), _number(self.height + 110)
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"'
            ' role="img" font-family="{font}" font-size="13"><title>{title}</title>'
            '<desc>{says}</desc><rect width="{w}" height="{h}" fill="{paper}"/>'
            '<text x="24" y="38" font-size="20" font-weight="600" fill="{ink}">{title}</text>'
            '<g transform="translate(24 60)">{body}</g>'
            '<text x="24" y="{y}" fill="{pencil}">{foot}</text></svg>',
            w=width, h=height, font=FONT, title=title, says=says, paper=PAPER, body=body, foot=foot,
            ink=COLOURS["ink"], pencil=COLOURS["pencil"], y=_number(self.height + 92),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """The same drawing for a desk and for a phone."""

    wide: Sheet
    narrow: Sheet

    @classmethod
    def drawn(cls, draw: Callable[[float], Sheet]) -> "Chart":
        """`draw` makes the sheet for a width."""
        return cls(draw(WIDE), draw(NARROW))


WIDE, NARROW = 900.0, 350.0


def _number(value: float | str) -> str:
    # Written here: a localised comma would break the drawing.
    return value if isinstance(value, str) else f"{value:.1f}".rstrip("0").rstrip(".")
