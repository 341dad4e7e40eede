"""What things cost at Juniper & Rye: what holds, what is planned, and whom that undercuts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from regulars.demo import stories
from regulars.demo.baskets import PRICES
from regulars.demo.scene import SOURCE, Scene
from regulars.prices.actions.checking import check_prices
from regulars.prices.choices import LookState, PriceKind, ShopKind
from regulars.prices.models import ListedPrice, Price, ShopList, ShopLook
from regulars.team.models import Member

# What stands on the board since long ago.
ON_THE_BOARD = ("Country white", "Seeded rye", "Baguette", "Lemon tart", "Cinnamon bun",
                "Flat white", "Fruit loaf")  # fmt: skip
BEGAN = 300
SHOP = "https://shop.juniper-and-rye.example"
# What the shop sells no more, and since how many days.
GONE, VANISHED = "Bread roll", 2


@dataclass(frozen=True, slots=True)
class Planned:
    """A price to come: of what, how much, in how many days, for how many."""

    what: str
    minor: int
    in_days: int
    for_days: int | None = None
    code: str = ""


# The rye undercuts all who bought it; the loaf nobody, for it is dearer.
PLANNED = (
    Planned("Seeded rye", 390, 7),
    Planned("Lemon tart", 800, 3, 14, "TART"),
    Planned("Fruit loaf", 640, 7),
)


def write_prices(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """The board, three prices that are planned, and what the hotel was told for its rolls."""
    nora = staff["nora"]
    held = {"published_at": scene.moment(scene.ago(BEGAN), 9, 0), "published_by": nora}
    shop = _write_a_shop(scene, nora, at=at)
    rows = [_price(one, PRICES[one], scene, -BEGAN, nora, shop=shop, **held)
            for one in ON_THE_BOARD]  # fmt: skip
    rows += [
        _price(
            one.what, one.minor, scene, one.in_days, nora, code=one.code,
            kind=PriceKind.COUPON if one.code else PriceKind.LIST,
            closes_on=None if one.for_days is None
            else scene.day + timedelta(days=one.in_days + one.for_days),
        )
        for one in PLANNED
    ]  # fmt: skip
    rows.append(_price(
        "Bread roll", 95, scene, -BEGAN, nora, kind=PriceKind.QUOTE,
        customer_id=ids[stories.HARBOUR], from_quantity=Decimal(40), **held,
    ))  # fmt: skip
    made = Price.objects.bulk_create(rows)
    check_prices([one.pk for one in made], at=at)


def _write_a_shop(scene: Scene, by: Member, *, at: datetime) -> ShopList:
    """The bakery's own shop, as if it had been read each morning; nobody asks it here."""
    shop = ShopList.objects.create(
        address=SHOP, found_at=f"{SHOP}/wp-json/wc/store/v1/products", kind=ShopKind.WOOCOMMERCE,
        known_by="sku", product_count=len(ON_THE_BOARD), source=SOURCE, made_by=by, is_on=True,
        made_at=scene.moment(scene.ago(BEGAN), 9, 0), begun_at=scene.moment(scene.ago(BEGAN), 9, 5),
    )  # fmt: skip
    ListedPrice.objects.bulk_create(
        ListedPrice(
            shop=shop, product=number_of(what), name=what, currency=scene.currency,
            amount_minor=PRICES[what],
            gone_since=scene.ago(VANISHED) if what == GONE else None,
        )
        for what in (*ON_THE_BOARD, GONE)
    )  # fmt: skip
    ShopLook.objects.bulk_create(
        ShopLook(
            shop=shop, at=min(at, scene.moment(scene.ago(ago), 3, 10)), state=LookState.TAKEN,
            products=len(ON_THE_BOARD), before=len(ON_THE_BOARD) + (ago == VANISHED),
            bought=len(ON_THE_BOARD), gone=int(ago == VANISHED),
            currencies={scene.currency: len(ON_THE_BOARD)},
        )
        for ago in (2, 1, 0)
    )  # fmt: skip
    return shop


def _price(what: str, minor: int, scene: Scene, in_days: int, by: Member, **more: object) -> Price:
    written = scene.moment(scene.ago(max(2, -in_days)), 9, 0)
    return Price(**{
        "product": number_of(what), "name": what, "kind": PriceKind.LIST, "amount_minor": minor,
        "compare_milli": minor * 1000, "currency": scene.currency, "created_at": written,
        "changed_at": written, "created_by": by, "source": SOURCE,
        "opens_on": scene.day + timedelta(days=in_days), **more,
    })  # fmt: skip


def number_of(what: str) -> str:
    """The number of an article, as the sample's till writes it."""
    return what.casefold().replace(",", "").replace(" ", "-")


def forget_prices() -> None:
    """Whom they concern goes with them; so does the shop that nobody keeps."""
    Price.objects.filter(source=SOURCE).delete()
    ShopList.objects.filter(source=SOURCE).delete()
