"""Lists of shops as WooCommerce, Shopify and product feeds write them."""

import json
from datetime import date
from decimal import Decimal

import pytest

from regulars.core.errors import Refusal
from regulars.core.fetching import NotGiven
from regulars.prices.choices import ShopKind
from regulars.prices.sources import listed, merchant, recognising, shopify, woocommerce
from regulars.prices.sources.listed import Item, Listing, NoList, NoPrices, Unread, priced
from regulars.prices.sources.recognising import Place, found_from, read_all
from tests.factories.shops import feed_of, woo

HOME = "https://rye.example"


class Told:
    """Answers from what stands here; 404 for everything else."""

    def __init__(self, **pages: object) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        for part, page in self.pages.items():
            if part in address:
                return page if isinstance(page, bytes) else json.dumps(page).encode()
        raise NotGiven(404)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "PAUSE_SECONDS", 0)


def all_of(ask: Told, kind: ShopKind, path: str) -> Listing:
    return read_all(ask, Place(kind, HOME + path))


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [("12.00 GBP", "12.00", "GBP"), ("GBP 12", "12", "GBP"), ("12,50 EUR", "12.50", "EUR"),
     ("1,299.50 USD", "1299.50", "USD"), ("1.299,50 EUR", "1299.50", "EUR"), ("£8", "8", ""),
     ("8 €", "8", ""), ("1 299,00 SEK", "1299.00", "SEK"), ("1’299.00 CHF", "1299.00", "CHF"),
     ("1.000 KWD", "1.000", "KWD"), ("1,000 USD", "1000", "USD"), ("0,125 EUR", "0.125", "EUR"),
     ("1.000.000 IDR", "1000000", "IDR"), ("8.5", "8.5", ""), (8.5, "8.5", ""), (8, "8", "")],
)  # fmt: skip
def test_prices_as_shops_write_them(text: object, amount: str, currency: str) -> None:
    assert priced(text) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "free", "-4.00 GBP", None, True, "9" * 50, "from 4 to 8", []])
def test_what_is_no_price(text: object) -> None:
    assert priced(text)[0] is None


def test_a_woocommerce_shop_with_its_sales_its_forms_and_what_cannot_be_read() -> None:
    """Prices are whole numbers in the shop's own decimals; of several forms each is one."""
    rows = [
        woo("R1", "Seeded rye", "400", id=1),
        woo("B1", "Baguette", "20000", id=2, prices={"currency_minor_unit": 4}),
        woo("T1", "Tart", "600", id=3, on_sale=True, prices={"regular_price": "800"}),
        woo("", "Bun", "250", id=4),
        woo("F1", "Gift", "0", id=5),
        woo("X1", "Odd", "4.x", id=6),
        woo("P1", "Bread box", "500", id=7, type="variable", variations=[{"id": 8}]),
    ]
    forms = [woo("P1-L", "Bread box", "900", id=8, variation="Size: Large, Colour: Blue")]
    ask = Told(**{"type=variation": forms, "&page=1": rows})

    found = all_of(ask, ShopKind.WOOCOMMERCE, woocommerce.PATH)

    def item(number: str, key: str, name: str, amount: str, sale: str | None = None) -> Item:
        return Item(name, {"sku": number, "id": key}, Decimal(amount), "GBP",
                    None if sale is None else Decimal(sale))  # fmt: skip

    assert found.items == [
        item("R1", "1", "Seeded rye", "4.00"), item("B1", "2", "Baguette", "2.0000"),
        item("T1", "3", "Tart", "8.00", "6.00"), item("", "4", "Bun", "2.50"),
        item("P1-L", "8", "Bread box - Large, Blue", "9.00"),
    ]  # fmt: skip
    assert found.unread == [
        Unread("Gift", "It costs nothing, or has no price."),
        Unread("Odd", "It has no price that can be read."),
    ]
    assert [one.known_as("sku") for one in found.items] == ["R1", "B1", "T1", "Bun", "P1-L"]


def test_a_list_of_several_pages_ends_and_one_that_repeats_itself_too() -> None:
    page = [woo(f"N{n}", "Loaf", "100", id=n) for n in range(100)]
    ends = Told(**{"&page=1": page, "&page=2": [woo("Z", "Last", "100", id=999)]})
    repeats = Told(**{"&page=": page})

    counts = [
        len(all_of(ask, ShopKind.WOOCOMMERCE, woocommerce.PATH).items) for ask in (ends, repeats)
    ]

    assert counts == [101, 100]
    assert (len(ends.asked), len(repeats.asked)) == (2, 2)


def test_a_shopify_shop_each_form_a_price_in_the_currency_of_its_cart() -> None:
    rows = {"products": [
        {"id": 1, "title": "Rye", "variants": [
            {"id": 11, "title": "Default Title", "sku": "R1", "price": "4.00",
             "compare_at_price": None}]},
        {"id": 2, "title": "Box", "variants": [
            {"id": 21, "title": "Large", "sku": "", "price": "9.00", "compare_at_price": "12.00"},
            {"id": 22, "title": "Small", "sku": "BS", "price": "n/a"}]},
    ]}  # fmt: skip
    none: dict[str, list[object]] = {"products": []}
    ask = Told(**{"&page=1": rows, "&page=2": none, "cart.js": {"currency": "EUR"}})

    found = all_of(ask, ShopKind.SHOPIFY, shopify.PATH)
    without = all_of(Told(**{"&page=1": rows, "&page=2": none}), ShopKind.SHOPIFY, shopify.PATH)

    assert found.items == [
        Item("Rye", {"sku": "R1", "id": "11"}, Decimal("4.00"), "EUR"),
        Item("Box - Large", {"sku": "", "id": "21"}, Decimal("12.00"), "EUR", Decimal("9.00")),
    ]
    assert found.unread == [Unread("Box - Small", "It has no price that can be read.")]
    assert [one.currency for one in without.items] == ["", ""]


RSS = feed_of(
    "<item><g:id>R1</g:id><title>Seeded &amp; rye</title><g:price>4.00 GBP</g:price>"
    "<g:shipping><g:price>9.00 GBP</g:price></g:shipping></item>"
    "<item><g:id>T1</g:id><g:title><![CDATA[Tart]]></g:title><g:price>8.00 GBP</g:price>"
    "<g:sale_price>6.00 GBP</g:sale_price><g:sale_price_effective_date>2026-11-20T13:00-0800/"
    "2026-11-30T00:00-0800</g:sale_price_effective_date></item>"
    "<item><g:id>N1</g:id><title>None</title></item>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Rye'
    "</title><entry><g:id>R1</g:id><title>Rye</title><g:price>4 GBP</g:price></entry></feed>"
)
TABLE = "id\ttitle\tprice\tsale_price\nR1\tRye\t4.00 GBP\t\nT1\tTart\t8.00 GBP\t9.00 GBP\n\n"


def test_a_feed_in_xml_with_its_sales() -> None:
    """What it costs to send it is not what it costs; a sale that ends at midnight ends before."""
    rye = {"id": "R1", "mpn": "", "gtin": ""}

    found = merchant.read(RSS.encode())

    assert found.items == [
        Item("Seeded & rye", rye, Decimal("4.00"), "GBP"),
        Item("Tart", rye | {"id": "T1"}, Decimal("8.00"), "GBP", Decimal("6.00"),
             date(2026, 11, 20), date(2026, 11, 29)),
    ]  # fmt: skip
    assert found.unread == [Unread("None", "It has no price that can be read: “”.")]
    assert merchant.read(ATOM.encode()).items == [Item("Rye", rye, Decimal(4), "GBP")]


@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_a_feed_as_a_table_however_it_is_parted_and_written(mark: str) -> None:
    text = TABLE.replace("\t", mark).replace("title", "Title").replace("price", "g:price", 1)

    for body in (text.encode("utf-8-sig"), text.replace("Tart", "Törtchen").encode("cp1252")):
        found = merchant.read(body)
        assert [(one.numbers["id"], one.amount, one.sale) for one in found.items] == [
            ("R1", Decimal("4.00"), None), ("T1", Decimal("8.00"), None),
        ]  # fmt: skip


HOSTILE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ATOM
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><item>&b;</item></rss>'


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Hello</body></html>", RSS.encode()[:200], HOSTILE.encode(),
     LAUGHS.encode(), b"<" * 100_000, b"just words", b'{"a": 1}', b"\x00\xff\xfe", b"name,price\n"],
    ids=["nothing", "page", "cut", "entity", "laughs", "deep", "words", "json", "bytes", "columns"],
)  # fmt: skip
def test_what_is_no_feed_and_what_asks_for_files_is_refused(body: bytes) -> None:
    with pytest.raises(NoList):
        merchant.read(body)


def test_a_list_without_an_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "MOST_PRODUCTS", 1)

    for body in (RSS.encode(), TABLE.encode()):
        with pytest.raises(NoPrices, match="more than 1 products"):
            merchant.read(body)
    monkeypatch.setattr(recognising, "MOST_SECONDS", -1)
    with pytest.raises(NoPrices, match="too slowly"):
        all_of(Told(**{"&page=1": [woo("R1", "Rye", "4", id=1)]}), ShopKind.WOOCOMMERCE, "/x")


WOO = [woo("R1", "Rye", "400", id=1)]
SHOPIFY = {"products": [{"id": 1, "title": "Rye", "variants": []}]}


@pytest.mark.parametrize(
    ("address", "pages", "kind", "path"),
    [("", {"/wp-json": WOO}, "woocommerce", woocommerce.PATH),
     ("/", {"/products.json": SHOPIFY}, "shopify", shopify.PATH),
     ("/shop/", {"/shop/wp-json": WOO}, "woocommerce", f"/shop{woocommerce.PATH}"),
     ("/de", {"/de": b"<html></html>", "/products.json": SHOPIFY}, "shopify", shopify.PATH),
     (f"{woocommerce.PATH}?page=3", {"/wp-json": WOO}, "woocommerce", woocommerce.PATH),
     ("/products.json", {"/products.json": SHOPIFY}, "shopify", shopify.PATH),
     ("/out.xml?k=1", {"/out.xml": RSS.encode()}, "feed", "/out.xml?k=1")],
)  # fmt: skip
def test_which_list_it_is_is_found_out(
    address: str, pages: dict[str, object], kind: str, path: str
) -> None:
    assert found_from(Told(**pages), HOME + address) == Place(ShopKind(kind), HOME + path)


@pytest.mark.parametrize("address", ["", "/products.json", woocommerce.PATH, "/feed.xml"])
def test_where_no_list_is_it_is_said(address: str) -> None:
    for pages in ({}, {"rye": b"<html></html>"}, {"rye": [1]}, {"rye": b"[" * 100_000}):
        with pytest.raises(Refusal):
            found_from(Told(**pages), HOME + address)


def test_a_list_that_breaks_off_is_none() -> None:
    ask = Told(**{"&page=1": [woo(f"N{n}", "Loaf", "1", id=n) for n in range(100)],
                  "&page=2": b"<html>Sorry</html>"})  # fmt: skip

    with pytest.raises(NoPrices, match="broke off"):
        all_of(ask, ShopKind.WOOCOMMERCE, woocommerce.PATH)
