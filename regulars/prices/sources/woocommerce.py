"""WooCommerce: the Store API, which every such shop answers to anybody.

Amounts are whole numbers in the shop's own number of decimals. A product that comes in several
forms has one row for all of them, with the lowest price; each form is asked for beside.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from regulars.prices.sources.listed import (
    LONGEST_NUMBER,
    MOST_PAGES,
    Ask,
    Item,
    NoList,
    Pages,
    Unread,
    squeezed,
    told,
    why_not,
)

PATH = "/wp-json/wc/store/v1/products"
NUMBERS = ("sku", "id")
ON_A_PAGE = 100
MOST_DECIMALS = 6


def is_one(rows: object) -> bool:
    """Whether this is a page of such a list."""
    return isinstance(rows, list) and all(
        isinstance(one, dict) and isinstance(one.get("prices"), dict) for one in rows
    )


def pages(ask: Ask, address: str) -> Pages:
    """The list page by page; then the forms of what comes in several."""
    has_forms = False
    for rows in _walked(ask, address, ""):
        has_forms = has_forms or any(_has_forms(one) for one in rows)
        yield [_item(one) for one in rows if not _has_forms(one)]
    if has_forms:
        for rows in _walked(ask, address, "&type=variation"):
            yield [_item(one) for one in rows]


def _walked(ask: Ask, address: str, more: str) -> Any:
    before: object = None
    for number in range(1, MOST_PAGES + 1):
        body = ask(f"{address}?per_page={ON_A_PAGE}&page={number}{more}")
        try:
            rows = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise NoList from error
        if not is_one(rows):
            raise NoList
        ids = [one.get("id") for one in rows]
        # Whoever takes no notice of the page gives the same for ever.
        if not rows or ids == before:
            return
        yield rows
        before = ids
        if len(rows) < ON_A_PAGE:
            return


def _has_forms(row: dict[str, Any]) -> bool:
    return bool(row.get("variations")) or row.get("type") in ("variable", "grouped")


def _item(row: dict[str, Any]) -> Item | Unread:
    prices = row["prices"]
    numbers = {one: squeezed(row.get(one), LONGEST_NUMBER) for one in NUMBERS}
    name = _name(row)
    amount, sale = _amount(prices, "price"), None
    usual = _amount(prices, "regular_price")
    if amount is None:
        return Unread(told(name, numbers), _("It has no price that can be read."))
    if row.get("on_sale") is True and usual is not None and usual > amount:
        amount, sale = usual, amount
    item = Item(name, numbers, amount, squeezed(prices.get("currency_code"), 3).upper(), sale)
    return why_not(item) or item


def _name(row: dict[str, Any]) -> str:
    """A form is named as the shop's orders name it: the product, and which one."""
    form = row.get("variation")
    parts = [one.partition(":")[2] or one for one in form.split(",")] if isinstance(
        form, str) and form else []  # fmt: skip
    name = squeezed(row.get("name"))
    return squeezed(f"{name} - {', '.join(squeezed(one) for one in parts)}") if parts else name


def _amount(prices: dict[str, Any], which: str) -> Decimal | None:
    decimals = prices.get("currency_minor_unit")
    if not isinstance(decimals, int) or not 0 <= decimals <= MOST_DECIMALS:
        return None
    try:
        found = Decimal(squeezed(prices.get(which), 20))
    except InvalidOperation:
        return None
    return found.scaleb(-decimals) if found.is_finite() else None
