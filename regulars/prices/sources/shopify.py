"""Shopify: `products.json`, which every such shop answers to anybody unless it says otherwise.

The list names no currency; the cart of somebody who has just come does.
"""

import json
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal
from regulars.prices.sources.listed import (
    LONGEST_NUMBER,
    MOST_PAGES,
    Ask,
    Item,
    NoList,
    Pages,
    Unread,
    priced,
    squeezed,
    told,
    why_not,
)

PATH, CART = "/products.json", "/cart.js"
NUMBERS = ("sku", "id")
ON_A_PAGE = 250
# How such a shop calls the form of what comes in one alone.
ONLY = "Default Title"


def is_one(page: object) -> bool:
    """Whether this is a page of such a list."""
    return isinstance(page, dict) and isinstance(page.get("products"), list) and all(
        isinstance(one, dict) and isinstance(one.get("variants"), list) for one in page["products"]
    )  # fmt: skip


def pages(ask: Ask, address: str) -> Pages:
    """The list page by page, each form of a product a price of its own."""
    currency = _currency(ask, address)
    before: object = None
    for number in range(1, MOST_PAGES + 1):
        rows = _rows(ask(f"{address}?limit={ON_A_PAGE}&page={number}"))
        ids = [one.get("id") for one in rows]
        # Whoever takes no notice of the page gives the same for ever.
        if not rows or ids == before:
            return
        yield [
            _item(product, form, currency)
            for product in rows
            for form in product["variants"]
            if isinstance(form, dict)
        ]
        before = ids


def _rows(body: bytes) -> list[dict[str, Any]]:
    try:
        page = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoList from error
    if not is_one(page):
        raise NoList
    rows: list[dict[str, Any]] = page["products"]
    return rows


def _currency(ask: Ask, address: str) -> str:
    with suppress(Refusal, ValueError, AttributeError, RecursionError):
        said = json.loads(ask(address.removesuffix(PATH) + CART)).get("currency")
        return squeezed(said, 3).upper()
    return ""


def _item(product: dict[str, Any], form: dict[str, Any], currency: str) -> Item | Unread:
    numbers = {one: squeezed(form.get(one), LONGEST_NUMBER) for one in NUMBERS}
    name, title = squeezed(product.get("title")), squeezed(form.get("title"))
    if title and title != ONLY:
        name = squeezed(f"{name} - {title}")
    amount, _said = priced(form.get("price"))
    usual, _said = priced(form.get("compare_at_price"))
    if amount is None:
        return Unread(told(name, numbers), _("It has no price that can be read."))
    sale = None
    if usual is not None and usual > amount:
        amount, sale = usual, amount
    item = Item(name, numbers, amount, currency, sale)
    return why_not(item) or item
