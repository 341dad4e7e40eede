"""The codes of customers, as far as their wave is open: what texts and their page say."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from regulars.offers.choices import CodeKind
from regulars.offers.codes import made_code
from regulars.offers.models import Chosen, Code, Offer, Wave


def codes_said(offer_id: int, customer_ids: Sequence[int], at: datetime) -> dict[int, str]:
    """What each of these customers would use at that moment; nothing before their wave."""
    # Whoever is no customer sees it only where everybody does.
    offer = Offer.objects.filter(pk=offer_id, planned_at__lte=at).first()
    if offer is None or (offer.ended_at is not None and offer.ended_at <= at):
        return {}
    open_now = Wave.objects.open_at(at).filter(offer=offer)
    chosen = Chosen.objects.filter(
        offer=offer, wave__in=open_now.values("pk"), customer__in=list(customer_ids),
        since_at__lte=at,
    )  # fmt: skip
    theirs = set(chosen.values_list("customer_id", flat=True))
    found: dict[int, str] = {}
    if open_now.filter(is_public=True).exists():
        shared = shared_code_of(offer)
        found = dict.fromkeys(customer_ids, shared) if shared else {}
    if offer.code_kind == CodeKind.SHARED:
        return found | dict.fromkeys(theirs, shared_code_of(offer))
    return found | codes_of(offer, theirs)


def newest_open(customer_ids: Sequence[int], at: datetime) -> dict[int, Offer]:
    """By customer the offer that is open to them and was written last; three questions."""
    ids = list(customer_ids)
    stands = Offer.objects.planned().filter(planned_at__lte=at)
    waves = Wave.objects.open_at(at).filter(offer__in=stands.values("pk"))
    public = max(waves.filter(is_public=True).values_list("offer", flat=True), default=0)
    theirs = Chosen.objects.filter(
        customer__in=ids, since_at__lte=at, wave__in=waves.filter(is_public=False).values("pk")
    )
    newest = dict.fromkeys(ids, public) if public else {}
    for customer_id, offer_id in theirs.values_list("customer", "offer"):
        newest[customer_id] = max(newest.get(customer_id, 0), offer_id)
    offers = Offer.objects.in_bulk(set(newest.values()))
    return {pk: offers[offer_id] for pk, offer_id in newest.items()}


def codes_of(offer: Offer, customer_ids: Iterable[int]) -> dict[int, str]:
    """The code of each of these customers, whether it is open or not; who has none is left out."""
    rows = Code.objects.filter(offer=offer, customer__in=list(customer_ids), voided_at=None)
    found = rows.order_by("turn").values_list("customer_id", "turn")
    return {pk: made_code(offer.pk, pk, turn) for pk, turn in found if pk is not None}


def shared_code_of(offer: Offer) -> str:
    """The code of everybody, where there is one."""
    code = Code.objects.filter(offer=offer, customer=None, voided_at=None).first()
    return "" if code is None else offer.shared_words or made_code(offer.pk, None, code.turn)


def shared_code_at(offer: Offer, at: datetime) -> str:
    """The code of everybody from the moment on at which somebody may use it; empty before."""
    open_now = Wave.objects.open_at(at).filter(offer=offer)
    may_use = Q(is_public=True)
    if offer.code_kind == CodeKind.SHARED:
        chosen = Chosen.objects.filter(wave=OuterRef("pk"), since_at__lte=at)
        may_use |= Q(Exists(chosen))
    open_now = open_now.filter(may_use)
    return shared_code_of(offer) if open_now.exists() else ""
