"""Why not this customer today: what stands in the way, who comes first, and when it is likely."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.consent.choices import Channel
from regulars.core.actor import Actor
from regulars.core.list_fields import is_hidden
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold
from regulars.planning.candidates import Candidate, DayAhead, Due, due_customers
from regulars.planning.choices import ItemState
from regulars.planning.choosing import day_ahead
from regulars.planning.details import known_of
from regulars.planning.knapsack import best_day
from regulars.planning.known import due_on_of
from regulars.planning.means import weigh_means
from regulars.planning.models import Pause, Plan, PlanItem, Shortlist
from regulars.planning.queries import next_touches_of
from regulars.planning.refusing import leave_out_refused
from regulars.planning.shortlists import read
from regulars.planning.spreading import IsOpen, working_days
from regulars.planning.words import channel_words, day_words, long_day_words, weekday_words
from regulars.team.absences import away_on
from regulars.team.models import Business, Member
from regulars.team.queries import members_who_look_after, minutes_on, the_named_business

# How far ahead a day is foretold, in working days: beyond that too much changes.
FORETOLD = 10


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer: sentences, and the day on which they are likely to be on the list."""

    sentences: Sequence[str]
    on: date | None = None


def why_not_today(customer: Customer, *, actor: Actor, at: datetime) -> WhyNot:
    """Why a customer is not on today's list, or where they are, as far as this person may know."""
    business = the_named_business()
    today = business.day_of(at)
    said = _on_a_list(customer, today) or _left_alone(customer, business, today)
    if said:
        return WhyNot([said])
    members = members_who_look_after()
    ahead = day_ahead(business, members, {member.pk: 0 for member in members}, today)
    due, whose = _due(customer, ahead, members)
    if due is None or whose is None:
        return _not_due(customer, actor, today, business)
    if not due.candidates:
        return WhyNot([_unreachable(due)])
    found = due.candidates[0]
    return _compared(found, whose, ahead, sees=_sees(actor))


def _on_a_list(customer: Customer, today: date) -> str:
    item = PlanItem.objects.of_day(today).filter(customer=customer).select_related("plan__member")
    found = item.exclude(state__in=[ItemState.WAITING, ItemState.HANDED_OVER]).first()
    if found is None:
        return ""
    places = {"name": found.plan.member.name, "channel": channel_words(found.channel)}
    if found.state == ItemState.GOING:
        said = {
            Channel.EMAIL: _("Gets an e-mail by itself today, from %(name)s’s list."),
            Channel.TEXT: _("Gets a text message by itself today, from %(name)s’s list."),
        }
        return said[Channel(found.channel)] % places
    if found.state == ItemState.DONE:
        return _("Was reached today, from %(name)s’s list.") % places
    if found.until and found.until > today:
        return _("Put off until %(day)s.") % {"day": day_words(found.until)}
    return _("On %(name)s’s list today, by %(channel)s.") % places


def _left_alone(customer: Customer, business: Business, today: date) -> str:
    """What keeps somebody off every list, whoever else there is."""
    if customer.archived_at is not None:
        return _("Off the list: nothing asks to be in touch any more.")
    held = Hold.objects.standing_at(day_ahead(business, [], {}, today).midnight(today))
    held = held.filter(customer=customer)
    if held.filter(stops=Holds.ALL).exists() or held.filter(kind=HoldKind.BEREAVEMENT).exists():
        return _("Left in peace: a hold stands for them.")
    clock = getattr(customer, "clock", None)
    if clock is not None and business.day_of(clock.last_touch_at) == today:
        return _("Was in touch with us today already.")
    pause = Pause.objects.filter(customer=customer, until__gt=today).first()
    return _("Put off until %(day)s.") % {"day": day_words(pause.until)} if pause else ""


def _due(
    customer: Customer, ahead: DayAhead, members: Sequence[Member]
) -> tuple[Due | None, Member | None]:
    """The customer as a candidate, and on whose list they would be."""
    dues = due_customers(ahead, only=customer.pk)
    weigh_means(dues, ahead)
    leave_out_refused(dues, ahead)
    found = {pk: due for pk, due in dues.items() if due.count or due.candidates}
    for member in members:
        if member.pk in found:
            return found[member.pk], member
    return None, None


def _not_due(customer: Customer, actor: Actor, today: date, business: Business) -> WhyNot:
    away = away_on(today).get(customer.manager_id or 0)
    if away is not None:
        places = {"name": away.member.get_short_name(), "day": weekday_words(away.back_on)}
        said = _("Can wait for %(name)s, who is away and back on %(day)s.") % places
        return WhyNot([said], away.back_on)
    coming = next_touches_of([customer], today, business)
    touch = coming.get(customer.pk)
    if touch is None or touch.on <= today:
        return WhyNot([_("Nothing asks to be in touch with them today.")])
    clock = getattr(customer, "clock", None)
    if clock is not None and is_hidden(actor, "conversation.last_touch"):
        return WhyNot([_("Not due yet: due on %(day)s.") % {"day": day_words(touch.on)}], touch.on)
    if clock is None:
        return WhyNot(
            [_("Their first touch is due on %(day)s.") % {"day": day_words(touch.on)}], touch.on
        )
    places = {"last": long_day_words(business.day_of(clock.last_touch_at)),
              "day": day_words(touch.on)}  # fmt: skip
    return WhyNot(
        [_("Not due yet: last in touch on %(last)s, due again on %(day)s.") % places], touch.on
    )


def _unreachable(due: Due) -> str:
    if due.refused:
        return _("Due, but what could reach them must not be sent now.")
    return _(
        "Due, but no way to reach them is open: they refused calls, and nothing else is known."
    )


def _sees(actor: Actor) -> frozenset[str]:
    told = ("insight.tier", "insight.stake")
    return frozenset(name for name in told if not is_hidden(actor, name))


def _compared(one: Candidate, member: Member, ahead: DayAhead, *, sees: Collection[str]) -> WhyNot:
    """Beside those who are on the list: what these have more of, and when it is this one's turn."""
    places = {"name": member.name, "minutes": minutes_on(member.pk, ahead.day)}
    plan = Plan.objects.filter(member=member, day=ahead.day).first()
    if plan is None:
        return WhyNot([_("Due today, and today’s list of %(name)s is not made yet.") % places])
    on = _likely_day(one, member, plan)
    when = _when(on)
    if not plan.minutes:
        return WhyNot(
            [_("Due, but %(name)s has no minutes for customers today.") % places, when], on
        )
    ahead_of = list(plan.items.filter(state__in=[ItemState.OPEN, ItemState.DONE]))
    if not ahead_of:
        need = min(option.minutes for option in one.opened)
        short = _("Due, but the least that reaches them takes %(needs)d of %(minutes)d minutes.")
        return WhyNot([short % {**places, "needs": need}, when], on)
    full = ngettext(
        "Due, but %(count)d other comes first in the %(minutes)d minutes of %(name)s.",
        "Due, but %(count)d others come first in the %(minutes)d minutes of %(name)s.",
        len(ahead_of),
    ) % {**places, "count": len(ahead_of)}
    return WhyNot([full, *_what_they_have(ahead_of, one, ahead, sees), when], on)


def _what_they_have(
    others: Sequence[PlanItem], one: Candidate, ahead: DayAhead, sees: Collection[str]
) -> list[str]:
    """In numbers: who is later than this customer, and with whom there is more at stake."""
    since = min(due_on_of(known_of([one], ahead)[one.key]), ahead.day)
    tiers = [item.values.get("tier", "") for item in others if item.due_on < since]
    later = Counter(tiers if "insight.tier" in sees else ())
    said = [
        ngettext(
            "%(count)d “%(tier)s” customer is later than they are.",
            "%(count)d “%(tier)s” customers are later than they are.",
            count,
        )
        % {"count": count, "tier": Tier(tier).label}
        for tier, count in later.most_common(2)
        if tier
    ]
    more = sum(item.stake_minor > one.stake_minor for item in others)
    if more and "insight.stake" in sees:
        said.append(
            ngettext(
                "With %(count)d of them there is more at stake.",
                "With %(count)d of them there is more at stake.",
                more,
            )
            % {"count": more}
        )
    return said


def _likely_day(one: Candidate, member: Member, plan: Plan) -> date | None:
    """The first working day on which they would be chosen, as things stand today."""
    kept = Shortlist.objects.filter(plan=plan).first()
    on_list = set(plan.items.exclude(state=ItemState.WAITING).values_list("customer", flat=True))
    left = {c.key: c for c in read(kept.candidates if kept else []) if c.key not in on_list}
    left[one.key] = one
    is_open, day = working_days(the_named_business()), plan.day
    for _ahead in range(FORETOLD):
        day = _next_open(day, is_open)
        for chosen in best_day(list(left.values()), minutes_on(member.pk, day)):
            if chosen.key == one.key:
                return day
            del left[chosen.key]
    return None


def _next_open(day: date, is_open: IsOpen) -> date:
    for _ahead in range(FORETOLD):
        day += timedelta(days=1)
        if is_open(day):
            break
    return day


def _when(on: date | None) -> str:
    if on is None:
        return _("As things stand it takes more than two weeks until it is their turn.")
    return _("As things stand it is their turn on %(day)s.") % {"day": weekday_words(on)}
