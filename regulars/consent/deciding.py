"""Which decisions are news, and the rows that keep them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.consent.choices import Decision
from regulars.consent.errors import ProofMissing
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.consent.standing import Told, refusals_of
from regulars.core.actor import Actor

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Given:
    """How one customer's decision was told: where, in which words, when, and what shows it."""

    customer_id: int
    source: str
    wording: str = ""
    proof: str = ""
    happened_at: datetime | None = None


def latest_of(given: Iterable[Given], decision: Decision, at: datetime) -> dict[int, Given]:
    latest: dict[int, Given] = {}
    for one in given:
        if decision == Decision.GRANTED and not (one.proof.strip() and one.wording.strip()):
            raise ProofMissing(
                _("A yes needs the words in which it was given, and what shows it."),
                _("Write what they said, to whom and when, or where they signed."),
            )
        known = latest.get(one.customer_id)
        if known is None or _given_at(one, at) > _given_at(known, at):
            latest[one.customer_id] = one
    return latest


def _given_at(one: Given, at: datetime) -> datetime:
    return Told("", "", at, one.happened_at).given_at


def newly(
    ids: list[int],
    channel: str,
    purpose: str,
    decision: Decision,
    given: dict[int, Given],
    at: datetime,
) -> list[int]:
    states = ConsentState.objects.filter(customer_id__in=ids, channel=channel)
    rows = set(states.values_list("customer_id", "purpose", "decision"))
    standing = {pk: stands for pk, of, stands in rows if of == purpose}
    if decision == Decision.WITHDRAWN:
        open_to_us = {
            pk for pk, of, stands in rows if of and not purpose and stands != Decision.WITHDRAWN
        }
        # Said once more it counts from now on: no yes of the time between opens it again.
        told = refusals_of([pk for pk in ids if standing.get(pk) == decision], channel, purpose)
        return [pk for pk in ids if pk not in told or told[pk] < at or pk in open_to_us]
    if decision == Decision.CLAIMED:
        unasked = [pk for pk in ids if pk not in standing]
        refused = refusals_of(unasked, channel, purpose)
        return [pk for pk in unasked if pk not in refused]
    others = [pk for pk in ids if standing.get(pk) != decision]
    refused = refusals_of(others, channel, purpose)
    return [pk for pk in others if pk not in refused or _given_at(given[pk], at) >= refused[pk]]


def event_of(
    one: Given, channel: str, purpose: str, decision: Decision, *, by: Actor, at: datetime
) -> ConsentEvent:
    return ConsentEvent(
        customer_id=one.customer_id,
        channel=channel,
        purpose=purpose,
        decision=decision,
        source=one.source[:200],
        wording=one.wording,
        proof=one.proof[:200],
        happened_at=one.happened_at,
        recorded_at=at,
        recorded_by_id=by.member_id,
    )


def stand(
    news: Sequence[Given], channel: str, purpose: str, decision: Decision, at: datetime
) -> None:
    ids = [one.customer_id for one in news]
    spoken_of = {pk: {purpose} for pk in ids}
    if decision == Decision.WITHDRAWN and not purpose:
        # A no to everything is a no to each purpose that was agreed to.
        known = ConsentState.objects.filter(customer_id__in=ids, channel=channel)
        for pk, of in known.values_list("customer_id", "purpose"):
            spoken_of[pk].add(of)
    ConsentState.objects.bulk_create(
        (
            ConsentState(
                customer_id=one.customer_id, channel=channel, purpose=of, decision=decision,
                changed_at=_given_at(one, at),
            )
            for one in news
            for of in sorted(spoken_of[one.customer_id])
        ),
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["customer", "channel", "purpose"],
        update_fields=["decision", "changed_at"],
    )  # fmt: skip
