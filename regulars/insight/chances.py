"""What to expect of a customer: still there, back within some days, purchases to come.

docs/rhythm.md derives every formula. They are written once, in plain arithmetic, so that the same
lines work out a float, a numpy array and a column on any engine; `Any` stands for those three.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# Steps into which the time ahead is cut to ask when the first purchase falls.
_STEPS = 8


@dataclass(frozen=True, slots=True)
class Pattern:
    """How the customers of a group come and go; times are days of business.

    A gap is the time of `regularity` steps of chance, so that 1 is pure chance and 12 nearly
    clockwork; paces of customers are gamma distributed (`r`, `alpha`), and so after each purchase
    it was the last with a chance that is beta distributed (`a`, `b`).
    """

    regularity: int
    r: float
    alpha: float
    a: float
    b: float
    customers: int = 0
    level: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one customer as of a day; times ahead are days of the calendar.

    `own_gaps`: how many gaps of their own that rests on. `is_told`: whether there are enough
    gaps in all to tell anything.
    """

    still_there: float
    back_within: float
    purchases: float
    spend_minor: int
    ahead_days: int
    own_gaps: int
    is_told: bool


@dataclass(frozen=True, slots=True)
class History:
    """What is seen of one customer, in days of business; `ahead` are those that come."""

    repeats: int
    span: float
    silence: float
    ahead: float


def expectation(
    group: Mapping[str, Any], history: History, *, spend_minor: int, ahead_days: int
) -> Expectation:
    """What to expect of someone by the pattern and the spend of their group, as it was counted."""
    pattern = Pattern(**group["pattern"])
    past = (float(history.repeats), history.span, history.silence)
    purchases = purchases_within(pattern, *past, history.ahead)
    a_purchase = (spend_minor + group["spend_minor"]) / (history.repeats + 2)
    return Expectation(
        still_there=still_there(pattern, *past),
        back_within=back_within(pattern, *past, history.ahead),
        purchases=purchases,
        spend_minor=round(purchases * max(0.0, a_purchase)),
        ahead_days=ahead_days,
        own_gaps=history.repeats,
        is_told=not group["is_a_guess"],
    )


def still_there(pattern: Pattern, repeats: Any, span: Any, silence: Any) -> Any:
    """The chance that someone is still a customer.

    `repeats`: purchases after the first; `span`: days of business from the first to the last;
    `silence`: since then. The longer the silence, the smaller it is.
    """
    staying = (pattern.b + repeats) * _unbroken(pattern, repeats, span, silence)
    return staying / (pattern.a + staying)


def back_within(pattern: Pattern, repeats: Any, span: Any, silence: Any, ahead: Any) -> Any:
    """The chance that someone buys in the days of business that come."""
    now = _unbroken(pattern, repeats, span, silence)
    then = _unbroken(pattern, repeats, span, silence + ahead * pattern.level)
    staying = pattern.b + repeats
    return staying * (now - then) / (pattern.a + staying * now)


def purchases_within(pattern: Pattern, repeats: Any, span: Any, silence: Any, ahead: Any) -> Any:
    """Purchases to expect in the days of business that come.

    The first of them falls into one of eight stretches; how many follow in the time that is left
    is what a renewal process brings on average, less those who stop after one of them.
    """
    ahead = ahead * pattern.level
    before = _unbroken(pattern, repeats, span, silence)
    staying = pattern.b + repeats
    whole = pattern.a + staying * before
    expected: Any = 0.0
    for step in range(_STEPS):
        until = ahead * ((step + 1) / _STEPS)
        after = _unbroken(pattern, repeats, span, silence + until)
        middle = ahead * ((step + 0.5) / _STEPS)
        following = _following(pattern, repeats, span + silence + middle, ahead - middle)
        expected = expected + (before - after) * (1 + following)
        before = after
    return expected * staying / whole


def _unbroken(pattern: Pattern, repeats: Any, span: Any, silence: Any) -> Any:
    """The chance that a gap which will end is longer than the silence, by Horner's rule.

    The pace given the past is gamma (r + k x, alpha + span); fewer than k steps of chance fell into
    the silence, and their number is negative binomial.
    """
    known = pattern.alpha + span
    past = silence / (known + silence)
    power = pattern.r + pattern.regularity * repeats
    total: Any = 1.0
    for step in range(pattern.regularity - 1, 0, -1):
        total = 1 + total * past * (power + (step - 1)) / step
    return (1 - past) ** power * total


def _following(pattern: Pattern, repeats: Any, span: Any, left: Any) -> Any:
    """Purchases that follow one in the time that is left, each perhaps the last."""
    k = pattern.regularity
    steps = (pattern.r + k * (repeats + 1)) / (pattern.alpha + span) * left
    # Steps that belong to a gap which is not over: on average (k - 1) / 2 once many have passed.
    idle = (k - 1) / 2
    unfinished = idle * (1 - 2.718281828459045 ** (-1 * steps / idle)) if idle else 0.0
    count = (steps - unfinished) / k
    a = pattern.a if abs(pattern.a - 1) > 1e-6 else 1 + 1e-6
    # The sum of the chances to be there after 1, 2, … of them, as an integral.
    start = pattern.b + repeats + 1 + (a - 1) / 2
    reach = (1 + (count + 0.5) / start) ** (1 - a) - (1 + 0.5 / start) ** (1 - a)
    return start / (1 - a) * reach
