"""Prices, as far as one may see them: what holds, what is planned, what was before."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from regulars.core.actor import Actor
from regulars.core.keyset import Cursor, Key, Page, Segment, page_of
from regulars.customers.queries.people import customers_for
from regulars.orders.models import OrderLine
from regulars.prices.choices import PriceKind
from regulars.prices.errors import PriceNotFound
from regulars.prices.models import Price, PriceQuerySet, Righting
from regulars.prices.rules import may_plan, may_publish_anyway, may_see_prices, may_see_who, may_set

SIZE = 25
ORDER = "prices:all"


def prices_for(actor: Actor) -> PriceQuerySet:
    """Every price that this person may know of; quotes of customers whom they may see."""
    if not may_see_prices(actor):
        return Price.objects.none()
    public = ~Q(kind=PriceKind.QUOTE)
    if not may_see_who(actor):
        return Price.objects.filter(public)
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("customer")))
    return Price.objects.filter(public | theirs)


def keeps_prices() -> bool:
    """Whether any price is written down, in the business's currency or another."""
    return Price.objects.exists()


def price_for(actor: Actor, price_id: int) -> Price:
    rows = prices_for(actor).select_related(
        "customer", "created_by", "published_by", "withdrawn_by"
    )
    found = rows.filter(pk=price_id).first()
    if found is None:
        raise PriceNotFound
    return found


def righting_for(actor: Actor, righting_id: int) -> Righting:
    rows = Righting.objects.select_related("price", "mailing").filter(
        pk=righting_id, price__in=prices_for(actor).values("pk")
    )
    found = rows.first()
    if found is None:
        raise PriceNotFound
    return found


def planned_for(actor: Actor, *, most: int = 100) -> list[Price]:
    """Those that wait to be published, those that undercut most first."""
    rows = prices_for(actor).planned().select_related("customer")
    return list(rows.order_by("-open_minor", "opens_on", "pk")[:most])


def undercutting_for(actor: Actor, today: date, *, most: int = 100) -> list[Price]:
    """Published prices that undercut somebody for whom nothing was done."""
    rows = prices_for(actor).published().not_over(today).filter(open_count__gt=0)
    return list(rows.select_related("customer").order_by("-open_minor", "pk")[:most])


def page_of_prices(actor: Actor, cursor: str) -> Page[Price]:
    """All that were published or set aside, the last first."""
    rows = prices_for(actor).exclude(published_at=None, withdrawn_at=None)
    keys = (Key("opens_on", is_descending=True), Key("pk", is_descending=True))
    whole = rows.select_related("customer")
    return page_of([Segment(rows, keys)], whole, ORDER, Cursor.read(cursor, ORDER), SIZE)


def history_of(actor: Actor, product: str, currency: str) -> list[Price]:
    """Every price that a product ever had, the last first."""
    rows = prices_for(actor).filter(product=product, currency=currency)
    return list(rows.select_related("customer", "published_by").order_by("-opens_on", "-pk")[:50])


def is_known_product(product: str) -> bool:
    """Whether anybody ever bought it under this number, or these words."""
    return OrderLine.objects.filter(sku=product).exclude(sku="").exists() or (
        OrderLine.objects.filter(sku="", description__startswith=product).exists()
    )


def name_of_product(product: str) -> str:
    """What the newest order calls it."""
    lines = OrderLine.objects.filter(sku=product).exclude(description="")
    found = lines.order_by("-order_id").values_list("description", flat=True).first()
    return (found or "")[:200]


def is_planner(actor: Actor) -> bool:
    return may_plan(actor)


def is_breaker(actor: Actor) -> bool:
    return may_publish_anyway(actor)


def is_setter(actor: Actor) -> bool:
    return may_set(actor)


def is_seer_of_who(actor: Actor) -> bool:
    return may_see_who(actor)
