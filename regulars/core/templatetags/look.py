"""What every template needs to speak as the product does: icons, money, days, shares."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from regulars.core import clock
from regulars.core.money import Money

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", classes: str = "") -> str:
    """A Lucide icon; beside a word it is hidden from readers, alone it carries a label."""
    return _drawn(str(name), str(label), str(classes))


@lru_cache(maxsize=512)
def _drawn(name: str, label: str, classes: str) -> str:
    words = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return lucide(name, size=None, **{"class": f"icon {classes}".strip(), **words})


@register.filter
def money(amount: Money | None, precision: str = "") -> str:
    """£8.40; with "round" whole pounds, for totals that no one counts in pence."""
    return "" if amount is None else _money(amount, precision, _language())


@lru_cache(maxsize=4096)
def _money(amount: Money, precision: str, language: str) -> str:
    locale = _locale_of(language)
    if precision == "round":
        pattern = re.sub(r"[.][0#]+", "", locale.currency_formats["standard"].pattern)
        return format_currency(
            round(amount.major), amount.currency, pattern, locale=locale, currency_digits=False
        )
    return format_currency(amount.major, amount.currency, locale=locale)


@register.filter
def number(count: float | None) -> str:
    """1,234 in the reader's language."""
    return "" if count is None else format_decimal(count, locale=_locale())


@register.filter
def percent(share: float | None) -> str:
    """0.584 is 58 %."""
    return "" if share is None else _("%(share)d %%") % {"share": round(share * 100)}


@register.filter
def day_words(moment: date | datetime | None) -> str:
    """A day as people say it: today, yesterday, Thu 26, 14 Nov, 14 Nov 2025."""
    if moment is None:
        return ""
    return _day_words(_local_day(moment), _local_day(clock.now()), _language())


@lru_cache(maxsize=4096)
def _day_words(then: date, now: date, language: str) -> str:
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    apart = (then - now).days
    if apart in near:
        return near[apart]
    locale = _locale_of(language)
    if abs(apart) < 7:
        return format_date(then, "EEE d", locale=locale)
    return format_date(then, "d MMM" if then.year == now.year else "d MMM y", locale=locale)


# No template of its own: lists draw a day in every row, and to render one costs more than it.
@register.simple_tag
def day(moment: date | datetime | None, clock_time: str = "") -> str:
    """A day in words inside <time>, the full one in its title; with "time" the time of day too."""
    if moment is None:
        return ""
    words = day_words(moment)
    if not isinstance(moment, datetime):
        return _time(moment.isoformat(), _full_day(moment, _language()), words)
    local = timezone.localtime(moment)
    if clock_time:
        words = f"{words} {date_format(local, 'H:i')}"
    minute = local.replace(second=0, microsecond=0, tzinfo=None)
    return _time(local.isoformat(), _full_minute(minute, _language()), words)


def _time(moment: str, full: str, words: str) -> str:
    return format_html('<time datetime="{}" title="{}">{}</time>', moment, full, words)


@lru_cache(maxsize=4096)
def _full_day(then: date, language: str) -> str:
    return format_date(then, "EEEE d MMMM y", locale=_locale_of(language))


@register.filter
def ago(moment: date | datetime | None) -> str:
    """How long since: "19 days ago", "in 3 hours"."""
    if moment is None:
        return ""
    now = clock.now()
    if isinstance(moment, datetime):
        gap = moment - now
    else:
        gap = moment - timezone.localtime(now).date()
        if not gap:
            return _("today")
    return format_timedelta(gap, add_direction=True, threshold=1.4, locale=_locale())


@register.filter
def duration(length: timedelta | float | None) -> str:
    """A length of time in its largest unit; a bare number is days."""
    if length is None:
        return ""
    gap = length if isinstance(length, timedelta) else timedelta(days=round(length))
    # Rhythms are spoken of in days for a whole quarter: "every 34 days", never "every month".
    if timedelta(days=1) <= gap < timedelta(days=100):
        return format_timedelta(
            timedelta(days=round(gap / timedelta(days=1))),
            granularity="day",
            threshold=1000,
            locale=_locale(),
        )
    return format_timedelta(gap, threshold=1.4, locale=_locale())


@register.inclusion_tag("core/_bar.html")
def bar(share: float, tone: str = "1", height: int = 18) -> dict[str, object]:
    """One bar of a list: `share` (0 to 1) of the room there is; nothing is no bar."""
    return {"width": _percent_of(share) if share > 0 else "", "tone": tone, "height": height}


@register.inclusion_tag("core/_gauge.html")
def gauge(done: float, planned: float, of: float, label: str) -> dict[str, object]:
    """Minutes done and still planned, of the minutes there are."""
    whole = max(of, done + planned, 1)
    return {
        "done": _percent_of(done / whole),
        "planned": _percent_of(planned / whole),
        "label": label,
    }


@register.inclusion_tag("core/_parts.html")
def parts(counts: Sequence[tuple[str, int]], label: str, kind: str = "parts") -> dict[str, object]:
    """A whole and its parts, `[(tone, count), …]`, side by side; `kind="bal"` is the thin one."""
    total = sum(count for _tone, count in counts) or 1
    pieces: list[dict[str, Any]] = []
    start = 0.0
    for tone, count in counts:
        if count:
            share = count / total
            pieces.append(
                {"tone": tone, "x": _percent_of(start), "width": _percent_of(share - 0.003)}
            )
            start += share
    return {"pieces": pieces, "label": label, "kind": kind, "height": 10 if kind == "bal" else 20}


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The theme the reader chose, or nothing for the system's."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return chosen if chosen in {"light", "dark"} else ""


def _percent_of(share: float) -> str:
    # Written here and not by the template: a localised comma would break the drawing.
    return f"{max(0.0, min(1.0, share)) * 100:.2f}%"


def _local_day(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


@lru_cache(maxsize=4096)
def _full_minute(local: datetime, language: str) -> str:
    return format_datetime(local, "EEEE d MMMM y, HH:mm", locale=_locale_of(language))


def _language() -> str:
    return get_language() or "en-gb"


def _locale() -> Locale:
    return _locale_of(_language())


@lru_cache(maxsize=64)
def _locale_of(language: str) -> Locale:
    return Locale.parse(to_locale(language))
