"""What a shop's list asks, as prices: each change is public already, and noted as of this day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.actor import Actor
from regulars.core.before_images import changing, remember_created
from regulars.core.errors import Refusal
from regulars.core.events import announce
from regulars.core.models import Operation
from regulars.core.operations import begin_operation
from regulars.core.templatetags.look import number
from regulars.prices.actions.checking import check_prices
from regulars.prices.actions.planning import compared
from regulars.prices.choices import PriceKind
from regulars.prices.events import PricesPublished
from regulars.prices.models import ListedPrice, Price, ShopList, ShopLook

# Rows that are written together, in one short transaction.
PIECE = 500

Key = tuple[str, str]


@dataclass(slots=True)
class Changes:
    """What has to be written so that our prices say what the list says."""

    new: list[Price] = field(default_factory=list)
    # Which price each of the new ones follows, by its key.
    follows: dict[Key, Price] = field(default_factory=dict)
    # What a price that somebody wrote down took the place of.
    over: list[Price] = field(default_factory=list)
    # The same price, with another last day.
    ends: list[tuple[Price, date | None]] = field(default_factory=list)
    clashes: list[ListedPrice] = field(default_factory=list)


def take_listed(look: ShopLook, *, by: Actor, at: datetime, today: date) -> None:
    """Write down each price that changed in the shop, as published; the one before ends.

    Nobody is asked, because it is public already. Run again after a kill, it goes on: what is
    written by then is found as it is.
    """
    changes = _changes(look.shop, at, today)
    _say_clashes(look, changes.clashes)
    for start in range(0, len(changes.new), PIECE):
        piece = changes.new[start : start + PIECE]
        with transaction.atomic():
            done = _operation(look, by, at)
            _end(done, [changes.follows[key] for one in piece
                        if (key := _key(one)) in changes.follows], by, at, today)  # fmt: skip
            made = Price.objects.bulk_create(piece)
            remember_created(done, Price, [one.pk for one in made])
            changed = sum(1 for one in piece if _key(one) in changes.follows)
            ShopLook.objects.filter(pk=look.pk).update(
                new=F("new") + len(piece) - changed, changed=F("changed") + changed
            )
    if changes.over:
        with transaction.atomic():
            _end(_operation(look, by, at), changes.over, by, at, today)
    for start in range(0, len(changes.ends), PIECE):
        _move_ends(changes.ends[start : start + PIECE], at)
    look.refresh_from_db(fields=["new", "changed", "operation"])
    _name_operation(look)


def _changes(shop: ShopList, at: datetime, today: date) -> Changes:
    """Compared in memory: a shop has some ten thousand products at most."""
    found = Changes()
    ours = _ours(shop, today)
    others, taken = _others(shop, today)
    for row in ListedPrice.objects.on_the_list().filter(shop=shop).order_by("pk").iterator():
        key = (row.product, row.currency)
        minor, closes_on = row.asked_on(today)
        milli = compared(minor, shop.tax, shop.tax_bp)
        before = ours.get(key)
        if before is not None and before.compare_milli == milli:
            if before.closes_on != closes_on:
                found.ends.append((before, closes_on))
            continue
        other = others.get(key)
        if other and other.compare_milli == milli and _is_later(other, before):
            # Somebody wrote down the same.
            if before is not None:
                found.over.append(before)
            continue
        if key in taken:
            found.clashes.append(row)
            continue
        if before is not None:
            found.follows[key] = before
        found.new.append(_price(shop, row, minor, closes_on, milli, at, today))
    return found


def _ours(shop: ShopList, today: date) -> dict[Key, Price]:
    """What the list said before, as far as it holds."""
    rows = Price.objects.open_on(today).filter(shop=shop).order_by("opens_on", "pk")
    return {_key(one): one for one in rows.iterator()}


def _is_later(other: Price, before: Price | None) -> bool:
    return before is None or other.opens_on > before.opens_on


def _others(shop: ShopList, today: date) -> tuple[dict[Key, Price], set[Key]]:
    """What people wrote down: the price that holds, and those that begin just today."""
    public = Price.objects.public().filter(
        Q(shop=None) | ~Q(shop=shop), kind=PriceKind.LIST, from_quantity=0, withdrawn_at=None
    )
    holding = public.open_on(today).order_by("opens_on", "pk")
    begins = public.filter(opens_on=today, code="").values_list("product", "currency")
    return {_key(one): one for one in holding.iterator()}, set(begins)


def _key(price: Price) -> Key:
    return price.product, price.currency


def _price(
    shop: ShopList, row: ListedPrice, minor: int, closes_on: date | None, milli: int,
    at: datetime, today: date,
) -> Price:  # fmt: skip
    return Price(
        product=row.product, name=row.name, kind=PriceKind.LIST, amount_minor=minor,
        currency=row.currency, tax=shop.tax, tax_bp=shop.tax_bp, compare_milli=milli,
        opens_on=today, closes_on=closes_on, source="shop", shop=shop, created_at=at,
        changed_at=at, published_at=at,
    )  # fmt: skip


def _end(done: Operation, before: list[Price], by: Actor, at: datetime, today: date) -> None:
    """The one before held until yesterday; one of today never did."""
    since_today = [one.pk for one in before if one.opens_on >= today]
    earlier = [one.pk for one in before if one.opens_on < today]
    columns = ("closes_on", "withdrawn_at", "withdrawn_by")
    with changing(done, Price, columns, [*since_today, *earlier]):
        Price.objects.filter(pk__in=since_today).update(
            withdrawn_at=at, withdrawn_by_id=by.member_id, changed_at=at
        )
        Price.objects.filter(pk__in=earlier).update(
            closes_on=today - timedelta(days=1), changed_at=at
        )


def _move_ends(ends: list[tuple[Price, date | None]], at: datetime) -> None:
    for price, closes_on in ends:
        price.closes_on, price.changed_at = closes_on, at
    Price.objects.bulk_update([price for price, _closes in ends], ["closes_on", "changed_at"])


def _operation(look: ShopLook, by: Actor, at: datetime) -> Operation:
    """The way back of one look, begun with the first that it changes."""
    if look.operation is None:
        look.operation = begin_operation(
            Operation.Kind.BULK, subject_id=None, by=by, at=at,
            words=_("Prices taken from the shop"),
        )  # fmt: skip
        look.save(update_fields=["operation"])
    look.operation.refresh_from_db(fields=["undone_from"])
    if look.operation.undone_from is not None:
        raise Refusal(_("It was taken back while it was still being taken."))
    return look.operation


def _name_operation(look: ShopLook) -> None:
    if look.operation is None:
        return
    count = look.new + look.changed
    words = ngettext(
        "%(n)s price taken from the shop", "%(n)s prices taken from the shop", count
    ) % {"n": number(count)}  # fmt: skip
    Operation.objects.filter(pk=look.operation.pk).update(words=words)


def _say_clashes(look: ShopLook, rows: list[ListedPrice]) -> None:
    why = _("Somebody wrote down another price of it from today: that one stays.")
    look.unread += len(rows)
    look.unread_rows = [*look.unread_rows, *([one.name or one.product, why] for one in rows[:25])]
    look.save(update_fields=["unread", "unread_rows"])


def compare_taken(look: ShopLook, *, at: datetime) -> int:
    """Find at once whom the new prices undercut, and tell the house that they hold."""
    undercut = 0
    for piece in _unchecked(look.shop):
        concerned = check_prices(piece, at=at)
        with transaction.atomic():
            announce(PricesPublished(piece, concerned), at=at)
        undercut += concerned
    return undercut


def _unchecked(shop: ShopList) -> Iterator[list[int]]:
    rows = Price.objects.published().filter(shop=shop, checked_at=None).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    yield from (ids[start : start + PIECE] for start in range(0, len(ids), PIECE))
