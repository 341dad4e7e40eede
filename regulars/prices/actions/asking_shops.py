"""Asking a shop for its list, and keeping what it says that everybody pays there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.fetching import LeadsElsewhere, Terms, fetch
from regulars.core.money import Money
from regulars.orders.models import OrderLine
from regulars.prices.actions.planning import MOST_MINOR
from regulars.prices.actions.taking_listed import PIECE, compare_taken, take_listed
from regulars.prices.choices import LookState, ShopKind
from regulars.prices.models import ListedPrice, ShopList, ShopLook
from regulars.prices.queries.shops import SAMPLE
from regulars.prices.sources.listed import Item, Listing, Unread, told
from regulars.prices.sources.recognising import NUMBERS, Place, found_from, read_all
from regulars.team.queries import the_named_business

FETCH_JOB = "prices.fetch"
AGENT = "Regulars (a shop reading its own list, once a day)"
# How often it is asked on a morning on which it does not answer, and how long lies between.
MOST_TRIES, BETWEEN_TRIES = 3, timedelta(hours=1)
# So many products tell by which of its numbers our orders know one.
TELLING = 2_000
SHOWN_UNREAD = 25
WRITTEN = ("name", "amount_minor", "sale_minor", "sale_opens_on", "sale_closes_on", "gone_since")

Tell = Callable[[int], None]
Key = tuple[str, str]


class Unchanged(Exception):
    """The shop says that its list is as it was when it last gave it."""


@dataclass(slots=True)
class Line:
    """The way to one shop, on the terms that were agreed for it."""

    shop: ShopList
    etag: str = ""

    def ask(self, address: str) -> bytes:
        shop = self.shop
        is_feed = shop.kind == ShopKind.FEED and address == shop.found_at
        got = fetch(address, Terms(
            settings.MAX_UPLOAD_BYTES, allows_private=shop.allows_private, asks_as=AGENT,
            etag=shop.etag if is_feed else "",
        ))  # fmt: skip
        if got.content is None:
            raise Unchanged
        self.etag = got.etag[:200] if is_feed else ""
        return got.content


@dataclass(slots=True)
class Wanted:
    """What a list asks for each product, as our orders know products."""

    rows: dict[Key, ListedPrice] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    says_currency: bool = True


def look_at_shop(
    look: ShopLook, *, by: Actor, at: datetime, tell: Tell = lambda _count: None
) -> ShopLook:
    """Ask the shop, keep what its list says, and take it where an owner said so.

    A list that is suddenly empty, or a tenth of what it was, changes nothing unless told to; what
    cannot be reached or read changes nothing either, and is said. Safe to run again.
    """
    if look.state != LookState.LOOKING:
        return look
    try:
        _refuse_sample(look.shop)
        _look(look, by, at, tell)
    except Refusal as no:
        _fail(look, no, at)
    return look


def _refuse_sample(shop: ShopList) -> None:
    if shop.source == SAMPLE:
        raise Refusal(
            _("This shop belongs to the sample: nobody answers there."),
            _("Give it up, and say where your own keeps its list."),
        )


def _fail(look: ShopLook, no: Refusal, at: datetime) -> None:
    look.state, look.sentence, look.remedy = LookState.FAILED, no.sentence[:500], no.remedy[:500]
    look.save(update_fields=["state", "sentence", "remedy"])
    if look.tries < MOST_TRIES and look.shop.is_on and look.by_id is None:
        jobs.enqueue(FETCH_JOB, at=at + BETWEEN_TRIES, tries=look.tries + 1)


def _look(look: ShopLook, by: Actor, at: datetime, tell: Tell) -> None:
    shop, line = look.shop, Line(look.shop)
    business = the_named_business()
    today = business.day_of(at)
    try:
        wanted = _wanted(shop, _listing(line, look, tell), business.currency)
    except Unchanged:
        wanted, line.etag = None, shop.etag
    except LeadsElsewhere as no:
        raise _leads_on(no) from no
    if wanted is not None:
        _note(look, wanted)
        if not look.is_anyway and len(wanted.rows) * 10 <= shop.product_count:
            _hold(look)
            return
        look.gone = _write_down(look, wanted, today)
    else:
        last = ShopLook.objects.filter(shop=shop, pk__lt=look.pk).order_by("-pk")
        _note_as(look, last.exclude(state__in=(LookState.FAILED, LookState.HELD)).first())
    if shop.begun_at is not None:
        take_listed(look, by=by, at=at, today=today)
        compare_taken(look, at=at)
    _finish(look, line.etag, by, at)


def _listing(line: Line, look: ShopLook, tell: Tell) -> Listing:
    shop = line.shop
    if not shop.found_at:
        place = found_from(line.ask, shop.address)
        shop.kind, shop.found_at = place.kind, place.address
        shop.save(update_fields=["kind", "found_at"])

    def told_so_far(count: int) -> None:
        ShopLook.objects.filter(pk=look.pk).update(products=count)
        tell(count)

    return read_all(line.ask, Place(ShopKind(shop.kind), shop.found_at), tell=told_so_far)


def _leads_on(no: LeadsElsewhere) -> Refusal:
    return Refusal(
        _("The address leads on to %(place)s.") % {"place": no.to[:200]},
        _("If that is your shop, give it up here and name that address."),
    )


def _wanted(shop: ShopList, listing: Listing, currency: str) -> Wanted:
    """Each product once, under the number by which our orders know it; the lower price of two."""
    if not shop.known_by:
        shop.known_by = _known_by(NUMBERS[ShopKind(shop.kind)], listing.items)
        shop.save(update_fields=["known_by"])
    wanted = Wanted(unread=listing.unread)
    for item in listing.items:
        row = _row(shop, item, currency)
        if isinstance(row, Unread):
            wanted.unread.append(row)
            continue
        wanted.says_currency = wanted.says_currency and bool(item.currency)
        before = wanted.rows.setdefault((row.product, row.currency), row)
        if before is row:
            continue
        if _asks(before) != _asks(row):
            why = _("It stands there twice with two prices: the lower one counts.")
            wanted.unread.append(Unread(told(item.name, item.numbers), why))
        if _asks(row) < _asks(before):
            wanted.rows[row.product, row.currency] = row
    return wanted


def _asks(row: ListedPrice) -> int:
    return row.amount_minor if row.sale_minor is None else row.sale_minor


def _row(shop: ShopList, item: Item, currency: str) -> ListedPrice | Unread:
    said = item.currency if len(item.currency) == 3 else currency
    amount = Money.of(item.amount, said).minor
    if not 1 <= amount <= MOST_MINOR:
        why = _("A price is above nought, and below a thousand million.")
        return Unread(told(item.name, item.numbers), why)
    sale = None if item.sale is None else Money.of(item.sale, said).minor
    is_sale = sale is not None and 1 <= sale < amount
    return ListedPrice(
        shop=shop, product=item.known_as(shop.known_by), name=item.name, currency=said,
        amount_minor=amount, sale_minor=sale if is_sale else None,
        sale_opens_on=item.sale_opens_on if is_sale else None,
        sale_closes_on=item.sale_closes_on if is_sale else None,
    )  # fmt: skip


def _known_by(numbers: Sequence[str], items: Sequence[Item]) -> str:
    """The number by which our orders know most of them; where they know none, the usual one."""
    counts = {one: _bought({item.numbers.get(one, "") for item in items[:TELLING]})
              for one in numbers}  # fmt: skip
    # Of those known equally often the first counts, as long as products have it at all.
    given = [one for one in numbers if any(item.numbers.get(one) for item in items)]
    return max(given or numbers[:1], key=lambda one: counts[one])


def _bought(products: Iterable[str]) -> int:
    asked = sorted(set(products) - {""})
    lines = OrderLine.objects.exclude(sku="")
    return sum(
        lines.filter(sku__in=asked[start : start + PIECE]).values("sku").distinct().count()
        for start in range(0, len(asked), PIECE)
    )


def _note(look: ShopLook, wanted: Wanted) -> None:
    look.products, look.unread = len(wanted.rows), len(wanted.unread)
    look.unread_rows = [[one.what, one.why] for one in wanted.unread[:SHOWN_UNREAD]]
    look.says_currency = wanted.says_currency
    for _product, currency in wanted.rows:
        look.currencies[currency] = look.currencies.get(currency, 0) + 1


def _note_as(look: ShopLook, last: ShopLook | None) -> None:
    """The list is as it was: so is what there is to say of it."""
    if last is not None:
        for name in ("products", "unread", "unread_rows", "says_currency", "currencies", "bought"):
            setattr(look, name, getattr(last, name))


def _hold(look: ShopLook) -> None:
    look.state = LookState.HELD
    look.save()


def _write_down(look: ShopLook, wanted: Wanted, today: date) -> int:
    """Keep what the list says; returns how many products are on it no longer."""
    shop = look.shop
    there = {(one.product, one.currency): one for one in ListedPrice.objects.filter(shop=shop)}
    written = [row for key, row in wanted.rows.items() if _differs(there.get(key), row)]
    for start in range(0, len(written), PIECE):
        with transaction.atomic():
            ListedPrice.objects.bulk_create(
                written[start : start + PIECE], update_conflicts=True,
                unique_fields=["shop", "product", "currency"], update_fields=WRITTEN,
            )  # fmt: skip
    gone = [one.pk for key, one in there.items()
            if key not in wanted.rows and one.gone_since is None]  # fmt: skip
    for start in range(0, len(gone), PIECE):
        ListedPrice.objects.filter(pk__in=gone[start : start + PIECE]).update(gone_since=today)
    return len(gone)


def _differs(before: ListedPrice | None, row: ListedPrice) -> bool:
    return before is None or any(getattr(before, one) != getattr(row, one) for one in WRITTEN)


def _finish(look: ShopLook, etag: str, by: Actor, at: datetime) -> None:
    shop = look.shop
    is_known = Q(Exists(OrderLine.objects.exclude(sku="").filter(sku=OuterRef("product"))))
    with transaction.atomic():
        look.bought = ListedPrice.objects.on_the_list().filter(is_known, shop=shop).count()
        look.state = LookState.SEEN if shop.begun_at is None else LookState.TAKEN
        look.save()
        shop.etag, shop.product_count = etag, look.products
        shop.save(update_fields=["etag", "product_count"])
        audit.record(
            "looked at shop", shop, by=by, at=at, products=look.products, new=look.new,
            changed=look.changed, gone=look.gone,
        )  # fmt: skip
