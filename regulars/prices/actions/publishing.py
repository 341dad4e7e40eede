"""Publishing a price: only once it is known whom it undercuts, and never twice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Left
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.core.templatetags.look import money
from regulars.orders.models import OrderLine
from regulars.prices.choices import PriceKind
from regulars.prices.errors import PriceChangedSince, PriceUnchecked, PriceUndercuts
from regulars.prices.events import PricesPublished
from regulars.prices.models import Concern, Price
from regulars.prices.rules import may_plan, may_publish_anyway

# After so long what was found is looked at again, even if nothing seems to have been sold.
GOOD_FOR = timedelta(hours=24)
SHORTEST_WHY, LONGEST_WHY = 10, 500
MOST_AT_ONCE = 2_000


@transaction.atomic
def publish_price(price: Price, *, by: Actor, at: datetime, anyway: str = "") -> Price:
    """Let a planned price hold from its first day on.

    Refused where old customers pay or paid more and nothing was done for them, unless an owner says
    in writing why (`anyway`); and where that is not known.
    """
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers publish prices."), _("Ask one of them."))
    # Two may press at the same moment: lock first, judge second.
    price = Price.objects.select_for_update().get(pk=price.pk)
    if price.withdrawn_at is not None or price.published_at is not None:
        raise PriceChangedSince(
            _("It was published or set aside already."), _("Load the page again.")
        )
    _refuse_unchecked(price, at)
    count = Concern.objects.unsettled().filter(price=price).count()
    why = anyway.strip()
    if count:
        _refuse_undercutting(price, count, why, by)
        price.anyway_why, price.anyway_count = why, count
    price.published_at, price.published_by_id, price.changed_at = at, by.member_id, at
    price.save(
        update_fields=["published_at", "published_by", "changed_at", "anyway_why", "anyway_count"]
    )
    detail = {"anyway": why, "count": count} if count else {}
    audit.record("published price", price, by=by, at=at, **detail)
    announce(PricesPublished([price.pk], count), at=at)
    return price


@transaction.atomic
def publish_what_fits(*, by: Actor, at: datetime) -> int:
    """Publish all planned prices of which it is known that they undercut nobody; returns how many.

    The others stay planned: each is looked at by somebody.
    """
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers publish prices."), _("Ask one of them."))
    concerned = Concern.objects.unsettled().filter(price=OuterRef("pk"))
    looked_at = Price.objects.planned().filter(~Exists(concerned), checked_at__gte=at - GOOD_FOR)
    # Locked first, so that nobody else publishes them meanwhile.
    rows = list(looked_at.select_for_update().order_by("pk")[:MOST_AT_ONCE])
    moved = _sold_or_told_since(rows)
    fitting = [one.pk for one in rows if one.product not in moved]
    if not fitting:
        return 0
    Price.objects.filter(pk__in=fitting).update(
        published_at=at, published_by_id=by.member_id, changed_at=at
    )
    audit.record("published prices", "prices", by=by, at=at, count=len(fitting))
    announce(PricesPublished(fitting, 0), at=at)
    return len(fitting)


@transaction.atomic
def unpublish_what_fitted(*, published_at: datetime, by: Actor, at: datetime) -> int:
    """Undo a publishing of many; what was set aside since stays so."""
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers publish prices."), _("Ask one of them."))
    theirs = Price.objects.published().filter(
        published_at=published_at, published_by_id=by.member_id, anyway_why=""
    )
    count = theirs.update(published_at=None, published_by=None, changed_at=at)
    if not count:
        raise PriceChangedSince(_("Somebody has changed this since. Look at it again."))
    audit.record("took back publishing", "prices", by=by, at=at, count=count)
    return count


def _sold_or_told_since(prices: list[Price]) -> set[str]:
    """Products of which more was sold or quoted since these were looked at."""
    if not prices:
        return set()
    products = {one.product for one in prices}
    new = OrderLine.objects.filter(
        pk__gt=min(one.lines_up_to for one in prices), order__customer__isnull=False
    )
    sold = new.filter(sku__in=products).values_list("sku", flat=True)
    words = new.filter(sku="").annotate(words=Left("description", 100)).values_list(
        "words", flat=True
    )  # fmt: skip
    told = Price.objects.published().filter(
        kind=PriceKind.QUOTE, product__in=products,
        published_at__gt=min(one.checked_at for one in prices if one.checked_at),
    ).values_list("product", flat=True)  # fmt: skip
    return {*sold.distinct(), *words.distinct(), *told.distinct()}


@transaction.atomic
def unpublish_price(price: Price, *, published_at: datetime, by: Actor, at: datetime) -> Price:
    """Undo a publishing, as long as it still stands so; it is planned again."""
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers publish prices."), _("Ask one of them."))
    price = Price.objects.select_for_update().get(pk=price.pk)
    if price.published_at != published_at or price.withdrawn_at is not None:
        raise PriceChangedSince(_("Somebody has changed this since. Look at it again."))
    price.published_at, price.published_by, price.changed_at = None, None, at
    price.anyway_why, price.anyway_count = "", 0
    price.save(
        update_fields=["published_at", "published_by", "changed_at", "anyway_why", "anyway_count"]
    )
    audit.record("took back publishing", price, by=by, at=at)
    return price


def _refuse_unchecked(price: Price, at: datetime) -> None:
    if price.checked_at is None or at - price.checked_at > GOOD_FOR:
        raise PriceUnchecked(
            _("Nobody has looked yet whether old customers paid more."),
            _("It is being looked at; try again in a moment."),
        )
    new = OrderLine.objects.filter(
        Q(sku=price.product) | Q(sku="", description__startswith=price.product),
        pk__gt=price.lines_up_to, order__customer__isnull=False,
    )  # fmt: skip
    told_since = Price.objects.published().filter(
        product=price.product, kind="quote", published_at__gt=price.checked_at
    )
    if new.exists() or told_since.exists():
        raise PriceUnchecked(
            _("More of it was sold or quoted since old customers were last looked at."),
            _("It is being looked at again; try again in a moment."),
        )


def _refuse_undercutting(price: Price, count: int, why: str, by: Actor) -> None:
    if not why:
        words = ngettext(
            "%(count)s old customer pays or paid more: %(amount)s in all.",
            "%(count)s old customers pay or paid more: %(amount)s in all.", count,
        )  # fmt: skip
        raise PriceUndercuts(
            words % {"count": count, "amount": money(price.open_amount)},
            _("Make it right for them first; or an owner publishes it anyway, and says why."),
        )
    if not may_publish_anyway(by):
        raise NotAllowed(
            _("Only owners publish what undercuts old customers."),
            _("Make it right for them first, or ask an owner."),
        )
    if not SHORTEST_WHY <= len(why) <= LONGEST_WHY:
        raise PriceUndercuts(
            _("Say in a sentence why it is published anyway."),
            _("It stays beside the price for as long as that is kept."),
        )
