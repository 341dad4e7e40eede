"""Break-even in sentences."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.money import Money
from regulars.core.templatetags.look import day_words, money, number, percent
from regulars.goals.models import ProductGroup
from regulars.goals.reckoning import Band, BreakEven, Inputs, Runway, Sold, last_of, month_after
from regulars.insight.plates.plate import month_words


def amount(minor: int, currency: str) -> str:
    """Whole pounds or euros where they are many, to the penny where they are few."""
    precision = "" if abs(minor) < 10_000 else "round"
    return str(money(Money(minor, currency), precision))


def exact(minor: int, currency: str) -> str:
    return str(money(Money(minor, currency)))


def band_words(band: Band, currency: str) -> str:
    """“4,120 €”, or “3,900 € to 4,400 €”."""
    if band.is_exact:
        return amount(band.middle, currency)
    return _("%(low)s to %(high)s") % {
        "low": amount(band.low, currency), "high": amount(band.high, currency),
    }  # fmt: skip


def count_words(band: Band) -> str:
    if band.is_exact:
        return number(band.middle)
    return _("%(low)s to %(high)s") % {"low": number(band.low), "high": number(band.high)}


def headline(told: BreakEven, inputs: Inputs) -> str:
    """“You break even at 4,120 € a week: about 9 orders a day.”"""
    if told.trouble:
        return trouble_words(told, inputs)
    places = {"week": band_words(told.week, inputs.currency)}
    if told.orders_a_day is None:
        return _("You break even at %(week)s a week.") % places
    orders = told.orders_a_day
    return ngettext(
        "You break even at %(week)s a week: about %(orders)s order a day.",
        "You break even at %(week)s a week: about %(orders)s orders a day.",
        orders.high,
    ) % {**places, "orders": count_words(orders)}  # fmt: skip


def trouble_words(told: BreakEven, inputs: Inputs) -> str:
    """Why no break-even can be told, and what to do."""
    if told.trouble == "no_groups":
        return _("Say what is left of what you sell, and it is said how much you have to sell.")
    if told.trouble == "no_costs":
        return _("Without fixed costs the first sale already pays: write down what you pay anyway.")
    lost = [group.name for group in inputs.groups if group.margins[0] <= 0]
    if lost and told.margins[2] > 0 and told.margins[0] <= 0:
        return _(
            "In the worst case nothing is left of what you sell, and no volume is enough:"
            " look at %(groups)s."
        ) % {"groups": ", ".join(lost)}  # fmt: skip
    if lost:
        return _(
            "At this mix nothing is left of what you sell, so no volume is enough: %(groups)s must"
            " cost less, sell for more, or be a smaller part."
        ) % {"groups": ", ".join(lost)}  # fmt: skip
    return _("Nothing is left of what you sell, so no volume is enough.")


def standing(told: BreakEven) -> str:
    """“Last month you were at 83 %.”"""
    last = told.last_month
    if told.trouble:
        return ""
    if last is None:
        return _("How far you are is said once your orders are in.")
    if last.share is None:
        return ""
    said = _("In %(month)s you were at %(share)s.") % {
        "month": month_words(last.first), "share": percent(float(last.share)),
    }  # fmt: skip
    if last.share >= 1:
        return _("%(said)s That paid for everything.") % {"said": said}
    return said


def so_far(sold: Sold | None, today: date, currency: str) -> str:
    """How much of the month that has begun is sold."""
    if sold is None or not sold.need_minor:
        return ""
    days = (last_of(sold.first) - today).days
    return ngettext(
        "This month has brought %(sold)s of %(need)s so far; %(days)s day is left.",
        "This month has brought %(sold)s of %(need)s so far; %(days)s days are left.", days,
    ) % {
        "sold": amount(sold.sold_minor, currency), "need": amount(sold.need_minor, currency),
        "days": number(days),
    }  # fmt: skip


def why_a_range(inputs: Inputs) -> str:
    """Which inputs are ranges: to know them better makes the answer narrower."""
    names = [cost.name for cost in inputs.costs if cost.low_minor != cost.high_minor]
    names += [group.name for group in inputs.groups if group.margins[0] != group.margins[1]]
    if not names:
        return ""
    return _("A range, because you know these only as one: %(names)s.") % {
        "names": ", ".join(names)
    }


def dip_words(told: BreakEven, currency: str) -> list[str]:
    """Where selling more loses again, because a step comes in."""
    months = max(1, len(told.months))
    return [
        _(
            "Between %(low)s and %(high)s a month on average a cost that comes in steps is not"
            " earned yet: there you would lose again."
        ) % {
            "low": amount(low // months, currency), "high": amount(high // months, currency),
        }
        for low, high in told.dips
    ]  # fmt: skip


def runway_words(runway: Runway | None, inputs: Inputs) -> str:
    """Until when the money at hand lasts."""
    if runway is None or inputs.cash_minor is None:
        return ""
    cash = amount(inputs.cash_minor, inputs.currency)
    if inputs.cash_minor < 0:
        return _("You owe %(cash)s as it is: nothing lasts until that is paid.") % {
            "cash": amount(-inputs.cash_minor, inputs.currency)
        }
    closed = _until(runway.closed, inputs)
    if not runway.is_known:
        return _("Your %(cash)s last %(closed)s if nothing at all is sold.") % {
            "cash": cash, "closed": closed,
        }  # fmt: skip
    if runway.worst is None:
        return _(
            "At what the last three months sold, your %(cash)s last for years. With nothing sold at"
            " all they would last %(closed)s."
        ) % {"cash": cash, "closed": closed}  # fmt: skip
    if runway.worst == runway.best:
        return _(
            "At what the last three months sold, your %(cash)s last %(until)s. With nothing sold at"
            " all they would last %(closed)s."
        ) % {"cash": cash, "until": _until(runway.middle, inputs), "closed": closed}  # fmt: skip
    return _(
        "At what the last three months sold, your %(cash)s last %(until)s in the worst case and"
        " %(most)s in the best. With nothing sold at all they would last %(closed)s."
    ) % {
        "cash": cash, "until": _until(runway.worst, inputs), "most": _until(runway.best, inputs),
        "closed": closed,
    }  # fmt: skip


def _until(months: int | None, inputs: Inputs) -> str:
    if months is None:
        return _("for five years and more")
    if not months:
        return _("not even through next month")
    last = month_after(inputs.this_month, months)
    return ngettext(
        "for %(count)s month, through %(month)s", "for %(count)s months, through %(month)s", months
    ) % {"count": number(months), "month": month_words(last)}


def beside_words(told: BreakEven, now: BreakEven, inputs: Inputs) -> str:
    """What a what-if would change, in a sentence."""
    if told.trouble:
        return trouble_words(told, inputs)
    apart = told.month.middle - now.month.middle
    change = amount(abs(apart), inputs.currency)
    says = (
        _("Break-even comes %(change)s a month sooner.") if apart < 0
        else _("Break-even comes %(change)s a month later.") if apart > 0
        else _("Break-even stays where it is.")
    ) % {"change": change}  # fmt: skip
    if told.may_lose is None or told.may_lose == 0:
        return says
    share = percent(abs(float(told.may_lose)))
    more = (
        _("If no more than %(share)s of what you sell stays away, it leaves you better off.")
        if told.may_lose > 0
        else _("You would have to sell %(share)s more to be as well off as now.")
    ) % {"share": share}
    return f"{says} {more}"


def foreign_words(foreign: dict[str, int], currency: str) -> str:
    """Orders in other currencies count nowhere here."""
    if not foreign:
        return ""
    codes = ", ".join(sorted(foreign))
    count = sum(foreign.values())
    return ngettext(
        "%(count)s order is in another currency than %(currency)s (%(codes)s) and is not counted"
        " here: Regulars knows no rates of exchange.",
        "%(count)s orders are in other currencies than %(currency)s (%(codes)s) and are not"
        " counted here: Regulars knows no rates of exchange.", count,
    ) % {"count": number(count), "currency": currency, "codes": codes}  # fmt: skip


def season_words(told_by: str, *, are_two_years: bool) -> str:
    """From where it is known how strong each month is."""
    if told_by == "entered":
        return _("How strong each month is, you have entered.")
    if told_by == "even":
        return _("Every day open counts alike.")
    if are_two_years:
        return _("How strong each month is, your own orders say.")
    return _(
        "Every day open counts alike: your orders show no season, or are not two years long yet."
    )


def margin_words(low: Fraction, high: Fraction) -> str:
    if low == high:
        return _tenth(low)
    return _("%(low)s to %(high)s") % {"low": _tenth(low), "high": _tenth(high)}


def _tenth(share: Fraction) -> str:
    """70 %, or 42.9 %."""
    tenths = round(share * 1000) / 10
    return _("%(share)s %%") % {"share": number(int(tenths) if tenths == int(tenths) else tenths)}


def cost_words(low_minor: int, high_minor: int, currency: str) -> str:
    return band_words(Band(low_minor, (low_minor + high_minor) // 2, high_minor), currency)


def when_words(from_on: date | None, until_on: date | None) -> str:
    """“from 1 Mar 2026 until 30 Sep 2026”."""
    if from_on and until_on:
        return _("from %(from)s until %(until)s") % {
            "from": day_words(from_on),
            "until": day_words(until_on),
        }
    if from_on:
        return _("from %(day)s") % {"day": day_words(from_on)}
    return _("until %(day)s") % {"day": day_words(until_on)} if until_on else ""


def group_names(groups: Sequence[ProductGroup]) -> dict[str, str]:
    return {str(group.pk): group.name for group in groups}


def is_stale(cash_on: date | None, today: date) -> bool:
    """Money at hand that was told a month ago may be another by now."""
    return cash_on is not None and today - cash_on > timedelta(days=31)
