"""How somebody asks to hear from us by a public form, and how often they may (RELIABILITY C8)."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose, Stopped
from regulars.consent.errors import AddressUnreadable, WishUnclear
from regulars.consent.models import OptInRequest, Suppression
from regulars.core.bulk import rows_of
from regulars.core.keys import kept_key
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.naming import normal_email, seal_of, state_of

VALID_FOR = timedelta(days=7)
ONCE_IN = timedelta(hours=24)
PLACE_WINDOW = timedelta(hours=1)
MOST_FROM_ONE_PLACE = 5
# Whom a form must not write to even once more.
CLOSED = (Stopped.COMPLAINED, Stopped.LEGAL, Stopped.ERASED, Stopped.BOUNCED)


def asked(
    address: str,
    name: str,
    purposes: Sequence[str],
    wording: str,
    source: str,
    asked_from_ip: str,
    at: datetime,
) -> OptInRequest:
    """The request as it would be kept; what cannot be one is refused in words."""
    normal = normal_email(address)
    if len(address) > 320 or state_of(PointKind.EMAIL, normal) != PointState.USABLE:
        raise AddressUnreadable(
            _("This is no e-mail address that we could write to."),
            _("Write it like ruth@example.com."),
        )
    if not set(purposes) <= set(Purpose.values) or not wording.strip():
        raise WishUnclear(_("Choose from the list what you want to hear about."))
    return OptInRequest(
        name=" ".join(name.split())[:200], channel=Channel.EMAIL, address=normal,
        seal=seal_of(PointKind.EMAIL, normal), purposes=sorted(set(purposes)), wording=wording,
        source=source[:200], asked_at=at, asked_from=_sealed(asked_from_ip),
        expires_at=at + VALID_FOR,
    )  # fmt: skip


def _sealed(ip: str) -> str:
    """A network address that can be known again, and not read."""
    if not ip:
        return ""
    return hmac.new(kept_key("addresses"), f"ip:{ip}".encode(), hashlib.sha256).hexdigest()[:32]


def is_too_much(request: OptInRequest) -> bool:
    """Whether no mail goes out for this one: asked already, asked too often, or closed."""
    _one_after_the_other(request.seal, request.asked_from)
    at, requests = request.asked_at, OptInRequest.objects.all()
    if requests.filter(seal=request.seal, asked_at__gt=at - ONCE_IN).exists():
        return True
    from_there = requests.filter(asked_from=request.asked_from, asked_at__gt=at - PLACE_WINDOW)
    if request.asked_from and from_there.count() >= MOST_FROM_ONE_PLACE:
        return True
    closed = Suppression.objects.standing_at(at).filter(seal=request.seal, why__in=CLOSED)
    return closed.exists()


def _one_after_the_other(*seals: str) -> None:
    """Two requests in the same moment would both count too few; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    for seal in sorted(filter(None, seals)):
        rows_of("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [seal])


def known(request: OptInRequest) -> Customer | None:
    """Whoever has this address, on the list before archived, by the same name before others."""
    points = ContactPoint.objects.filter(kind=PointKind.EMAIL, seal=request.seal)
    holders = Customer.objects.filter(pk__in=points.values("customer_id")).order_by("pk")[:100]
    wanted = request.name.casefold()
    return min(
        holders,
        key=lambda one: (one.archived_at is not None, one.name.casefold() != wanted, one.pk),
        default=None,
    )
