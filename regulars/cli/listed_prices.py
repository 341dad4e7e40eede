"""The list of prices: how each stands, and which old customers it undercuts."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _prices() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.prices.queries.prices import prices_for

    return prices_for(COMMAND).select_related("customer")


def _items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock
    from regulars.team.queries import the_named_business

    today = the_named_business().day_of(clock.now())
    for one in cut(_prices().order_by("-opens_on", "-id"), limit):
        yield {
            "id": one.pk,
            "product": one.product,
            "name": one.name,
            "kind": one.kind,
            "code": one.code,
            "customer": _named(one.customer),
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "from_quantity": f"{one.from_quantity.normalize():f}",
            "opens_on": one.opens_on.isoformat(),
            "closes_on": one.closes_on.isoformat() if one.closes_on else None,
            "standing": one.standing_on(today).value,
            "checked_at": one.checked_at.isoformat() if one.checked_at else None,
            "concerned": one.open_count,
            "concerned_minor": one.open_minor,
            "anyway": one.anyway_why,
        }


def _named(customer: Any) -> dict[str, Any] | None:
    return {"id": customer.pk, "name": customer.name} if customer else None


def _line(item: dict[str, Any]) -> str:
    from regulars.core.money import Money
    from regulars.core.templatetags.look import money

    amount = money(Money(item["amount_minor"], item["currency"]))
    whose = f" ({item['customer']['name']})" if item["customer"] else ""
    under = money(Money(item["concerned_minor"], item["currency"]))
    concerned = f"  {item['concerned']} paid more, {under}" if item["concerned"] else ""
    name = item["name"] or item["product"]
    return (
        f"{item['id']:>6}  {item['opens_on']}  {item['standing']:<8}  {item['kind']:<6} "
        f" {amount:>10}  {name}{whose}{concerned}"
    )


LISTINGS = {"prices": Listing(lambda: _prices().count(), _items, _line)}
