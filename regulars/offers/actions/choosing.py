"""Working out whom waves mean, and writing it down: one statement, over stretches of the list."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
from regulars.offers.queries.meant import customers_by_wave

ROWS_AT_FIRST = 20_000
# Who is in a later wave already comes forward, from now on and not for days gone by; nobody ever
# goes back.
_CHOOSE = (
    "INSERT INTO offers_chosen (offer_id, wave_id, customer_id, since_at)"
    " SELECT %s, m.meant_by, m.id, %s FROM ({meant}) m WHERE 1 = 1"
    " ON CONFLICT (customer_id, offer_id) DO UPDATE"
    " SET wave_id = excluded.wave_id, since_at = excluded.since_at"
    " WHERE offers_chosen.wave_id <> excluded.wave_id AND"
    " (SELECT w.opens_at FROM offers_wave w WHERE w.id = excluded.wave_id) <"
    " (SELECT w.opens_at FROM offers_wave w WHERE w.id = offers_chosen.wave_id)"
)


def keep_offer(offer: Offer, *, at: datetime, running: RunningJob | None = None) -> int:
    """Whatever is due of an offer: whom its waves mean, their codes, what is held back no more.

    Safe to run again; returns how many customers its waves mean.
    """
    offer = Offer.objects.get(pk=offer.pk)
    if offer.planned_at is None or offer.ended_at is not None:
        return 0
    for waves in _in_one_pass(offer, at):
        choose(waves, at=at, running=running)
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


def _in_one_pass(offer: Offer, at: datetime) -> list[list[Wave]]:
    """Waves that are due: those by tier together, which go through the list once; else each."""
    together: dict[tuple[int | None, int], list[Wave]] = defaultdict(list)
    for wave in sorted(offer.waves.select_related("segment"), key=place_of):
        if _is_due(wave, at):
            together[wave.segment_id, wave.chosen_up_to].append(wave)
    return list(together.values())


def choose(
    waves: Sequence[Wave], *, at: datetime, running: RunningJob | None = None
) -> dict[int, int]:
    """Write down whom waves of one offer mean; returns by wave how many they are now.

    They are one wave, or several by tier. Goes on where a killed run stopped. Nobody sees a wave
    by it before its last row is written, unless it is live and open already.
    """
    ends = Customer.objects.on_the_list().aggregate(low=Min("pk"), high=Max("pk"))
    if ends["high"] is not None:
        low = max(ends["low"] or 0, min(wave.chosen_up_to for wave in waves) + 1)
        for first, last in Pace(ROWS_AT_FIRST, rest=REST).pieces(low, ends["high"]):
            _choose_between(waves, first, last, at)
            fault("choose.piece")
            if running is not None:
                running.progress(last, ends["high"], step=waves[0].name)
    counts = {wave.pk: Chosen.objects.filter(wave=wave).count() for wave in waves}
    with transaction.atomic():
        for pk, count in counts.items():
            Wave.objects.filter(pk=pk).update(chosen_at=at, chosen_count=count, chosen_up_to=0)
    return counts


@transaction.atomic
def _choose_between(waves: Sequence[Wave], first: int, last: int, at: datetime) -> None:
    meant: Any = customers_by_wave(waves).filter(pk__range=(first, last)).order_by("pk")
    sql, values = meant.values("id", "meant_by").query.sql_with_params()
    since = connection.ops.adapt_datetimefield_value(at)
    run_sql(_CHOOSE.format(meant=sql), [waves[0].offer_id, since, *values])
    Wave.objects.filter(pk__in=[wave.pk for wave in waves]).update(chosen_up_to=last)


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
