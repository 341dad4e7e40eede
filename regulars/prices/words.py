"""Prices in words: what they are, how they stand, whom they undercut."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.money import Money
from regulars.core.templatetags.look import day_words, money, number
from regulars.prices.choices import LookState, PriceKind, Standing
from regulars.prices.models import Price, ShopLook


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


def look_words(look: ShopLook, *, is_asking: bool, undercut: int | None) -> str:
    """How a look at the shop's list went; `undercut` is left out for whoever may not hear it."""
    when = {"when": _moment_words(look.at)}
    if is_asking:
        return ngettext(
            "The shop is being asked: %(n)s product so far.",
            "The shop is being asked: %(n)s products so far.", look.products,
        ) % {"n": number(look.products)}  # fmt: skip
    if look.state == LookState.LOOKING:
        return _("The look that began %(when)s was broken off. Look again.") % when
    if look.state == LookState.FAILED:
        return _("Asked %(when)s in vain. What holds is as it was.") % when
    if look.state == LookState.HELD:
        return ngettext(
            "Fetched %(when)s: %(n)s product, where there were %(before)s. Nothing was changed.",
            "Fetched %(when)s: %(n)s products, where there were %(before)s. Nothing was changed.",
            look.products,
        ) % {**when, "n": number(look.products), "before": number(look.before)}  # fmt: skip
    return " ".join(_found_words(look, when, undercut))


def _found_words(look: ShopLook, when: dict[str, str], undercut: int | None) -> list[str]:
    if look.state == LookState.SEEN:
        words = ngettext(
            "Looked at %(when)s: %(n)s product with its price.",
            "Looked at %(when)s: %(n)s products with their prices.", look.products,
        )  # fmt: skip
    else:
        words = ngettext(
            "Fetched %(when)s: %(n)s price.", "Fetched %(when)s: %(n)s prices.", look.products
        )
    said = [words % {**when, "n": number(look.products)}]
    for count, words in (
        (look.new, ngettext("%(n)s is new.", "%(n)s are new.", look.new)),
        (look.changed, ngettext("%(n)s changed.", "%(n)s changed.", look.changed)),
        (look.gone, ngettext("%(n)s is on it no longer.", "%(n)s are on it no longer.", look.gone)),
        (undercut, ngettext(
            "%(n)s undercuts old customers.", "%(n)s undercut old customers.", undercut or 0
        )),
    ):  # fmt: skip
        if count:
            said.append(words % {"n": number(count)})
    return said


def _moment_words(moment: datetime) -> str:
    hour = date_format(timezone.localtime(moment), "H:i")
    return _("%(day)s %(hour)s") % {"day": day_words(moment), "hour": hour}


def currency_words(look: ShopLook, own: str) -> list[str]:
    """In which currency the list is, where that is not a matter of course."""
    if not look.says_currency:
        return [_("The list names no currency: its prices are taken as %(own)s.") % {"own": own}]
    return [
        ngettext(
            "%(n)s price is in %(currency)s, and your books are in %(own)s: it is compared only"
            " with orders in %(currency)s.",
            "%(n)s prices are in %(currency)s, and your books are in %(own)s: they are compared"
            " only with orders in %(currency)s.", count,
        ) % {"n": number(count), "currency": currency, "own": own}
        for currency, count in sorted(look.currencies.items()) if currency != own
    ]  # fmt: skip
