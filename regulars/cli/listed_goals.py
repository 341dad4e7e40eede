"""Lists of where break-even lies: as it is, and each what-if beside it."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing


def _count() -> int:
    from regulars.goals.queries import what_ifs

    return 1 + len(what_ifs())


def _items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock
    from regulars.goals.queries import change_of, inputs_at, what_ifs
    from regulars.goals.reckoning import break_even
    from regulars.team.queries import the_named_business

    business = the_named_business()
    inputs = inputs_at(business, business.day_of(clock.now()))
    told = [("now", break_even(inputs))]
    told += [(one.name, break_even(inputs, change_of(one))) for one in what_ifs()]
    for name, answer in told[: limit or None]:
        yield _item(name, answer, business.currency)


def _item(name: str, told: Any, currency: str) -> dict[str, Any]:
    last = told.last_month
    return {
        "name": name,
        "currency": currency,
        "trouble": told.trouble or None,
        "margin": _ends([float(one) for one in told.margins]),
        **{
            f"{period}_minor": None if told.trouble else _band(getattr(told, period))
            for period in ("day", "week", "month", "year")
        },
        "fixed_year_minor": None if told.trouble else _band(told.fixed_year),
        "orders_a_day": _band(told.orders_a_day) if told.orders_a_day else None,
        "months": [
            {
                "first": one.first.isoformat(),
                "open_days": one.open_days,
                "fixed_minor": _band(one.fixed),
                "need_minor": _band(one.need),
                "year_before_minor": one.year_before_minor,
            }
            for one in told.months
        ],
        "last_month": {
            "first": last.first.isoformat(), "sold_minor": last.sold_minor,
            "need_minor": last.need_minor,
            "share": None if last.share is None else float(last.share),
        } if last else None,
        "runway_months": {
            "worst": told.runway.worst, "middle": told.runway.middle, "best": told.runway.best,
            "closed": told.runway.closed,
        } if told.runway else None,
    }  # fmt: skip


def _band(band: Any) -> dict[str, int]:
    return {"low": band.low, "middle": band.middle, "high": band.high}


def _ends(values: list[float]) -> dict[str, float]:
    return dict(zip(("low", "middle", "high"), (round(one, 6) for one in values), strict=True))


def _line(item: dict[str, Any]) -> str:
    from regulars.core.money import Money
    from regulars.core.templatetags.look import money

    if item["trouble"]:
        return f"{item['name']}: {item['trouble'].replace('_', ' ')}"
    week = item["week_minor"]
    low, high = (money(Money(week[end], item["currency"])) for end in ("low", "high"))
    amount = low if low == high else f"{low} to {high}"
    orders = item["orders_a_day"]
    a_day = f", {orders['middle']} orders a day" if orders else ""
    return f"{item['name']}: {amount} a week{a_day}"


LISTINGS = {"break-even": Listing(_count, _items, _line)}
