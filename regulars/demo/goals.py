"""What Juniper & Rye pays, what is left of its bread and coffee, and who is to sell what."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from regulars.conversations.choices import Direction
from regulars.conversations.models import Touch
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.team import IFE, NORA, TOMASZ
from regulars.goals.actions.counting import count_trade
from regulars.goals.actions.progress import count_progress
from regulars.goals.choices import Answer, Counts, Every, Whom
from regulars.goals.models import Basis, FixedCost, Goal, GoalCall, ProductGroup, Trade, WhatIf
from regulars.goals.reckoning import last_of, month_after
from regulars.insight.choices import Tier
from regulars.messaging.actions.contacts import count_touch
from regulars.team.models import Member

# Name, the least and the most in minor units, how often, and above which sales of a month alone.
COSTS = (
    ("Rent of the shop and the oven room", 285_000, 285_000, Every.MONTH, None),
    ("Wages", 960_000, 1_020_000, Every.MONTH, None),
    ("Gas and electricity", 125_000, 160_000, Every.MONTH, None),
    ("Insurance", 588_000, 588_000, Every.YEAR, None),
    ("Accountant", 108_000, 108_000, Every.QUARTER, None),
    ("A baker for the busy weeks", 150_000, 150_000, Every.MONTH, 3_400_000),
)
# The new oven is paid off for three years from the day on which we opened again.
OVEN, OVEN_MONTHLY, OVEN_DAYS = "The new oven", 69_000, 1_095
# Name, words that say what is in it, the least and the most that is left, in hundredths of a per
# cent. The last takes the rest.
GROUPS = (
    ("Coffee and tea", "flat white\nlatte\ntea", 7_800, 7_800),
    ("Cakes and pastries", "tart\nbun\nbrownie\ncroissant\ncake\nstollen\npastry", 5_500, 6_200),
    ("Trays, boxes and hampers", "tray\nhamper\nbox", 4_800, 4_800),
    ("Bread", "", 6_800, 7_200),
)
CASH_MINOR = 1_450_000
WEEK = timedelta(days=7)
NOT_NOW = "I am away for a week of it, and the till is mine alone on Saturdays."
DEARER, FLOUR = "Prices five per cent up", "Flour a fifth dearer"


@transaction.atomic
def write_what_it_costs(scene: Scene, *, at: datetime) -> None:
    """Costs, groups, money at hand and two what-ifs; the books are added up."""
    # What an interrupted loading left behind.
    forget_what_it_costs()
    FixedCost.objects.bulk_create([
        *(_cost(*one) for one in COSTS),
        FixedCost(
            name=OVEN, low_minor=OVEN_MONTHLY, high_minor=OVEN_MONTHLY, every=Every.MONTH,
            from_on=scene.reopened_on, until_on=scene.ago(-OVEN_DAYS), source=SOURCE,
        ),
    ])  # fmt: skip
    made = ProductGroup.objects.bulk_create([
        ProductGroup(
            name=name, words=words, margin_low_bp=low, margin_high_bp=high, source=SOURCE
        )
        for name, words, low, high in GROUPS
    ])  # fmt: skip
    WhatIf.objects.create(name=DEARER, price_bp=500, source=SOURCE)
    WhatIf.objects.create(name=FLOUR, cost_bp=2_000, only=made[-1], source=SOURCE)
    if not Basis.objects.exists():
        Basis.objects.create(pk=1, cash_minor=CASH_MINOR, cash_on=scene.day, source=SOURCE)
    count_trade(at=at)


@transaction.atomic
def offer_goals(staff: Mapping[str, Member], scene: Scene, *, at: datetime) -> None:
    """What the core, the town and the bread are to bring this quarter, and last month's goal."""
    first = scene.day.replace(day=1)
    bread = ProductGroup.objects.filter(source=SOURCE, words="").first()
    asked = (
        # Whom, how much a month, whose, what was said and why.
        ({"whom": Whom.TIER, "tier": Tier.CORE}, 900_000, NORA, Answer.ACCEPTED, ""),
        ({"whom": Whom.TIER, "tier": Tier.SLIPPING}, 120_000, TOMASZ, Answer.ACCEPTED, ""),
        ({"whom": Whom.GOODS, "goods": bread}, 800_000, TOMASZ, Answer.OFFERED, ""),
        ({"whom": Whom.TIER, "tier": Tier.NEW}, 150_000, IFE, Answer.RETURNED, NOT_NOW),
        ({"whom": Whom.EVERYBODY, "counts": Counts.SOLD}, 500_000, NORA, Answer.ACCEPTED, ""),
    )  # fmt: skip
    Goal.objects.bulk_create([
        Goal(
            **{"counts": Counts.ALL, **group}, from_on=first, until_on=last_of(first),
            amount_minor=minor, currency=scene.currency, manager=staff.get(whose), answer=answer,
            answered_at=None if answer == Answer.OFFERED else at, words=said,
            said_by=staff.get(whose) if said else None, created_at=at, source=SOURCE,
        )
        for group, minor, whose, answer, said in asked
        if group.get("goods", True)
    ])  # fmt: skip
    last = month_after(first, -1)
    Goal.objects.create(
        whom=Whom.EVERYBODY, from_on=last, until_on=last_of(last), amount_minor=2_000_000,
        currency=scene.currency, manager=staff.get(NORA), answer=Answer.ACCEPTED, answered_at=at,
        created_at=at, source=SOURCE,
    )  # fmt: skip
    count_progress(at=at)
    _count_what_they_heard(staff.get(NORA), at)


def _count_what_they_heard(whose: Member | None, at: datetime) -> None:
    """Those whom a goal asks for were served for a long time, which is what lets her ask."""
    called = GoalCall.objects.filter(customer__manager=whose).values("customer")
    touches = Touch.objects.filter(
        source=SOURCE, direction=Direction.OUT, customer__in=called, happened_at__lt=at - WEEK
    )
    for one in touches.order_by("happened_at", "pk"):
        count_touch(
            one.customer_id, one.pk, channel=one.channel, purpose=one.purpose,
            happened_at=one.happened_at, at=at,
        )  # fmt: skip


def _cost(name: str, low: int, high: int, every: Every, above: int | None) -> FixedCost:
    return FixedCost(
        name=name, low_minor=low, high_minor=high, every=every, above_minor=above, source=SOURCE
    )


def forget_what_it_costs() -> None:
    """All of that; what was counted is counted anew of what stays."""
    for model in (Goal, WhatIf, FixedCost, ProductGroup, Basis):
        model.objects.filter(source=SOURCE).delete()
    Trade.objects.all().delete()
