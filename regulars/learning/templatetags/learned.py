"""How sure something is, as the pages of learning write it: never a bare number."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.core.money import Money
from regulars.core.templatetags.look import bar, money, percent
from regulars.learning.chance import Share
from regulars.learning.queries.satisfaction import Told
from regulars.learning.satisfaction import Score
from regulars.learning.wording import value_words

register = template.Library()


@register.simple_tag
def share(told: Share) -> str:
    """“12 % (9 to 16)”."""
    if not told.whole:
        return "–"
    places = {"share": percent(told.share), "low": percent(told.low), "high": percent(told.high)}
    return _("%(share)s (%(low)s to %(high)s)") % places


@register.simple_tag
def scored(score: Score) -> str:
    """“83 % (70 to 91)”, or of an NPS “37 (22 to 50)”."""
    if score.value is None:
        return "–"
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": value_words(score.kind, score.value), "low": value_words(score.kind, score.low),
        "high": value_words(score.kind, score.high),
    }  # fmt: skip


@register.simple_tag
def scored_before(told: Told) -> SafeString:
    """Beside as long a time before: higher, lower, or that nobody can tell."""
    if told.before is None or not told.word:
        return SafeString("")
    said = {
        "more": _("Higher than before: %(value)s."), "less": _("Lower than before: %(value)s."),
        "cannot": _("Whether it changed nobody can tell; it was %(value)s."),
        "few": _("Too few to tell whether it changed."),
    }[told.word] % {"value": value_words(told.kind, told.before.value)}  # fmt: skip
    look = {"more": "kept", "less": "soon"}.get(told.word, "pencil")
    return format_html('<span class="{}">{}</span>', look, said)


@register.simple_tag
def amounts(costs: Sequence[Money]) -> str:
    """“£31.50 + €12.00”, each currency by itself; nothing is a stroke."""
    return " + ".join(money(one) for one in costs) or "–"


@register.simple_tag
def changed(word: str, before: Share | None) -> SafeString:
    """Beside as long a time before: more, less, or that nobody can tell."""
    if before is None or not word:
        return format_html('<span class="pencil">{}</span>', "–")
    said = {
        "more": _("more, from %(share)s"), "less": _("less, from %(share)s"),
        "cannot": _("cannot tell; was %(share)s"), "few": _("too few to tell"),
    }[word] % {"share": percent(before.share)}  # fmt: skip
    look = {"more": "soon", "less": "kept"}.get(word, "pencil")
    return format_html('<span class="{}">{}</span>', look, said)


@register.inclusion_tag("core/_bar.html")
def part_of(count: int, most: int, tone: str) -> dict[str, Any]:
    """One bar, beside the longest of its page."""
    return bar(count / most if most else 0.0, tone)
