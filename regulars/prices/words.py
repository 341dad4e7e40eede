"""Prices in words: what they are, how they stand, whom they undercut."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.money import Money
from regulars.core.templatetags.look import day_words, money, number
from regulars.prices.choices import PriceKind, Standing
from regulars.prices.models import Price


def kind_words(price: Price) -> str:
    """What kind of price it is, with its code or whom it was told."""
    if price.kind == PriceKind.COUPON:
        if price.code:
            return _("with coupon “%(code)s”") % {"code": price.code}
        return _("with a coupon")
    if price.kind == PriceKind.QUOTE and price.customer is not None:
        return _("told to %(name)s") % {"name": price.customer.name}
    return _("for everybody")


def standing_words(price: Price, today: date) -> str:
    """Where it stands, with the day that comes next."""
    standing = price.standing_on(today)
    if standing == Standing.PLANNED:
        return _("planned from %(day)s") % {"day": day_words(price.opens_on)}
    if standing == Standing.COMING:
        return _("published, holds from %(day)s") % {"day": day_words(price.opens_on)}
    if standing == Standing.ASIDE:
        return _("set aside")
    if standing == Standing.OVER and price.closes_on is not None:
        return _("over since %(day)s") % {"day": day_words(price.closes_on)}
    if price.closes_on is not None:
        return _("holds until %(day)s") % {"day": day_words(price.closes_on)}
    return _("holds since %(day)s") % {"day": day_words(price.opens_on)}


def undercut_words(price: Price, days: int) -> str:
    """The finding: how many old customers pay or paid more, and what it costs to make it right."""
    if price.checked_at is None:
        return _("Looking who paid more in the last %(days)d days …") % {"days": days}
    if not price.open_count:
        return _("No old customer pays more, or paid more in the last %(days)d days.") % {
            "days": days
        }
    words = ngettext(
        "%(count)s old customer pays more, or paid more in the last %(days)d days: %(amount)s.",
        "%(count)s old customers pay more, or paid more in the last %(days)d days:"
        " %(amount)s in all.", price.open_count,
    )  # fmt: skip
    return words % {
        "count": number(price.open_count), "days": days, "amount": money(price.open_amount),
    }  # fmt: skip


def other_words(price: Price) -> list[str]:
    """What was not compared, and why."""
    return [
        ngettext(
            "%(count)s order of it is in %(currency)s: not compared, for amounts in two currencies"
            " have no difference.",
            "%(count)s orders of it are in %(currency)s: not compared, for amounts in two"
            " currencies have no difference.", count,
        ) % {"count": number(count), "currency": currency}
        for currency, count in sorted(price.other_currencies.items())
    ]  # fmt: skip


def quantity_words(price: Price) -> str:
    if price.from_quantity <= 0:
        return ""
    return _("from %(many)s at once") % {"many": f"{price.from_quantity.normalize():f}"}


def unit_words(milli: int, currency: str) -> str:
    """The price of one that was paid; it may hold parts of a penny."""
    return money(Money(round(milli / 1000), currency))
