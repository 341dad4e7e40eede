"""What other rooms and the screens ask about who customers are to us."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from regulars.core.bulk import rows_of
from regulars.core.models import Job
from regulars.core.money import Money
from regulars.core.templatetags.look import money
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight import sentences
from regulars.insight.calendar import OpenDays
from regulars.insight.chances import Expectation, History, expectation
from regulars.insight.choices import AHEAD_DAYS, Tier
from regulars.insight.models import (
    BuyingLess,
    CustomerFacts,
    KeptFigure,
    Refresh,
    TierChange,
    TierOverride,
)
from regulars.insight.rhythm import share_over_by
from regulars.insight.seasons import Season, TradingDays
from regulars.insight.sentences import Less, Outlook, Wait
from regulars.insight.shares import LEAST_OF_A_SHARE, bounds
from regulars.orders.models import Order
from regulars.team.models import Closure

# The last five and six before: with fewer purchases nothing is said.
LEAST_TO_TELL_LESS = 11
YEAR_DAYS = 365


def latest_refresh() -> Refresh | None:
    return Refresh.objects.order_by("-id").first()


def kept_figures(names: Iterable[str]) -> dict[str, KeptFigure]:
    """Figures as they were last counted, by name."""
    return KeptFigure.objects.in_bulk(list(names))


def open_days(closures: Iterable[tuple[date, date]] | None = None) -> OpenDays:
    """The days that count for a rhythm; read once, then ask about as many customers as you like.

    `closures` are the days closed, where they were read already.
    """
    if closures is None:
        closures = Closure.objects.values_list("starts_on", "ends_on")
    return OpenDays(closures)


def facts_of(customer: Customer) -> CustomerFacts | None:
    """What was counted about a customer; None until they have been counted."""
    return CustomerFacts.objects.filter(customer=customer).first()


def with_tier(customers: CustomerQuerySet) -> CustomerQuerySet:
    """Adds `shown_tier`: what a person set, else what was counted, else new."""
    return customers.annotate(
        shown_tier=Coalesce(
            F("tier_override__tier"), F("facts__tier"), Value(Tier.NEW.value)
        )
    )  # fmt: skip


def shown_tier_of(customer: Customer) -> str:
    """The tier that people see of one customer, read anew."""
    rows = with_tier(Customer.objects.filter(pk=customer.pk))
    return str(rows.values_list("shown_tier", flat=True).get())  # type: ignore[misc]


def of_tier(customers: CustomerQuerySet, tier: str) -> CustomerQuerySet:
    """Those whom people see in a tier."""
    counted = Q(facts__tier=tier)
    if tier == Tier.NEW:
        counted |= Q(facts=None)
    return customers.filter(Q(tier_override__tier=tier) | Q(tier_override=None) & counted)


def wait_of(facts: CustomerFacts, today: date, days: OpenDays | None = None) -> Wait | None:
    """Where a customer stands today in their own rhythm; None for someone who never bought."""
    if not facts.last_on or not facts.usual_gap_days or not facts.gap_spread or not facts.due_on:
        return None
    days = days or open_days()
    elapsed = max(0, (today - facts.last_on).days)
    closed = days.closed_between(facts.last_on, today) if elapsed else 0
    return Wait(
        purchase_count=facts.purchase_count,
        days=elapsed,
        days_closed=closed,
        usual_days=facts.usual_gap_days,
        share_over=share_over_by(elapsed - closed, facts.usual_gap_days, facts.gap_spread),
        due_on=facts.due_on,
        own_gaps=facts.purchase_count - 1,
        is_due=facts.due_on <= today,
    )


def sentence_of(facts: CustomerFacts, today: date, days: OpenDays | None = None) -> str:
    """The sentence of why: “Usually every 34 days, now 71; 8 in 10 such gaps were over by now”.

    Pass `days=open_days()` when asking for many.
    """
    if facts.crowd_sales:
        return sentences.of_crowd(facts.crowd_sales)
    wait = wait_of(facts, today, days)
    if wait is None:
        return sentences.without_purchases()
    if wait.own_gaps == 0:
        return sentences.of_newcomer(wait)
    return sentences.of_regular(wait)


def expected_of(
    facts: CustomerFacts, kind: str, today: date, days: OpenDays | None = None,
    *, refresh: Refresh | None = None, ahead_days: int = AHEAD_DAYS,
) -> Expectation | None:  # fmt: skip
    """What to expect of a customer in the days that come; None for someone who never bought.

    Worked out now from what stands in their row. Pass `days` and `refresh` when asking for many.
    """
    refresh = refresh or latest_refresh()
    if refresh is None or not facts.first_on or not facts.last_on:
        return None
    group = refresh.rhythm.get("groups", {}).get(kind, {})
    if "pattern" not in group:  # counted before patterns were
        return None
    season = Season(tuple(refresh.rhythm["season"]))
    trading = TradingDays(days or open_days(), season)
    history = History(
        repeats=facts.purchase_count - 1,
        span=trading.between(facts.first_on, facts.last_on),
        silence=trading.between(facts.last_on, max(today, facts.last_on)),
        ahead=trading.between(today, today + timedelta(days=ahead_days)),
    )
    return expectation(group, history, spend_minor=facts.spend_minor, ahead_days=ahead_days)


def second_year_of(
    facts: CustomerFacts, kind: str, today: date, days: OpenDays | None = None,
    *, refresh: Refresh | None = None,
) -> Expectation | None:  # fmt: skip
    """What the year after coming back would bring of somebody, if they bought again today.

    The long silence counts as one of their gaps: who stayed away for long comes less often after.
    """
    if not facts.first_on or facts.first_on > today:
        return None
    back = copy(facts)
    back.last_on, back.purchase_count = today, facts.purchase_count + 1
    a_purchase = facts.spend_minor // max(1, facts.purchase_count)
    back.spend_minor = facts.spend_minor + a_purchase
    return expected_of(back, kind, today, days, refresh=refresh, ahead_days=YEAR_DAYS)


def outlook_of(
    facts: CustomerFacts, kind: str, today: date, days: OpenDays | None = None
) -> Outlook | None:
    """What to expect of a customer, in words; None for someone who never bought."""
    expected = expected_of(facts, kind, today, days)
    return sentences.outlook(expected) if expected else None


@dataclass(frozen=True, slots=True)
class TierLine:
    """One tier of the list as people see it."""

    tier: str
    customer_count: int
    year_spend_minor: int
    stake_minor: int


def counted_tiers() -> dict[str, list[int]]:
    """By counted tier: how many customers, what they spent in twelve months, are worth a year.

    Looks through all facts: a count keeps it, and pages read what was kept.
    """
    # Put like this so that SQLite does not go from tier to tier, row after scattered row.
    rows = rows_of(
        "SELECT coalesce(tier, tier), count(*), sum(year_spend_minor), sum(stake_minor)"
        " FROM insight_customerfacts GROUP BY 1"
    )
    return {tier: [int(number) for number in numbers] for tier, *numbers in rows}


def tiers_of_the_list(refresh: Refresh | None = None) -> list[TierLine]:
    """How many customers each tier has, what they spent in twelve months and are worth a year.

    As the last count kept it. A tier set by a person wins over the counted one.
    """
    kept = refresh.figures.get("tiers") if refresh else None
    lines = {tier: [0, 0, 0] for tier in Tier.values}
    for tier, numbers in (kept or counted_tiers()).items():
        lines[tier] = list(numbers)
    # Overrides are few: move just those, instead of joining everybody with nothing.
    facts = ("tier", "year_spend_minor", "stake_minor")
    rows = TierOverride.objects.values_list("tier", *(f"customer__facts__{one}" for one in facts))
    for by_hand, counted, spend, stake in rows:
        for tier, sign in ((counted, -1), (by_hand, 1)) if counted else ():
            for place, amount in enumerate((1, spend, stake)):
                lines[tier][place] += sign * amount
    return [TierLine(tier, *sums) for tier, sums in lines.items()]


def slipping_customers(limit: int) -> list[CustomerFacts]:
    """Who is slipping, worth most first, with their customer."""
    facts = CustomerFacts.objects.select_related("customer", "customer__tier_override")
    counted = facts.filter(tier=Tier.SLIPPING).exclude(
        pk__in=TierOverride.objects.values("customer_id")
    )
    # Those are few; told so, the database begins with them.
    set_so = TierOverride.objects.filter(tier=Tier.SLIPPING).values("customer_id")
    by_hand = facts.filter(pk__in=set_so)
    best_first = ("-stake_minor", "customer_id")
    found = [*counted.order_by(*best_first)[:limit], *by_hand.order_by(*best_first)[:limit]]
    return sorted(found, key=lambda one: (-one.stake_minor, one.pk))[:limit]


def share_between(yes: int, count: int) -> tuple[float, float] | None:
    """The bounds of a share, right 19 times in 20; nothing where they are too few to tell."""
    return bounds(yes, count) if count >= LEAST_OF_A_SHARE else None


def first_day_of_the_books() -> date | None:
    """The day of the first order of a known customer."""
    known = Order.objects.filter(customer__isnull=False)
    first: date | None = known.aggregate(first=Min("placed_on"))["first"]
    return first


def count_under_way() -> Job | None:
    """A count that is waiting or running, if there is one."""
    waiting = Job.objects.filter(
        name="insight.refresh", state__in=(Job.State.WAITING, Job.State.RUNNING)
    )
    return waiting.order_by("-id").first()


def tier_changes_of(customer: Customer, limit: int) -> list[TierChange]:
    """How a customer's tier has changed, the latest first."""
    changes = TierChange.objects.filter(customer=customer).select_related("set_by")
    return list(changes.order_by("-id")[:limit])


def sentence_of_change(change: TierChange) -> str:
    """Why a tier became another, in a sentence."""
    return sentences.of_change(change.from_tier, change.to_tier, change.why)


# What a look back keeps: all together, its tenths, and what the models were fitted to then.
HINDSIGHT = "hindsight"


def look_back_under_way() -> Job | None:
    """A look back that is waiting or running, if there is one."""
    states = (Job.State.WAITING, Job.State.RUNNING)
    return Job.objects.filter(name="insight.look_back", state__in=states).order_by("-id").first()


def is_looked_back_since(moment: datetime) -> bool:
    return KeptFigure.objects.filter(name=HINDSIGHT, counted_at__gte=moment).exists()


def less_words(less: BuyingLess, currency: str) -> str:
    """“About 35 % less: usually £48 a visit, the last 5 visits £31; mostly without Rye.”"""
    return sentences.of_less(
        Less(
            percent=max(1, round(100 * less.share)),
            visits=less.recent_count,
            is_by_basket=less.is_by_basket,
            usual=str(money(Money(less.usual_minor, currency), "round")),
            recent=str(money(Money(less.recent_minor, currency), "round")),
            usual_days=max(1, round(less.usual_gap_days)),
            recent_days=max(1, round(less.recent_gap_days)),
            missing=less.missing,
            is_wholly_missing=less.is_wholly_missing,
        )
    )


def buying_less_of(customer: Customer, currency: str) -> str:
    """Whether one who still comes buys for less, in a sentence; nothing where nothing is to say."""
    facts = facts_of(customer)
    if facts is None or facts.crowd_sales or facts.tier not in (Tier.CORE, Tier.ACTIVE):
        return ""
    less = BuyingLess.objects.filter(customer=customer).first()
    if less is not None:
        return less_words(less, currency)
    if facts.purchase_count < LEAST_TO_TELL_LESS:
        return sentences.too_few_to_tell_less()
    return ""


def count_buying_less(customers: CustomerQuerySet) -> int:
    return _buying_less_among(customers).count()


def _buying_less_among(customers: CustomerQuerySet) -> QuerySet[BuyingLess]:
    # They are few: each is looked up among the customers, which may be a million.
    return BuyingLess.objects.filter(Exists(customers.filter(pk=OuterRef("pk"))))


def customers_buying_less(customers: CustomerQuerySet, limit: int) -> list[BuyingLess]:
    """Those among them who still come, and buy for less; what takes most from a year first."""
    rows = _buying_less_among(customers).select_related("customer")
    return list(rows.order_by("-worth_minor", "customer_id")[:limit])
