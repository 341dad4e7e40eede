"""The page of one reason: who left because of it, what has changed, what to say and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles
from typing import Any

from django.core.paginator import Paginator
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.actor import Actor
from regulars.core.list_fields import is_hidden
from regulars.core.money import Money
from regulars.departures.choices import FITS, LET_GO, Give, Reason
from regulars.departures.forms import ChangeForm, LetterForm
from regulars.departures.models import Departure, Letter
from regulars.departures.queries.leaving import customers_address
from regulars.departures.queries.winning import (
    LEAST_OF_AN_AVERAGE,
    Worth,
    awaiting_last_word,
    back_after,
    changes_for,
    counted,
    gone_because,
    letters_for,
    looked_at,
    mailing_by_letter,
    second_lives,
    worth_of,
)
from regulars.departures.rules import may_win_back
from regulars.departures.words import Said, said
from regulars.insight.queries import latest_refresh, share_between
from regulars.messaging.lots import said_in_short
from regulars.messaging.models import Mailing
from regulars.team.queries import the_named_business

SIZE, SHOWN = 25, 10
AHEAD = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Row:
    """One of those who left, and what the year after coming back would bring of them."""

    said: Said
    worth: Money | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter: what it gave, what came of it, who was left out by lot."""

    letter: Letter
    mailing: Mailing | None
    label: str
    cost: Money
    lots: list[Any]


def page_of(
    reason: Reason, actor: Actor, at: datetime, *, page: str = "", change: ChangeForm | None = None,
    letter: LetterForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Everything that the page of one reason says."""
    business = the_named_business()
    today, gone = business.day_of(at), gone_because(reason, actor)
    shown = Paginator(gone.select_related("customer").order_by("-left_on", "-pk"), SIZE)
    shown_page = shown.get_page(page)
    lives = _lives(gone, list(shown_page), today, actor)
    worth = worth_of(lives[0])
    changes, is_let_go = list(changes_for(reason)), reason in LET_GO
    left, back, peace = counted(reason, actor)
    return {
        "reason": reason, "label": reason.label, "is_let_go": is_let_go,
        "is_unknown": reason == Reason.UNKNOWN, "gone": left, "back": back, "peace": peace,
        "share": share_between(back, left + back),
        "changes": changes, "lines": _to_say(reason, has_changed=bool(changes)),
        "worth": _in_money(worth, business.currency), "when": _when(reason, actor, today),
        "rows": [_row(one, lives[1], business.currency) for one in shown_page], "page": shown_page,
        "customers": customers_address(reason), "may_win_back": may_win_back(actor),
        "awaiting": awaiting_last_word(reason).count() if is_let_go else 0,
        "letters": _letters(reason, actor),
        "change_form": change or ChangeForm(initial={"changed_on": today}),
        "letter_form": letter
        or LetterForm(currency=business.currency, initial={"give": FITS.get(reason, Give.NOTHING)}),
    }  # fmt: skip


def _lives(
    gone: Any, shown: list[Departure], today: date, actor: Actor
) -> tuple[list[int], dict[int, int]]:
    """Second lives of all who are looked at, and of those on the page."""
    if is_hidden(actor, "insight.stake", "insight.year_spend"):
        return [], {}
    all_of_them = {one.pk: one for one in [*looked_at(gone), *shown]}
    found = second_lives(list(all_of_them.values()), today)
    of_page = {one.pk: found[one.customer_id] for one in shown if one.customer_id in found}
    return list(found.values()), of_page


def _row(one: Departure, lives: dict[int, int], currency: str) -> Row:
    spend = lives.get(one.pk)
    return Row(said(one), Money(spend, currency) if spend is not None else None)


def _in_money(worth: Worth | None, currency: str) -> dict[str, Any] | None:
    if worth is None:
        return None
    amounts = {name: Money(getattr(worth, name), currency) for name in ("each", "low", "high")}
    return {**amounts, "count": worth.count, "is_told": worth.is_told}


def _letters(reason: Reason, actor: Actor) -> list[Sent]:
    letters = list(letters_for(reason)[:SHOWN])
    mailings = mailing_by_letter(letters)
    lots = said_in_short(list(mailings.values()), actor)
    return [
        _sent(one, mailing, lots.get(mailing.pk, []) if mailing else [])
        for one in letters
        for mailing in [mailings.get(one.pk)]
    ]


def _sent(letter: Letter, mailing: Mailing | None, lots: list[Any]) -> Sent:
    return Sent(
        letter, mailing, str(Give(letter.give).label), Money(letter.cost_minor, letter.currency),
        lots,
    )  # fmt: skip


def _to_say(reason: Reason, *, has_changed: bool) -> list[str]:
    """What to say to somebody who left for this reason, in the order in which to say it."""
    if reason in LET_GO:
        return [
            _("Thank them for the time that they were with you. Ask for nothing, offer nothing."),
            _("Say that it is the last that they hear, and that the door is open."),
        ]
    if reason == Reason.UNKNOWN:
        return [
            _("Ask, and listen: “Is it something that we did?” Sell nothing while you ask."),
            _("Guess nothing to their face: who is told a wrong reason has two."),
        ]
    said = {
        Reason.PRICE: _("Say that you heard that it had become too dear. Do not argue."),
        Reason.QUALITY: _("Say that you are sorry, once, for what was not as it should be."),
        Reason.SERVICE: _("Say that you are sorry, once, for how they were looked after."),
        Reason.COMPETITOR: _("Speak well of the other place, or not at all."),
        Reason.CLOSED: _("Say that you are open, since when, and what happened."),
    }[reason]
    lines = [said]
    if has_changed:
        lines.append(_("Say what has changed since, in the words above, and nothing that has not."))
    lines.append(
        _("Give one thing at most. A lower price and something better together bring back those"
          " who leave again soonest (Kumar, Bhagat and Zhang, 2015); this is never proposed.")
    )  # fmt: skip
    return lines


def _when(reason: Reason, actor: Actor, today: date) -> list[str]:
    """The best time to write, as far as it is known."""
    if reason in LET_GO:
        return []
    days = back_after(reason, actor)
    lines = []
    if len(days) >= LEAST_OF_AN_AVERAGE:
        first, middle, third = quantiles(days, n=4)
        lines.append(
            _("Half of those who came back did so within %(middle)s days of leaving, and the middle"
              " half between %(first)s and %(third)s: write before that time is over.")
            % {"middle": round(middle), "first": round(first), "third": round(third)}
        )  # fmt: skip
    elif not days:
        lines.append(
            _("Nobody has come back so far, so that nobody can tell when. Write as soon as what"
              " drove them away has changed, and not before.")
        )  # fmt: skip
    else:
        lines.append(
            ngettext(
                "Only %(n)s came back so far: too few to tell when. Write as soon as what drove"
                " them away has changed, and not before.",
                "Only %(n)s came back so far: too few to tell when. Write as soon as what drove"
                " them away has changed, and not before.",
                len(days),
            ) % {"n": len(days)}
        )  # fmt: skip
    month = _strongest_month(today)
    if month:
        lines.append(
            _("Your strongest month is %(month)s: some weeks before it they look around anyway.")
            % {"month": month}
        )
    return lines


def _strongest_month(today: date) -> str:
    refresh = latest_refresh()
    season = list(refresh.rhythm.get("season", ())) if refresh else []
    if len(season) != len(MONTHS) or max(season) <= 1:
        return ""
    best = season.index(max(season)) + 1
    return "" if best == (today + AHEAD).month - 1 else str(MONTHS[best])
