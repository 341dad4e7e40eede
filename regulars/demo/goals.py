"""What Juniper & Rye pays, and what is left of its bread, cakes and coffee."""

from datetime import datetime

from django.db import transaction

from regulars.demo.scene import SOURCE, Scene
from regulars.goals.actions.counting import count_trade
from regulars.goals.choices import Every
from regulars.goals.models import Basis, FixedCost, ProductGroup, Trade, WhatIf

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


def _cost(name: str, low: int, high: int, every: Every, above: int | None) -> FixedCost:
    return FixedCost(
        name=name, low_minor=low, high_minor=high, every=every, above_minor=above, source=SOURCE
    )


def forget_what_it_costs() -> None:
    """All of that; what was counted is counted anew of what stays."""
    for model in (WhatIf, FixedCost, ProductGroup, Basis):
        model.objects.filter(source=SOURCE).delete()
    Trade.objects.all().delete()
