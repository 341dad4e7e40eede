"""What one row of the customers' list says, for a whole page of them in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.consent.choices import Channel
from regulars.conversations.models import Clock
from regulars.core.money import Money
from regulars.core.strip import rhythm_strip
from regulars.core.templatetags.look import day_words
from regulars.customers.models import Customer
from regulars.desk.seeing import Sight
from regulars.insight.choices import Tier
from regulars.insight.models import CustomerFacts
from regulars.insight.queries import open_days, wait_of
from regulars.orders.queries import purchase_days
from regulars.planning.queries import NextTouch, next_touches_of
from regulars.team.models import Business, Closure

WEEKS = 26
STRIP_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class Row:
    """One customer of the list."""

    customer: Customer
    badge: SafeString
    strip: SafeString
    select_words: str
    wait_words: str
    overdue_words: str
    touch_words: str
    last_on: date | None
    spend: Money | None
    next: NextTouch | None
    # With what: drawn where the next touch stands on today's list.
    channel: SafeString


def shown_tier(customer: Customer) -> tuple[str, str]:
    """The tier that people see, and the reason where a person set it."""
    override = getattr(customer, "tier_override", None)
    if override is not None:
        return override.tier, override.reason
    facts = facts_of(customer)
    return (facts.tier if facts else Tier.NEW.value), ""


def facts_of(customer: Customer) -> CustomerFacts | None:
    return getattr(customer, "facts", None)


def rows_for(
    customers: Sequence[Customer], today: date, business: Business, sight: Sight
) -> list[Row]:
    """Six queries for a page, however many rows it has."""
    closures = list(Closure.objects.values_list("starts_on", "ends_on"))
    days = open_days(closures)
    bought = purchase_days([c.pk for c in customers], today - timedelta(weeks=WEEKS))
    tiers = {customer.pk: shown_tier(customer) for customer in customers}
    next_touches = next_touches_of(customers, today, business)
    # Said and drawn once for all rows that need the same: doing so costs more than the row itself.
    badges = {tier: _badge(*tier) for tier in set(tiers.values())} if sight.tier else {}
    channels = {
        one.item.channel: _channel(one.item.channel) for one in next_touches.values() if one.item
    }
    said = _Said()
    rows = []
    for customer in customers:
        counted = facts_of(customer)
        facts = counted if sight.rhythm else None
        wait = wait_of(facts, today, days) if facts else None
        words = wait_words(wait.usual_days, wait.days) if wait else ""
        short = short_wait_words(wait.usual_days, wait.days) if wait else ""
        due_on = facts.due_on if facts else None
        # Days on which we were closed are not theirs.
        overdue = days.open_between(due_on, today) if due_on and due_on < today else 0
        strip = rhythm_strip(
            purchases=bought.get(customer.pk, ()), today=today, weeks=WEEKS,
            due_on=due_on, closures=closures,
            label=words or said.no_purchase, height=STRIP_HEIGHT,
        ) if sight.rhythm else SafeString("")  # fmt: skip
        touch = next_touches.get(customer.pk)
        rows.append(Row(
            customer, badges.get(tiers[customer.pk], SafeString("")), strip,
            said.select % {"name": customer.name}, short, overdue_words(overdue),
            said.last_touch_of(customer) if sight.last_touch else "",
            facts.last_on if facts else None,
            _year(counted, business) if sight.year_spend else None,
            touch, channels[touch.item.channel] if touch and touch.item else SafeString(""),
        ))  # fmt: skip
    return rows


def _year(facts: CustomerFacts | None, business: Business) -> Money:
    return Money(facts.year_spend_minor if facts else 0, business.currency)


class _Said:
    """The sentences of a row, asked of the translation once a page."""

    def __init__(self) -> None:
        self.select, self.no_purchase = _("Select %(name)s"), _("no purchase yet")
        self.touched, self.untouched = _("last: %(how)s, %(when)s"), _("no touch yet")
        self.channels = {value: str(label) for value, label in Channel.choices}

    def last_touch_of(self, customer: Customer) -> str:
        clock: Clock | None = getattr(customer, "clock", None)
        if clock is None:
            return self.untouched
        how = self.channels.get(clock.last_channel, clock.last_channel)
        return self.touched % {"how": how, "when": day_words(clock.last_touch_at)}


def overdue_words(days: int) -> str:
    """“3 days overdue”; nothing where they are not."""
    if not days:
        return ""
    return ngettext("%(n)s day overdue", "%(n)s days overdue", days) % {"n": days}


def _channel(name: str) -> SafeString:
    return render_to_string("core/_channel.html", {"name": name, "iconalone": True})


def _badge(tier: str, override: str) -> SafeString:
    shown = {"tier": tier, "override": override}
    return render_to_string("desk/customers/_tier.html", shown)


def wait_words(usual_days: float, now_days: int) -> str:
    """“every 6 days, now 19”."""
    places = {"usual": max(1, round(usual_days)), "now": now_days}
    if places["usual"] == 1:
        return _("every day, now %(now)s") % places
    return _("every %(usual)s days, now %(now)s") % places


def short_wait_words(usual_days: float, now_days: int) -> str:
    """The same in a narrow column, under the heading that says days."""
    return _("every %(usual)s, now %(now)s") % {
        "usual": max(1, round(usual_days)),
        "now": now_days,
    }
