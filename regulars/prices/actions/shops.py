"""The shop's own list: said once where it stands, switched on and off, given up."""

from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.fetching import told_by
from regulars.prices.actions.planning import MOST_TAX_BP
from regulars.prices.choices import LookState, Tax
from regulars.prices.errors import ShopBusy, ShopUnclear
from regulars.prices.models import ShopList, ShopLook
from regulars.prices.queries.shops import LOOK_JOB, is_being_asked, newest_look
from regulars.prices.rules import may_plan, may_set

LONGEST_ADDRESS = 500


@transaction.atomic
def use_shop(
    address: str, *, by: Actor, at: datetime, tax: Tax = Tax.SAME, tax_bp: int = 0,
    allows_private: bool = False,
) -> ShopList:  # fmt: skip
    """Say where the shop keeps its list. It is looked at, and nothing is taken from it yet."""
    _check_owner(by)
    place = _address_of(address)
    told_by(place, may_be_plain=allows_private)
    if tax != Tax.SAME and not 1 <= tax_bp <= MOST_TAX_BP:
        raise ShopUnclear(
            _("Where the tax is noted otherwise than in your orders, its rate is needed."),
            _("Say it in percent: 20, or 5.5."),
        )
    try:
        with transaction.atomic():
            shop = ShopList.objects.create(
                address=place, tax=tax, tax_bp=tax_bp if tax != Tax.SAME else 0,
                allows_private=allows_private, made_at=at, made_by_id=by.member_id,
            )  # fmt: skip
    except IntegrityError:
        raise ShopBusy(
            _("A shop’s list is looked at already."), _("Give that one up first.")
        ) from None
    audit.record("named shop", shop, by=by, at=at)
    begin_look(shop, by=by, at=at)
    return shop


def _address_of(address: str) -> str:
    """As people write it: without what comes before the name."""
    place = address.strip()
    if not place or len(place) > LONGEST_ADDRESS or any(c.isspace() for c in place):
        raise ShopUnclear(
            _("Give the address of the shop, as the browser shows it."), "https://shop.example"
        )
    place = place if "://" in place else f"https://{place}"
    try:
        return urlsplit(place)._replace(fragment="").geturl()
    except ValueError:
        raise ShopUnclear(
            _("Give the address of the shop, as the browser shows it."), "https://shop.example"
        ) from None


@transaction.atomic
def begin_look(
    shop: ShopList, *, by: Actor, at: datetime, is_anyway: bool = False, tries: int = 1,
    is_left: bool = True,
) -> ShopLook:  # fmt: skip
    """Have the shop asked, once at a time; in the background, unless somebody does it here."""
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers have a shop asked."), _("Ask one of them."))
    # Two may press at the same moment: lock first, judge second.
    shop = ShopList.objects.select_for_update().get(pk=shop.pk)
    if not shop.is_used:
        raise ShopBusy(_("This list is not looked at any more."))
    last = newest_look(shop)
    if last is not None and is_being_asked(last):
        raise ShopBusy(_("The shop is being asked already."), _("Look again in a minute."))
    look = ShopLook.objects.create(
        shop=shop, at=at, by_id=by.member_id, before=shop.product_count, tries=tries,
        is_anyway=is_anyway,
    )  # fmt: skip
    if is_left:
        jobs.enqueue(LOOK_JOB, at=at, look_id=look.pk)
    return look


@transaction.atomic
def take_from_shop(shop: ShopList, *, by: Actor, at: datetime) -> ShopLook:
    """From now on what the shop asks is what everybody pays, and it is asked each morning."""
    _check_owner(by)
    shop = ShopList.objects.select_for_update().get(pk=shop.pk)
    last = newest_look(shop)
    if last is None or last.state not in (LookState.SEEN, LookState.TAKEN):
        raise ShopBusy(_("Nobody has seen yet what the shop’s list says."), _("Look at it first."))
    shop.begun_at = shop.begun_at or at
    shop.is_on, shop.heeded_look = True, last.pk
    shop.save(update_fields=["begun_at", "is_on", "heeded_look"])
    audit.record("took prices from shop", shop, by=by, at=at)
    return begin_look(shop, by=by, at=at)


@transaction.atomic
def switch_shop(shop: ShopList, *, is_on: bool, by: Actor, at: datetime) -> ShopList:
    """Have the shop asked each morning, or no longer; what was taken stays."""
    _check_owner(by)
    shop = ShopList.objects.select_for_update().get(pk=shop.pk)
    if shop.begun_at is None or not shop.is_used:
        raise ShopBusy(_("Nothing was taken from this list yet."), _("Look at it first."))
    last = newest_look(shop)
    shop.is_on = is_on
    shop.heeded_look = last.pk if is_on and last else shop.heeded_look
    shop.save(update_fields=["is_on", "heeded_look"])
    audit.record("switched shop", shop, by=by, at=at, is_on=is_on)
    return shop


@transaction.atomic
def give_up_shop(shop: ShopList, *, by: Actor, at: datetime) -> ShopList:
    """Ask this shop no longer; the prices that it said stay, as they were published."""
    _check_owner(by)
    shop = ShopList.objects.select_for_update().get(pk=shop.pk)
    shop.is_used = False
    shop.save(update_fields=["is_used"])
    audit.record("gave up shop", shop, by=by, at=at)
    return shop


@transaction.atomic
def keep_shop(shop: ShopList, *, by: Actor, at: datetime) -> ShopList:
    """Undo that a shop was given up, as long as no other took its place."""
    _check_owner(by)
    shop = ShopList.objects.select_for_update().get(pk=shop.pk)
    shop.is_used = True
    try:
        with transaction.atomic():
            shop.save(update_fields=["is_used"])
    except IntegrityError:
        raise ShopBusy(
            _("Another shop's list is looked at by now."), _("Give that one up first.")
        ) from None
    audit.record("kept shop", shop, by=by, at=at)
    return shop


def _check_owner(by: Actor) -> None:
    if not may_set(by):
        raise NotAllowed(_("Only owners say from which shop prices come."), _("Ask one of them."))
