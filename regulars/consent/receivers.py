"""What consent hears: from files what they say of permission, from below that somebody moved."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from regulars.consent import tasks  # noqa: F401
from regulars.consent.actions import place_by_clock, record_decisions
from regulars.consent.choices import Decision
from regulars.consent.deciding import Given
from regulars.consent.models import ConsentState
from regulars.consent.remembering import (
    REFUSALS,
    SUPPRESSIONS,
    missing_refusals,
    missing_suppressions,
    replay_refusals,
    replay_suppressions,
)
from regulars.consent.standing import refusals_of
from regulars.core import jobs, ledgers
from regulars.core.column_sets import Said, Terms, consent_takers
from regulars.core.events import receives
from regulars.customers.events import CustomerAdded, CustomerChanged
from regulars.intake.events import ImportFinished, ImportUndone


class FromFiles:
    """Takes what the rows of an import say about permission.

    A no lowers. A yes raises only where the row says when and how it was given (RELIABILITY C3);
    else it is noted as claimed.
    """

    def would_change(self, said: Sequence[Said]) -> set[int]:
        states = ConsentState.objects.filter(
            customer_id__in={one.customer_id for one in said}, purpose=""
        )
        rows = states.values_list("customer_id", "channel", "decision")
        standing = {(customer_id, channel): decision for customer_id, channel, decision in rows}
        refused = {
            channel: refusals_of({one.customer_id for one in said}, channel, "")
            for channel in {one.channel for one in said if one.is_proven}
        }
        return {
            one.customer_id
            for one in said
            if _is_news(
                one,
                standing.get((one.customer_id, one.channel)),
                refused.get(one.channel, {}).get(one.customer_id),
            )
        }

    def take(self, said: Sequence[Said], terms: Terms) -> None:
        sets: dict[tuple[str, Decision], list[Said]] = defaultdict(list)
        for one in said:
            sets[one.channel, _decision(one, terms.at)].append(one)
        # A no of the same file counts first, so that no older yes stands beside it.
        in_turn = sorted(sets.items(), key=lambda item: (item[0][0], ORDER.index(item[0][1])))
        for (channel, decision), told in in_turn:
            given = (_given(one, decision, terms) for one in told)
            record_decisions(given, channel, decision, by=terms.by, at=terms.at)


ORDER = (Decision.WITHDRAWN, Decision.GRANTED, Decision.CLAIMED)


def _decision(one: Said, at: datetime) -> Decision:
    if not one.is_yes:
        return Decision.WITHDRAWN
    is_proven = one.is_proven and one.happened_at is not None and one.happened_at <= at
    return Decision.GRANTED if is_proven else Decision.CLAIMED


def _given(one: Said, decision: Decision, terms: Terms) -> Given:
    file = f"import {terms.import_id}: {terms.source}"
    if decision != Decision.GRANTED:
        return Given(one.customer_id, file)
    proof = f"import {terms.import_id}, row {one.row}"
    return Given(one.customer_id, file, one.source, proof, one.happened_at)


def _is_news(one: Said, standing: str | None, refused_at: datetime | None) -> bool:
    if not one.is_yes:
        return standing != Decision.WITHDRAWN
    if not one.is_proven:
        return standing is None
    is_older = one.happened_at is None or (refused_at is not None and one.happened_at < refused_at)
    return standing != Decision.GRANTED and not is_older


consent_takers.register("consent", FromFiles())
ledgers.register(SUPPRESSIONS, replay_suppressions, missing_suppressions)
ledgers.register(REFUSALS, replay_refusals, missing_refusals)


@receives(ImportFinished, name="consent.place_after_import")
def place_after_import(fact: ImportFinished, at: datetime) -> None:
    """Files say where customers live."""
    if fact.created or fact.updated:
        key = f"consent.place_by_clock:import:{fact.import_id}"
        jobs.enqueue("consent.place_by_clock", at=at, unique_key=key)


@receives(CustomerAdded, name="consent.place_the_added")
def place_the_added(fact: CustomerAdded, at: datetime) -> None:
    place_by_clock([fact.customer_id], at=at)


@receives(CustomerChanged, name="consent.place_the_moved")
def place_the_moved(fact: CustomerChanged, at: datetime) -> None:
    """Whoever moved abroad lives by another clock."""
    place_by_clock([fact.customer_id], at=at)


@receives(ImportUndone, name="consent.lower_after_undo")
def lower_after_undo(fact: ImportUndone, at: datetime) -> None:
    """A yes that rests on a file alone goes with it."""
    key = f"consent.lower_after_undo:{fact.import_id}"
    jobs.enqueue("consent.lower_after_undo", at=at, unique_key=key, import_id=fact.import_id)
