"""The rhythm strip: one stroke a purchase, drawn on the server, in percent of its width."""

import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

# Room right of today, so that its line and its word stand inside the drawing.
_TODAY_AT = 95.5
_MOST_STROKES = 60
_LABELLED_FROM = 60


class _Scale:
    """Days to percent of the width, and the heights of the parts."""

    def __init__(self, *, today: date, weeks: int, height: int) -> None:
        self.today = today
        self.first = today - timedelta(weeks=weeks)
        self.days = weeks * 7
        self.height = height
        self.is_labelled = height >= _LABELLED_FROM
        self.top = 16 if self.is_labelled else 2
        self.foot = height - 20 if self.is_labelled else height - 2
        self.band = self.foot - self.top

    def holds(self, day: date) -> bool:
        return self.first < day <= self.today

    def at(self, day: date) -> float:
        kept = max(self.first, min(self.today, day))
        return (kept - self.first).days / self.days * _TODAY_AT

    def x(self, day: date) -> str:
        return f"{self.at(day):.2f}%"

    def width(self, start: date, end: date) -> str:
        return f"{self.at(end) - self.at(start):.2f}%"


def rhythm_strip(
    *,
    purchases: Sequence[date],
    today: date,
    weeks: int,
    due_on: date | None,
    closures: Sequence[tuple[date, date]],
    label: str,
    height: int,
) -> SafeString:
    """Draw when someone came: strokes, the due day, how far past it, and when we were closed.

    `closures` are first and last day closed. From 60 px of height the months, "today" and
    "closed" are written too. Days are local days of the business.
    """
    scale = _Scale(today=today, weeks=weeks, height=height)
    seen = [day for day in purchases if scale.holds(day)]
    shut = _closures_seen(scale, closures)
    return format_html(
        '<svg class="rhythm" width="100%" height="{}" role="img" aria-label="{}">'
        "{}{}{}{}{}{}{}</svg>",
        height,
        label,
        _overdue(scale, due_on),
        _closed(scale, shut),
        format_html(
            '<line class="base" x1="0" x2="100%" y1="{0}" y2="{0}"/>', f"{scale.foot - 0.5:.1f}"
        ),
        _weekly(scale, seen) if len(seen) > _MOST_STROKES else _strokes(scale, seen),
        _due(scale, due_on),
        format_html(
            '<line class="now" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
            scale.x(today),
            scale.top - 2,
            scale.foot,
        ),
        _words(scale, shut) if scale.is_labelled else "",
    )


def _overdue(scale: _Scale, due_on: date | None) -> SafeString:
    if due_on is None or due_on >= scale.today:
        return SafeString("")
    return format_html(
        '<rect class="gap" x="{}" y="{}" width="{}" height="{}"/>',
        scale.x(due_on),
        scale.top,
        scale.width(due_on, scale.today),
        scale.band,
    )


def _closures_seen(scale: _Scale, closures: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    """First day closed and first day open again, cut to what the strip shows."""
    spans = ((first, last + timedelta(days=1)) for first, last in closures)
    return [
        (max(first, scale.first), min(after, scale.today))
        for first, after in spans
        if after > scale.first and first < scale.today
    ]


def _closed(scale: _Scale, shut: Sequence[tuple[date, date]]) -> SafeString:
    # A nested drawing clips its own strokes: no pattern with an id, which a page of fifty strips
    # would repeat fifty times.
    lean = scale.band
    return format_html_join(
        "",
        '<svg x="{}" y="{}" width="{}" height="{}">'
        '<rect class="shut" width="100%" height="100%"/><path class="hatch" d="{}"/></svg>',
        (
            (
                scale.x(first),
                scale.top,
                scale.width(first, after),
                lean,
                _hatch_path(lean, share=(scale.at(after) - scale.at(first)) / 100),
            )
            for first, after in shut
        ),
    )


def _hatch_path(lean: int, *, share: float) -> str:
    # 1,100 px is the widest a strip is drawn; what lies outside is clipped.
    reach = round(1100 * share) + lean
    return "".join(f"M{x} 0l-{lean} {lean}" for x in range(6, reach + lean, 8))


def _strokes(scale: _Scale, days: Sequence[date]) -> SafeString:
    return format_html_join(
        "",
        '<line class="tick" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
        (
            (scale.x(day), f"{_hand_drawn_top(scale, day):.1f}", f"{scale.foot - 1:.1f}")
            for day in sorted(days)
        ),
    )


def _hand_drawn_top(scale: _Scale, day: date) -> float:
    # A tally is never ruled: each stroke starts a little higher or lower, always the same for a
    # day, so that a page drawn twice is the same page.
    wobble = zlib.crc32(day.isoformat().encode()) % 100 / 100
    return scale.top + scale.band * (0.18 + 0.16 * wobble)


def _weekly(scale: _Scale, days: Sequence[date]) -> SafeString:
    weeks = Counter(((day - scale.first).days - 1) // 7 for day in days)
    most = max(weeks.values())
    return format_html_join(
        "",
        '<line class="tick week" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
        (
            (
                scale.x(scale.first + timedelta(days=week * 7 + 4)),
                f"{scale.foot - 1 - scale.band * 0.82 * count / most:.1f}",
                f"{scale.foot - 1:.1f}",
            )
            for week, count in sorted(weeks.items())
        ),
    )


def _due(scale: _Scale, due_on: date | None) -> SafeString:
    if due_on is None or not scale.holds(due_on):
        return SafeString("")
    top = scale.top + scale.band * 0.18
    return format_html(
        '<rect class="due" x="{}" y="{}" width="4" height="{}" transform="translate(-2 0)"/>',
        scale.x(due_on),
        f"{top:.1f}",
        f"{scale.foot - 1 - top:.1f}",
    )


def _words(scale: _Scale, shut: Sequence[tuple[date, date]]) -> SafeString:
    months = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((scale.x(day), scale.height - 5, name) for day, name in _months(scale)),
    )
    closed = format_html_join(
        "",
        '<text x="{}" y="11" text-anchor="middle">{}</text>',
        (
            (f"{(scale.at(first) + scale.at(after)) / 2:.2f}%", _("closed"))
            for first, after in shut
            # Narrower than its word, or under "today": the hatch alone, and the label says it.
            if scale.at(after) - scale.at(first) > 4 and scale.at(after) < 91
        ),
    )
    today = format_html(
        '<text x="{}" y="11" text-anchor="end">{}</text>', scale.x(scale.today), _("today")
    )
    return format_html("{}{}{}", months, closed, today)


def _months(scale: _Scale) -> list[tuple[date, str]]:
    """The firsts of the months, every second one where they would touch each other."""
    firsts = []
    day = (scale.first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= scale.today:
        firsts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    if len(firsts) > 7:
        firsts = firsts[len(firsts) % 2 :: 2]
    locale = Locale.parse(to_locale(get_language() or "en-gb"))
    return [(day, format_date(day, "MMM", locale=locale)) for day in firsts if scale.at(day) < 93]
