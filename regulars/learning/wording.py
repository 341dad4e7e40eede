"""Whether something fell, and how content they are, in words that say no more than is known."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from regulars.care.choices import MarkKind
from regulars.core.templatetags.look import number, percent
from regulars.learning.choices import About, Fell
from regulars.learning.models import Improvement, ImprovementLook
from regulars.learning.queries.satisfaction import Told as Question
from regulars.verdicts.looks import LAST

# The drawing reaches from never to twice as often; its middle is as often as before.
_REACH = 2.0


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict: its word, its sentences, and where it lies in a drawing of 400."""

    word: Fell
    heading: str
    counted: str
    between: str
    looked: str
    is_last: bool
    low: float | None
    high: float | None
    middle: float | None


def told_of(improvement: Improvement, look: ImprovementLook) -> Told:
    word, is_last = Fell(look.word), look.number == LAST
    return Told(
        word, _heading(word, look, is_last=is_last), _counted(improvement, look),
        _between(word, look), _("Looked at %(number)s of %(all)s times.") % {
            "number": look.number, "all": LAST,
        }, is_last, _at(look.low), _at(look.high if look.high is not None else _REACH),
        _at(look.ratio),
    )  # fmt: skip


def _heading(word: Fell, look: ImprovementLook, *, is_last: bool) -> str:
    if word == Fell.FEW:
        return _("Too few to tell.")
    if word == Fell.ROSE and look.ratio is None:
        return _("It rose: before, it did not come at all.")
    if word == Fell.CANNOT or look.ratio is None:
        return _("Cannot tell.") if is_last else _("Cannot tell yet.")
    by = percent(abs(1 - look.ratio))
    if word == Fell.FELL:
        said = _("It fell by about %(by)s.") if is_last else _("It falls so far, by about %(by)s.")
    else:
        said = _("It rose by about %(by)s.") if is_last else _("It rises so far, by about %(by)s.")
    return said % {"by": by}


def _counted(improvement: Improvement, look: ImprovementLook) -> str:
    places = {
        "after": number(look.after_count), "of": number(look.after_whole),
        "before": number(look.before_count), "of_before": number(look.before_whole),
    }  # fmt: skip
    if improvement.about == About.CAUSE:
        said = _("%(after)s cases in %(of)s orders since, %(before)s in %(of_before)s before.")
    else:
        said = _(
            "Not right in %(after)s of %(of)s texts since, in %(before)s of %(of_before)s before."
        )
    return said % places


def _between(word: Fell, look: ImprovementLook) -> str:
    """Between what the rate since lies, as a part of that before."""
    if word == Fell.FEW or look.low is None:
        return ""
    if look.high is None:
        return _("It comes at least %(low)s as often as before.") % {"low": percent(look.low)}
    return _("It comes between %(low)s and %(high)s as often as before.") % {
        "low": percent(look.low), "high": percent(look.high),
    }  # fmt: skip


def _at(ratio: float | None) -> float | None:
    """Where a part of the rate before stands: 100 % in the middle, nought at the left."""
    if ratio is None:
        return None
    return 10 + 380 * min(ratio, _REACH) / _REACH


# What each question is called, what it asks, and how its number comes about.
NAMES = {
    MarkKind.FIVE: (
        _lazy("Content (CSAT)"), _lazy("How it was, 1 to 5: the share with 4 or 5."),
    ),
    MarkKind.RECOMMEND: (
        _lazy("Would recommend us (NPS)"),
        _lazy("0 to 10: the share with 9 or 10, less the share with 6 or less; from −100 to 100."),
    ),
    MarkKind.EFFORT: (
        _lazy("We made it easy (effort)"), _lazy("1 to 7: the share with 5, 6 or 7."),
    ),
}  # fmt: skip


def side_words(told: Question) -> list[tuple[str, str, int]]:
    """Which sides there are: for the address, in words, and how many."""
    score = told.score
    if told.kind == MarkKind.RECOMMEND:
        words = _("9 or 10, promoters"), _("7 or 8, passives"), _("0 to 6, detractors")
    elif told.kind == MarkKind.EFFORT:
        words = _("5 to 7, easy"), _("4, neither"), _("1 to 3, hard")
    else:
        words = _("4 or 5, content"), _("3, neither"), _("1 or 2, not content")
    counts = (score.content, score.neither, score.not_content)
    return list(zip(("content", "neither", "not"), words, counts, strict=True))


def value_words(kind: MarkKind, value: float | None) -> str:
    """83 %, or of an NPS 37 and −12: it is no share."""
    if value is None:
        return "–"
    if kind == MarkKind.RECOMMEND:
        return f"{round(value * 100):d}".replace("-", "−")
    return percent(value)
