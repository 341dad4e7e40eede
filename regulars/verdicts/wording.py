"""What a verdict says, as one would say it to a colleague: never more than it knows."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.money import Money
from regulars.core.templatetags.look import day_words, money, number
from regulars.verdicts.choices import Word
from regulars.verdicts.looks import ALPHAS, LAST, day_of_look
from regulars.verdicts.models import Trial, Verdict
from regulars.verdicts.pooling import Pooled
from regulars.verdicts.queries import Together, latest_of
from regulars.verdicts.sizing import WORTH_KNOWING, Plan, customers_needed, spreads_of_rates


def left_out_words(trial: Trial) -> str:
    """“32 of 400 are left out by lot to see whether this helps.”"""
    if trial.drawn_at is not None:
        said = ngettext(
            "%(left)s of %(all)s was left out by lot to see whether this helps.",
            "%(left)s of %(all)s were left out by lot to see whether this helps.",
            trial.left_out_count,
        )
    else:
        said = ngettext(
            "%(left)s of %(all)s is left out by lot to see whether this helps.",
            "%(left)s of %(all)s are left out by lot to see whether this helps.",
            trial.left_out_count,
        )
    return said % {"left": number(trial.left_out_count), "all": number(trial.list_count)}


def plan_words(plan: Plan, currency: str) -> str:
    """What leaving so many out can tell, and what it cannot."""
    return f"{_rate_told(plan)} {_money_told(plan, currency)}".strip()


def _rate_told(plan: Plan) -> str:
    if plan.can_tell:
        return _(
            "With your %(customers)s customers, %(left)s of them left out, it shows four times in"
            " five whether %(points)s more of 100 buy by it within 30 days."
        ) % {
            "customers": number(plan.customers), "left": number(plan.left_out),
            "points": _points(plan.smallest_effect),
        }  # fmt: skip
    return _(
        "Too few to tell alone: to see whether %(worth)s more of 100 buy by it, it takes about"
        " %(needed)s customers, half of them left out. With %(left)s of them left out it still adds"
        " to what many mailings tell together."
    ) % {
        "worth": _points(WORTH_KNOWING), "needed": number(_about(plan.needed)),
        "left": number(plan.left_out),
    }  # fmt: skip


def _money_told(plan: Plan, currency: str) -> str:
    """From what they spent before; nothing where nobody did."""
    if not plan.spend.spread:
        return ""
    places = {
        "smallest": _each(plan.smallest_effect_on_spend, currency),
        "mean": _each(plan.spend.mean, currency),
    }
    if plan.can_tell_of_spend:
        return (
            _(
                "Of the money it can tell a difference of %(smallest)s a customer; they spend"
                " %(mean)s in 30 days as it is."
            )
            % places
        )
    return (
        _(
            "Of the money these are too few to tell: less than %(smallest)s a customer would not"
            " show, and they spend %(mean)s in 30 days as it is."
        )
        % places
    )


def heading_of(trial: Trial, verdict: Verdict | None) -> str:
    """The verdict in a sentence."""
    if verdict is None:
        return _("Too early to say: the first look is taken after %(day)s.") % {
            "day": day_words(_look_day(trial, 1))
        }
    if verdict.word == Word.CANNOT_TELL:
        return _("Cannot tell.") if verdict.is_last else _("Cannot tell yet.")
    points = _points(abs(verdict.rate["difference"]))
    places = {"points": points}
    if verdict.word == Word.HELPED:
        said = _("It helped: about %(points)s more of 100 bought.")
        so_far = _("It helps so far: about %(points)s more of 100 bought.")
    else:
        said = _("It hurt: about %(points)s fewer of 100 bought.")
        so_far = _("It hurts so far: about %(points)s fewer of 100 bought.")
    return (said if verdict.is_last else so_far) % places


def _look_day(trial: Trial, look: int) -> Any:
    return day_of_look(trial.begins_on, trial.window_days, look) if trial.begins_on else None


def next_look_words(trial: Trial, verdict: Verdict | None) -> str:
    """When more will be known; nothing where the last look has been taken."""
    look = verdict.look if verdict else 0
    if look == LAST:
        return ""
    return _(
        "It is looked at four times, and next after %(day)s; looking every day would find"
        " something sooner or later, even where there is nothing."
    ) % {"day": day_words(_look_day(trial, look + 1))}


def rate_words(trial: Trial, verdict: Verdict) -> str:
    """How many bought on either side, and what that says of the effect."""
    if not verdict.rate:
        return _("Too few were left out to compare anything.")
    found = verdict.rate
    days = (verdict.as_of - trial.begins_on).days + 1 if trial.begins_on else 0
    counted = _(
        "Within %(days)s days %(got)s of 100 bought who were meant to get it, and %(left)s of 100"
        " who were left out."
    ) % {
        "days": number(days), "got": _points(found["got_mean"]), "left": _points(found["left_mean"])
    }  # fmt: skip
    return f"{counted} {_bounds_of(found['low'], found['high'])}"


def _bounds_of(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return _("So few bought that nothing follows from it.")
    return _(
        "With what they bought before taken out, the effect lies between %(low)s and %(high)s of"
        " 100."
    ) % {
        "low": _more(low), "high": _more(high)
    }  # fmt: skip


def _more(share: float) -> str:
    said = _("%(points)s more") if share >= 0 else _("%(points)s fewer")
    return said % {"points": _points(abs(share))}


def money_words(verdict: Verdict, currency: str) -> str:
    """What it brought for each customer, where that can be said."""
    found = verdict.money
    if not found or found["low"] is None or found["high"] is None:
        return _("Of the money nothing can be said.")
    spent = _("They spent %(got)s each, and who was left out %(left)s.") % {
        "got": _each(found["got_mean"], currency), "left": _each(found["left_mean"], currency)
    }  # fmt: skip
    places = {"low": _each(found["low"], currency), "high": _each(found["high"], currency)}
    bounds = _("The effect on each lies between %(low)s and %(high)s.") % places
    if verdict.money_word == Word.CANNOT_TELL:
        return f"{spent} {bounds} {_('Of the money alone that does not say whether it helped.')}"
    return f"{spent} {bounds}"


def needed_words(verdict: Verdict) -> str:
    """Where nobody can tell: how many customers it would take."""
    if verdict.word != Word.CANNOT_TELL:
        return ""
    count = verdict.rate.get("left_count", 0) if verdict.rate else 0
    rate = verdict.rate.get("left_mean", 0.5) if verdict.rate else 0.5
    # Nobody and everybody are never certain: one more and one fewer, as Laplace counts.
    spreads = spreads_of_rates((rate * count + 1) / (count + 2))
    return _(
        "To see an effect of %(worth)s of 100 four times in five, it takes about %(needed)s"
        " customers, half of them left out."
    ) % {
        "worth": _points(WORTH_KNOWING),
        "needed": number(_about(customers_needed(spreads, WORTH_KNOWING))),
    }  # fmt: skip


def together_words(found: Together) -> str:
    """All that is over, in a sentence."""
    if found.word == Word.CANNOT_TELL:
        return _("Together they do not tell yet: between %(low)s and %(high)s of 100 bought.") % {
            "low": _more(found.rate.low), "high": _more(found.rate.high)
        }  # fmt: skip
    said = (
        _("Together they helped: about %(points)s more of 100 bought.")
        if found.word == Word.HELPED
        else _("Together they hurt: about %(points)s fewer of 100 bought.")
    )
    return said % {"points": _points(abs(found.rate.difference))}


def together_details(found: Together) -> list[str]:
    """Between which bounds, how much they differ, and what another of the kind may do."""
    rate = found.rate
    counted = ngettext(
        "%(acts)s with a control group is over, of %(customers)s customers in all.",
        "%(acts)s with a control group are over, of %(customers)s customers in all.",
        rate.acts,
    ) % {"acts": number(rate.acts), "customers": number(rate.customers)}
    said = [f"{counted} {_bounds_of(rate.low, rate.high)}"]
    if rate.another is not None:
        said.append(_another_words(rate))
    return said


def _another_words(rate: Pooled) -> str:
    _middle, low, high = rate.another or (0.0, 0.0, 0.0)
    differ = (
        _("They differ from each other by more than the lot explains.")
        if rate.differ_by > 0
        else _("They do not differ from each other by more than the lot explains.")
    )
    mean = _("What such acts do on average lies between %(low)s and %(high)s of 100.") % {
        "low": _more(low), "high": _more(high)
    }  # fmt: skip
    return f"{differ} {mean}"


def _points(share: float) -> str:
    points = 100 * share
    return number(round(points) if abs(points) >= 10 else round(points, 1))


def _each(minor: float, currency: str) -> str:
    return money(Money(round(minor), currency))


def _about(count: int) -> int:
    """To two digits: what is estimated is not said to the last customer."""
    unit: int = 10 ** max(0, len(str(count)) - 2)
    return ceil(count / unit) * unit


@dataclass(frozen=True, slots=True)
class Line:
    """A trial on a page: what it was, and what it says so far."""

    trial: Trial
    verdict: Verdict | None

    @property
    def heading(self) -> str:
        return heading_of(self.trial, self.verdict)

    @property
    def left_out(self) -> str:
        return left_out_words(self.trial)

    @property
    def picture(self) -> dict[str, float] | None:
        """The interval on a line from half fewer to half more: shares of its width."""
        found = self.verdict.rate if self.verdict else {}
        if not found or found["low"] is None or found["high"] is None:
            return None
        return picture_of(found["low"], found["difference"], found["high"])

    @property
    def confidence(self) -> float:
        """Of a hundred such intervals at this look, so many hold the truth."""
        alpha: float = self.verdict.alpha if self.verdict else ALPHAS[-1]
        return round(100 * (1 - alpha), 1)


def picture_of(low: float, middle: float, high: float) -> dict[str, float]:
    """Places on a picture 400 wide, nought in the middle; what lies beyond stops at the edge."""
    reach = max(0.1, *(min(0.5, abs(one)) for one in (low, middle, high)))

    def place(share: float) -> float:
        return round(200 + 190 * max(-1.0, min(1.0, share / reach)), 1)

    return {"low": place(low), "middle": place(middle), "high": place(high)}


def line_of(trial: Trial) -> Line:
    return Line(trial, latest_of(trial))
