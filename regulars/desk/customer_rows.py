"""What one row of the customers' list says, for a whole page of them in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.conversations.models import Clock
from regulars.core.money import Money
from regulars.core.strip import rhythm_strip
from regulars.customers.models import Customer
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
    wait_words: str
    overdue_days: int
    last_on: date | None
    spend: Money
    clock: Clock | None
    next: NextTouch | None


def shown_tier(customer: Customer) -> tuple[str, str]:
    """The tier that people see, and the reason where a person set it."""
    override = getattr(customer, "tier_override", None)
    if override is not None:
        return override.tier, override.reason
    facts = facts_of(customer)
    return (facts.tier if facts else Tier.NEW.value), ""


def facts_of(customer: Customer) -> CustomerFacts | None:
    return getattr(customer, "facts", None)


def rows_for(customers: Sequence[Customer], today: date, business: Business) -> list[Row]:
    """Six queries for a page, however many rows it has."""
    closures = list(Closure.objects.values_list("starts_on", "ends_on"))
    days = open_days()
    bought = purchase_days([c.pk for c in customers], today - timedelta(weeks=WEEKS))
    tiers = {customer.pk: shown_tier(customer) for customer in customers}
    next_touches = next_touches_of(
        customers, {pk: tier for pk, (tier, _reason) in tiers.items()}, today, business
    )
    # Drawn once for all rows that wear the same: a component costs more than all the rest of a row.
    badges = {tier: _badge(*tier) for tier in set(tiers.values())}
    rows = []
    for customer in customers:
        facts = facts_of(customer)
        wait = wait_of(facts, today, days) if facts else None
        words = wait_words(wait.usual_days, wait.days) if wait else ""
        short = short_wait_words(wait.usual_days, wait.days) if wait else ""
        due_on = facts.due_on if facts else None
        # Days on which we were closed are not theirs.
        overdue = days.open_between(due_on, today) if due_on and due_on < today else 0
        strip = rhythm_strip(
            purchases=bought.get(customer.pk, ()), today=today, weeks=WEEKS,
            due_on=due_on, closures=closures,
            label=words or _("no purchase yet"), height=STRIP_HEIGHT,
        )  # fmt: skip
        rows.append(Row(
            customer, badges[tiers[customer.pk]], strip, short, overdue,
            facts.last_on if facts else None,
            Money(facts.year_spend_minor if facts else 0, business.currency),
            getattr(customer, "clock", None), next_touches.get(customer.pk),
        ))  # fmt: skip
    return rows


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
