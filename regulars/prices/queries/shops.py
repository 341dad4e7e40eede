"""The shop's own list as it stands: what it said, what was taken, what is gone from it."""

from datetime import date

from django.db import models

from regulars.core import jobs
from regulars.core.actor import Actor
from regulars.prices.choices import LookState
from regulars.prices.errors import ShopNotFound
from regulars.prices.models import ListedPrice, Price, PriceQuerySet, ShopList, ShopLook
from regulars.prices.rules import may_see_prices

LOOK_JOB, SAMPLE = "prices.look_at_shop", "demo"
SHOWN, EXAMPLES = 10, 8


def the_shop() -> ShopList | None:
    """The one whose list is looked at, if any is."""
    return ShopList.objects.filter(is_used=True).first()


def shop_for(actor: Actor, shop_id: int, *, is_used: bool = True) -> ShopList:
    """One shop's list, for whoever may see prices."""
    if not may_see_prices(actor):
        raise ShopNotFound
    found = ShopList.objects.filter(pk=shop_id, is_used=is_used).first()
    if found is None:
        raise ShopNotFound
    return found


def newest_look(shop: ShopList) -> ShopLook | None:
    return looks_at(shop).first()


def looks_at(shop: ShopList) -> "models.QuerySet[ShopLook]":
    """Each look, the last first, with the way back of what it took."""
    return ShopLook.objects.filter(shop=shop).select_related("operation", "by").order_by("-pk")


def is_being_asked(look: ShopLook) -> bool:
    """Whether somebody is still at it; one that was broken off for good is not."""
    return look.state == LookState.LOOKING and jobs.under_way(LOOK_JOB, look_id=look.pk).exists()


def last_taken(shop: ShopList) -> ShopLook | None:
    """The last look by which something was taken."""
    return looks_at(shop).filter(state=LookState.TAKEN, operation__isnull=False).first()


def was_taken_back(shop: ShopList) -> bool:
    """Whether what was last taken from it was undone since somebody switched it on."""
    last = last_taken(shop)
    if last is None or last.operation is None or last.pk <= shop.heeded_look:
        return False
    return last.operation.undone_at is not None


def shop_to_fetch() -> ShopList | None:
    """The one that is asked this morning: not one whose prices somebody has taken back."""
    shop = the_shop()
    # Nobody answers where the sample has its shop.
    if shop is None or not shop.is_on or shop.source == SAMPLE or was_taken_back(shop):
        return None
    return shop


def prices_of(shop: ShopList, today: date) -> PriceQuerySet:
    """What the list says that everybody pays."""
    return Price.objects.open_on(today).filter(shop=shop)


def undercutting_count(shop: ShopList, today: date) -> int:
    """How many of its prices undercut an old customer for whom nothing was done yet."""
    return prices_of(shop, today).filter(open_count__gt=0).count()


def examples_of(shop: ShopList) -> list[ListedPrice]:
    """Some of what stands on the list, those on sale first."""
    rows = ListedPrice.objects.on_the_list().filter(shop=shop)
    on_sale = list(rows.filter(sale_minor__isnull=False).order_by("pk")[:EXAMPLES])
    others = rows.filter(sale_minor=None).order_by("pk")[: EXAMPLES - len(on_sale)]
    return [*on_sale, *others]


def gone_from(shop: ShopList) -> tuple[int, list[ListedPrice]]:
    """What is on the list no longer, the last to go first."""
    rows = ListedPrice.objects.filter(shop=shop, gone_since__isnull=False)
    return rows.count(), list(rows.order_by("-gone_since", "pk")[:SHOWN])
