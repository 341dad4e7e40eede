"""The list of the day that a till takes along: what may be used until midnight, signed by us.

Of a code there are forty bits of an HMAC under a key of this member, day and session. A till knows
a code by them when somebody says it; whoever reads the list finds a thousand codes that fit each.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import connection
from django.utils.translation import gettext as _

from regulars.core.bulk import rows_of
from regulars.offers.choices import CodeKind
from regulars.offers.codes import made_code, typed
from regulars.offers.errors import ListNotOurs
from regulars.offers.models import Code, Offer, Wave
from regulars.offers.words import gives

SALT = "offers.till-list"
MARK_BYTES = 5
# Of a million codes that are out these take 0.3 s and 280 KB; who comes first is on it first.
MOST_CODES = 20_000
# More waves than anybody has open on one day.
MOST_WAVES = 60
_OF_WAVE = (
    "SELECT * FROM (SELECT m.wave_id, c.customer_id, c.turn, c.uses_left FROM offers_chosen m"
    " JOIN offers_code c ON c.customer_id = m.customer_id AND c.offer_id = m.offer_id"
    " WHERE m.wave_id = %s AND m.since_at <= %s AND c.voided_at IS NULL"
    " AND (c.uses_left IS NULL OR c.uses_left > 0) LIMIT %s) AS w{place}"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What of a list is signed: whose it is, of which day, from when until when it holds."""

    member_id: int
    day: str
    listed_at: datetime
    ends_at: datetime


def mark_of(key: str, code: str) -> str:
    """How a list knows a code."""
    made = hmac.new(urlsafe_b64decode(key), typed(code).encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made[:MARK_BYTES]).decode().rstrip("=")


def codes_of_the_day(key: str, *, at: datetime, until: datetime) -> dict[str, Any]:
    """What may be used between two moments, wave by wave; five questions, however many there are.

    Nobody is named. A code for everybody is on it where everybody may use it: else it is used
    under a name, and names stay here.
    """
    waves = _waves(at, until)
    marks: dict[int, dict[str, int | None]] = {one.pk: {} for one in waves}
    offers = {one.pk: one.offer for one in waves}
    found = _personal(waves, at)
    for wave_id, customer_id, turn, left in found[:MOST_CODES]:
        code = made_code(offers[wave_id].pk, customer_id, turn)
        marks[wave_id][mark_of(key, code)] = left
    for wave, code in _shared(waves):
        marks[wave.pk][mark_of(key, code)] = None
    listed = [_wave(one, marks[one.pk]) for one in waves if marks[one.pk]]
    return {
        "waves": listed,
        "count": sum(len(one["codes"]) for one in listed),
        "offers": len({one["offer"] for one in listed}),
        "is_cut": len(found) > MOST_CODES,
    }


def signed(listed: dict[str, Any], stamp: Stamp) -> str:
    """Our name under a list: by it we know it again when something is brought back."""
    digest = hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()[:32]
    said = [stamp.member_id, stamp.day, stamp.listed_at.isoformat(), stamp.ends_at.isoformat()]
    return signing.dumps([*said, digest], salt=SALT)


def stamp_in(text: str) -> Stamp:
    try:
        member_id, day, listed, ends, _digest = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError) as no:
        raise ListNotOurs(
            _("This was noted on no list that we signed."),
            _("Look the code up at the till with a connection."),
        ) from no
    return Stamp(member_id, day, datetime.fromisoformat(listed), datetime.fromisoformat(ends))


def _waves(at: datetime, until: datetime) -> list[Wave]:
    """Those open at some moment of the rest of the day, who comes first first."""
    planned = Offer.objects.planned().filter(planned_at__lte=at)
    found = Wave.objects.filter(opens_at__lt=until, closes_at__gt=at, offer__in=planned)
    return list(found.select_related("offer").in_order()[:MOST_WAVES])


def _personal(waves: list[Wave], at: datetime) -> list[tuple[Any, ...]]:
    asked = [one for one in waves
             if not one.is_public and one.offer.code_kind == CodeKind.PERSONAL]  # fmt: skip
    if not asked:
        return []
    parts = [_OF_WAVE.format(place=place) for place in range(len(asked))]
    moment = connection.ops.adapt_datetimefield_value(at)
    values = [value for one in asked for value in (one.pk, moment, MOST_CODES + 1)]
    return rows_of(f"{' UNION ALL '.join(parts)} LIMIT {MOST_CODES + 1}", values)


def _shared(waves: list[Wave]) -> list[tuple[Wave, str]]:
    public = {one.offer_id: one for one in waves if one.is_public}
    rows = Code.objects.filter(offer__in=list(public), customer=None, voided_at=None)
    found = rows.exclude(uses_left=0).values_list("offer_id", "turn")
    return [
        (public[pk], public[pk].offer.shared_words or made_code(pk, None, turn))
        for pk, turn in found
    ]


def _wave(wave: Wave, codes: dict[str, int | None]) -> dict[str, Any]:
    offer = wave.offer
    stock = None if offer.common_left is None else offer.common_left + wave.held_left
    return {
        "offer": offer.pk, "name": offer.name, "gives": gives(offer), "extra": wave.extra,
        "terms": offer.terms, "opens_at": _milliseconds(wave.opens_at),
        "closes_at": _milliseconds(wave.closes_at), "stock": stock, "codes": codes,
    }  # fmt: skip


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
