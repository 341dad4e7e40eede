"""What became of offers of each sort: how many they meant, and how many of those used them."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from regulars.core.actor import Actor
from regulars.insight.queries import share_between
from regulars.offers.models import Chosen, Redemption
from regulars.offers.queries.offers import offers_for


@dataclass(slots=True)
class Sorted:
    """All planned offers of one sort. A customer counts once for each offer."""

    sort: str
    offers: int = 0
    uses: int = 0
    # Whom their waves name, and how many of those used it; who came with everybody counts as a use.
    meant: int = 0
    used_by: int = 0

    @property
    def percent(self) -> float:
        return 100 * self.used_by / self.meant if self.meant else 0.0

    @property
    def between(self) -> tuple[float, float] | None:
        """The bounds of that share in percent, right 19 times in 20; nothing of too few."""
        found = share_between(self.used_by, self.meant)
        return found and (100 * found[0], 100 * found[1])


def used_by_sort(actor: Actor) -> list[Sorted]:
    """Each sort with its uses, the most used first; one question, however many there are."""
    used = Redemption.objects.standing().filter(offer=OuterRef("pk")).order_by().values("offer")
    # By its waves, which have an index.
    meant = Chosen.objects.filter(wave__offer=OuterRef("pk")).order_by().values("wave__offer")
    rows = offers_for(actor).exclude(planned_at=None).order_by("pk").annotate(
        use_count=Subquery(used.annotate(count=Count("pk")).values("count")),
        user_count=Subquery(
            used.filter(wave__is_public=False)
            .annotate(count=Count("customer", distinct=True)).values("count")
        ),
        meant_count=Subquery(meant.annotate(count=Count("pk")).values("count")),
    )  # fmt: skip
    found: dict[str, Sorted] = {}
    for sort, uses, used_by, means in rows.values_list(
        "sort", "use_count", "user_count", "meant_count"
    ):
        one = found.setdefault(sort, Sorted(sort))
        one.offers += 1
        one.uses += uses or 0
        one.meant += means or 0
        one.used_by += used_by or 0
    return sorted(found.values(), key=lambda one: (-one.uses, one.sort))
