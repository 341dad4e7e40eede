"""The sentence of why: a customer's rhythm as a shopkeeper would say it."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import day_words
from regulars.insight.chances import Expectation
from regulars.insight.choices import Tier, TierWhy

# With fewer gaps of their own, most of what is said is the group's.
OWN_GAPS_NEEDED = 3
DUE_SOON_DAYS = 3
# Fewer to expect than this, and none is likelier than one.
LEAST_PURCHASES_SAID = 0.5


@dataclass(frozen=True, slots=True)
class Wait:
    """Where a customer stands today: days since the last purchase, and how usual that is.

    `share_over` is the share of such gaps that is over after as many open days; `own_gaps` how
    many gaps of theirs that rests on.
    """

    purchase_count: int
    days: int
    days_closed: int
    usual_days: float
    share_over: float
    due_on: date
    own_gaps: int
    is_due: bool

    @property
    def days_open(self) -> int:
        return self.days - self.days_closed


def without_purchases() -> str:
    return _("No purchase on record yet.")


def of_crowd(sales: int) -> str:
    """A name like “cash sale”: many people, so no rhythm and no tier of one."""
    return _(
        "%(count)s sales are booked to this name, more than one person makes; so it has no rhythm,"
        " and is left out of everybody’s."
    ) % {"count": number_format(sales, force_grouping=True)}


def of_newcomer(wait: Wait) -> str:
    """Someone who bought once: only others can say how long such a pause is."""
    if wait.days == 0:
        return _("Bought for the first time today.")
    places = {"ago": _ago(wait.days), "usual": _about(wait.usual_days)}
    if not wait.is_due:
        return (
            _("Bought once, %(ago)s; half of those who come back do so within %(usual)s.") % places
        )
    places["share"] = share_in_words(wait.share_over)
    return _("Bought once, %(ago)s; %(share)s of those who come back had done so by now.") % places


def of_regular(wait: Wait) -> str:
    """Someone with gaps: their usual one, today's beside it, and how usual today's is."""
    usual = usually(wait)
    if wait.days == 0:
        return _("%(usual)s; bought today.") % {"usual": usual}
    places = {"usual": usual, "ago": _ago(wait.days), "due": day_words(wait.due_on)}
    if not wait.is_due:
        if 0 < wait.usual_days - wait.days_open <= min(DUE_SOON_DAYS, wait.usual_days / 2):
            return _("%(usual)s; last here %(ago)s, due %(due)s.") % places
        return _("%(usual)s; last here %(ago)s, next expected about %(due)s.") % places
    places |= {"days": str(wait.days), "share": share_in_words(wait.share_over)}
    if wait.days_closed:
        places["closed"] = str(wait.days_closed)
        return (
            _("%(usual)s, now %(days)s (%(closed)s of those days we were closed);"
              " %(share)s such gaps were over by now.") % places
        )  # fmt: skip
    if wait.share_over < 0.6:
        return _("%(usual)s, now %(days)s: about their time.") % places
    return _("%(usual)s, now %(days)s; %(share)s such gaps were over by now.") % places


def usually(wait: Wait) -> str:
    """“Usually every 34 days”, or, where it is mostly the others who say so, exactly that."""
    if wait.own_gaps >= OWN_GAPS_NEEDED:
        return _("Usually %(every)s") % {"every": _every(wait.usual_days)}
    return _("About %(every)s, going by others like them") % {"every": _every(wait.usual_days)}


def share_in_words(share: float) -> str:
    """A share as people say it, never more than is true: 8 in 10, 19 in 20, 99 in 100."""
    if share >= 0.995:
        return _("nearly all")
    if share >= 0.99:
        return _("99 in 100")
    if share >= 0.95:
        return _("19 in 20")
    tenths = int(share * 10 + 1e-9)
    if tenths == 0:
        return _("fewer than 1 in 10")
    return _("%(tenths)s in 10") % {"tenths": tenths}


def _every(days: float) -> str:
    whole = max(1, round(days))
    return ngettext("every day", "every %(days)s days", whole) % {"days": whole}


def _about(days: float) -> str:
    whole = max(1, round(days))
    return ngettext("about a day", "about %(days)s days", whole) % {"days": whole}


def _ago(days: int) -> str:
    if days == 1:
        return _("yesterday")
    return ngettext("1 day ago", "%(days)s days ago", days) % {"days": days}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of a customer, in words; without chances where there are too few to tell."""

    still_there: str
    back: str
    days: int
    purchases: str
    spend_minor: int
    sure: str


def outlook(expected: Expectation) -> Outlook:
    """A chance is never said higher than it is, and what it rests on stands beside it."""
    if not expected.is_told:
        too_few = _("Too few purchases in all to tell; it takes five that came again.")
        return Outlook("", "", expected.ahead_days, "", 0, too_few)
    return Outlook(
        still_there=share_in_words(expected.still_there),
        back=share_in_words(expected.back_within),
        days=expected.ahead_days,
        purchases=_purchases(expected.purchases),
        # What probably nothing brings is nobody's few pence.
        spend_minor=expected.spend_minor if expected.purchases >= LEAST_PURCHASES_SAID else 0,
        sure=_how_sure(expected.own_gaps),
    )


def _how_sure(own_gaps: int) -> str:
    if own_gaps >= OWN_GAPS_NEEDED:
        return ngettext(
            "From %(count)s gap of their own, weighed with everyone else’s.",
            "From %(count)s gaps of their own, weighed with everyone else’s.",
            own_gaps,
        ) % {"count": own_gaps}
    return _("Mostly from others like them: they have bought too seldom to tell by themselves.")


def _purchases(purchases: float) -> str:
    """Half a purchase is no purchase: as people say it."""
    whole = round(purchases)
    if purchases < LEAST_PURCHASES_SAID:
        return _("probably none")
    if whole <= 1:
        return _("perhaps one")
    return _("about %(count)s") % {"count": whole}


_AWAY = (Tier.SLIPPING, Tier.LAPSED, Tier.LOST)


def of_change(before: str, now: str, why: str) -> str:
    """Why a tier became another: what the count goes by, or that a person said so."""
    said = {
        TierWhy.FIRST: _("So it was when counting began."),
        TierWhy.SET: _("Set by hand."),
        TierWhy.TAKEN_BACK: _("No longer set by hand: the count says again."),
        TierWhy.ENDED: _("Was set by hand until this day: the count says again."),
        TierWhy.GONE: _("Taken off the list."),
    }
    return said.get(TierWhy(why)) or _counted(before, now)


def _counted(before: str, now: str) -> str:
    if not before:
        return _("Counted for the first time.")
    if before in _AWAY and now not in _AWAY:
        return _("Within their usual pause again.")
    if before == Tier.CORE and now == Tier.ACTIVE:
        return _("No longer among the few who bring most of the money.")
    if now in _AWAY and before in _AWAY and _AWAY.index(Tier(now)) < _AWAY.index(Tier(before)):
        return _("The pause is less unusual than it seemed.")
    return {
        Tier.CORE: _("Among the few who bring half of the money."),
        Tier.ACTIVE: _("Bought a second time."),
        Tier.NEW: _("Has one purchase at most on record."),
        Tier.SLIPPING: _("Away for longer than 8 in 10 of their usual pauses."),
        Tier.LAPSED: _("Away for longer than 19 in 20 of their usual pauses."),
        Tier.LOST: _("Away for longer than 99 in 100 of their usual pauses."),
    }[Tier(now)]


@dataclass(frozen=True, slots=True)
class Less:
    """What is said of somebody who buys for less; amounts in words already."""

    percent: int
    visits: int
    is_by_basket: bool
    usual: str
    recent: str
    usual_days: int
    recent_days: int
    missing: str
    is_wholly_missing: bool


def of_less(less: Less) -> str:
    """“About 35 % less: usually £48 a visit, the last 5 visits £31; without Rye”."""
    places = {
        "percent": less.percent, "visits": less.visits, "usual": less.usual, "recent": less.recent,
        "every": _every(less.usual_days), "lately": _every(less.recent_days),
    }  # fmt: skip
    if less.is_by_basket:
        said = _(
            "About %(percent)s %% less: usually %(usual)s a visit,"
            " the last %(visits)s visits %(recent)s"
        )
    else:
        said = _(
            "About %(percent)s %% less over time: usually %(usual)s %(every)s,"
            " the last %(visits)s visits %(recent)s %(lately)s"
        )
    whole = {"said": said % places, "missing": less.missing}
    if not less.missing:
        return _("%(said)s.") % whole
    if less.is_wholly_missing:
        return _("%(said)s; without %(missing)s.") % whole
    return _("%(said)s; mostly without %(missing)s.") % whole


def too_few_to_tell_less() -> str:
    return _("Too few purchases to tell whether they buy less; it takes eleven within two years.")
