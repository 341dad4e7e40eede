"""Which kind of list a shop has, found out by asking it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from regulars.core.fetching import LeadsElsewhere, NotGiven
from regulars.prices.choices import ShopKind
from regulars.prices.sources import merchant, shopify, woocommerce
from regulars.prices.sources.listed import Ask, Listing, NoList, NoPrices, refuse_too_many

# Between two pages, so that no shop is pressed; and for a whole list.
PAUSE_SECONDS = 0.2
MOST_SECONDS = 900
NUMBERS = {
    ShopKind.WOOCOMMERCE: woocommerce.NUMBERS, ShopKind.SHOPIFY: shopify.NUMBERS,
    ShopKind.FEED: merchant.NUMBERS,
}  # fmt: skip
_PAGED = {ShopKind.WOOCOMMERCE: woocommerce, ShopKind.SHOPIFY: shopify}
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list stands, and which kind it is."""

    kind: ShopKind
    address: str


def found_from(ask: Ask, address: str) -> Place:
    """Find the list that an address means: itself, or where such shops keep theirs."""
    told = urlsplit(address)
    path = told.path.rstrip("/")
    home = f"{told.scheme}://{told.netloc}"
    if path.endswith((woocommerce.PATH, shopify.PATH)):
        return _of_address(ask, f"{home}{path}")
    # A shop's first page is for people: its list stands where all of its kind keep theirs.
    if path and (found := _itself(ask, address)):
        return found
    for base in dict.fromkeys((f"{home}{path}", home)):
        for kind, source in _PAGED.items():
            if _answers(ask, kind, base + source.PATH):
                return Place(kind, base + source.PATH)
    raise NoPrices(
        _("No list of products with prices was found there."),
        _(
            "Give the address of the shop itself (WooCommerce and Shopify answer), or that of its"
            " product feed, as the shop gives it to Google."
        ),
    )


def _of_address(ask: Ask, address: str) -> Place:
    is_woo = address.endswith(woocommerce.PATH)
    kind = ShopKind.WOOCOMMERCE if is_woo else ShopKind.SHOPIFY
    if not _answers(ask, kind, address):
        raise NoPrices(
            _("The address answers, and not with a list of products."),
            _("Look whether the shop lets anybody see it: it opens in a browser then."),
        )
    return Place(kind, address)


def _itself(ask: Ask, address: str) -> Place | None:
    try:
        body = ask(address)
    except LeadsElsewhere:
        raise
    except NotGiven:
        return None
    try:
        merchant.read(body)
    except NoList:
        return None
    return Place(ShopKind.FEED, address)


def _answers(ask: Ask, kind: ShopKind, address: str) -> bool:
    try:
        told = json.loads(ask(address))
    except LeadsElsewhere:
        raise
    except (NotGiven, ValueError, RecursionError):
        return False
    is_woo = kind == ShopKind.WOOCOMMERCE
    return woocommerce.is_one(told) if is_woo else shopify.is_one(told)


def read_all(ask: Ask, place: Place, *, tell: Tell = lambda _count: None) -> Listing:
    """The whole list; refuses one that breaks off, and one that never ends."""
    try:
        if place.kind == ShopKind.FEED:
            return merchant.read(ask(place.address))
        return _walked(ask, place, tell)
    except NoList:
        raise NoPrices(
            _("The list broke off, or is none any more."),
            _("Nothing was changed; it is asked again. Look whether it opens in a browser."),
        ) from None


def _walked(ask: Ask, place: Place, tell: Tell) -> Listing:
    begun, listing = time.monotonic(), Listing()
    for page in _PAGED[place.kind].pages(ask, place.address):
        for one in page:
            listing.add(one)
        tell(len(listing.items))
        refuse_too_many(len(listing.items) + len(listing.unread))
        if time.monotonic() - begun > MOST_SECONDS:
            raise NoPrices(
                _("The list came too slowly: %(count)d products, and more to come.")
                % {"count": len(listing.items)},
                _("It is asked again tomorrow; a product feed, which is one file, comes faster."),
            )
        time.sleep(PAUSE_SECONDS)
    return listing
