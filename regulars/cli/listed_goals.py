"""Lists of goals, and of where break-even lies: as it is, and each what-if beside it."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _count() -> int:
    from regulars.goals.queries.breaking_even import what_ifs

    return 1 + len(what_ifs())


def _items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock
    from regulars.goals.queries.breaking_even import change_of, inputs_at, what_ifs
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


def _goals() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.goals.queries.goals import goals_for

    return goals_for(COMMAND)


def _goal_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.goals.goal_words import group_words, progress_of

    for one in cut(_goals(), limit):
        found = progress_of(one)
        yield {
            "id": one.pk, "group": group_words(one), "whom": one.whom, "counts": one.counts,
            "from_on": one.from_on.isoformat(), "until_on": one.until_on.isoformat(),
            "amount_minor": one.amount_minor, "currency": one.currency,
            "manager": one.manager.name if one.manager else None, "answer": one.answer,
            "words": one.words,
            "sold_minor": found.sold_minor if found else None,
            "counted_until": found.until_on.isoformat() if found else None,
        }  # fmt: skip


def _goal_line(item: dict[str, Any]) -> str:
    from regulars.core.money import Money
    from regulars.core.templatetags.look import money

    sold, currency = item["sold_minor"], item["currency"]
    far = "not counted yet" if sold is None else str(money(Money(sold, currency)))
    return (
        f"{item['from_on']} to {item['until_on']}  {item['group']}: {far} of"
        f" {money(Money(item['amount_minor'], currency))}"
        f"  {item['manager'] or 'nobody'}, {item['answer']}"
    )


LISTINGS = {
    "break-even": Listing(_count, _items, _line),
    "goals": Listing(lambda: _goals().count(), _goal_items, _goal_line),
}
