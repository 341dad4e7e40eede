"""Working out whom waves mean, and writing it down: one statement, over stretches of the list."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, Min

from regulars.core.bulk import run_sql
from regulars.core.faults import fault
from regulars.core.jobs import RunningJob
from regulars.core.pace import REST, Pace
from regulars.customers.models import Customer
from regulars.offers.actions.codes import make_codes
from regulars.offers.checking import place_of
from regulars.offers.models import Chosen, Offer, Wave
from regulars.offers.queries.meant import customers_meant

ROWS_AT_FIRST = 20_000
# Who is in a later wave already comes forward, from now on and not for days gone by; nobody ever
# goes back.
_CHOOSE = (
    "INSERT INTO offers_chosen (offer_id, wave_id, customer_id, since_at)"
    " SELECT %s, %s, m.id, %s FROM ({meant}) m WHERE 1 = 1"
    " ON CONFLICT (customer_id, offer_id) DO UPDATE"
    " SET wave_id = excluded.wave_id, since_at = excluded.since_at"
    " WHERE offers_chosen.wave_id <> excluded.wave_id AND %s <"
    " (SELECT w.opens_at FROM offers_wave w WHERE w.id = offers_chosen.wave_id)"
)


def keep_offer(offer: Offer, *, at: datetime, running: RunningJob | None = None) -> int:
    """Whatever is due of an offer: whom its waves mean, their codes, what is held back no more.

    Safe to run again; returns how many customers its waves mean.
    """
    offer = Offer.objects.get(pk=offer.pk)
    if offer.planned_at is None or offer.ended_at is not None:
        return 0
    for wave in sorted(offer.waves.select_related("segment"), key=place_of):
        if _is_due(wave, at):
            choose(wave, at=at, running=running)
    done = 0
    for count in make_codes(offer, at=at):
        done += count
        if running is not None:
            running.progress(done, step="codes")
    release_held(offer, at=at)
    return Chosen.objects.filter(wave__offer=offer).count()


def _is_due(wave: Wave, at: datetime) -> bool:
    """Frozen waves once; live ones while they are open."""
    if wave.is_public:
        return False
    if not wave.is_live:
        return wave.chosen_at is None
    return wave.is_open_at(at)


def choose(wave: Wave, *, at: datetime, running: RunningJob | None = None) -> int:
    """Write down whom a wave means; returns how many they are now.

    Goes on where a killed run stopped. Nobody sees the wave by it before its last row is written,
    unless it is live and open already.
    """
    ends = Customer.objects.on_the_list().aggregate(low=Min("pk"), high=Max("pk"))
    if ends["high"] is not None:
        low = max(ends["low"] or 0, wave.chosen_up_to + 1)
        for first, last in Pace(ROWS_AT_FIRST, rest=REST).pieces(low, ends["high"]):
            _choose_between(wave, first, last, at)
            fault("choose.piece")
            if running is not None:
                running.progress(last, ends["high"], step=wave.name)
    count = Chosen.objects.filter(wave=wave).count()
    Wave.objects.filter(pk=wave.pk).update(chosen_at=at, chosen_count=count, chosen_up_to=0)
    return count


@transaction.atomic
def _choose_between(wave: Wave, first: int, last: int, at: datetime) -> None:
    meant = customers_meant(wave).filter(pk__range=(first, last)).order_by("pk").values("id")
    sql, values = meant.query.sql_with_params()
    opens_at = connection.ops.adapt_datetimefield_value(wave.opens_at)
    run_sql(
        _CHOOSE.format(meant=sql),
        [wave.offer_id, wave.pk, connection.ops.adapt_datetimefield_value(at), *values, opens_at],
    )
    Wave.objects.filter(pk=wave.pk).update(chosen_up_to=last)


@transaction.atomic
def release_held(offer: Offer, *, at: datetime) -> int:
    """What was held back for waves that are over is there for everybody."""
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    over = offer.waves.filter(closes_at__lte=at, held_left__gt=0)
    free = sum(over.values_list("held_left", flat=True))
    if free and offer.common_left is not None:
        over.update(held_left=0)
        offer.common_left += free
        offer.save(update_fields=["common_left"])
    return free
