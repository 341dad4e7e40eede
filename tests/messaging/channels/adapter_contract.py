"""What every adapter keeps to, whoever carries the parcel; each adapter's own tests inherit it.

A subclass gives `adapter`, and `delivered()`: what recipients would have received, in order.
`make_trouble(kind)` makes the provider misbehave from abc import ABC, abstractmethod
from the next parcel on; it says False where a
provider cannot misbehave in this way.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import pytest

from regulars.messaging.channels.adapters import Adapter, Blind, Keyed, Parcel, Searchable
from regulars.messaging.choices import Result
from tests.messaging.channels.parcels import make_parcel, make_parcels, outcomes_of, ticket

Trouble = Literal["drop", "vanish", "refuse", "later", "gone"]


class AdapterContract(ABC):
    """Collected where a subclass named Test… inherits it."""

    adapter: Adapter
    # What each kind of trouble may end in; nothing else is honest.
    honest: ClassVar[dict[str, set[Result]]] = {
        "drop": {Result.IN_DOUBT},
        "vanish": {Result.IN_DOUBT, Result.NOT_SENT},
        "refuse": {Result.REFUSED},
        "later": {Result.NOT_SENT},
        "gone": {Result.NOT_SENT},
    }

    @abstractmethod
    def delivered(self) -> list[str]:
        """The recipients, in order."""

    @abstractmethod
    def make_trouble(self, kind: Trouble) -> bool:
        """Bring that about; False where this provider has no such trouble."""

    def test_every_parcel_has_one_outcome_and_arrives(self) -> None:
        parcels = make_parcels(5)

        outcomes = outcomes_of(self.adapter, parcels)

        assert {o.message_id for o in outcomes} == {p.message_id for p in parcels}
        assert [o.result for o in outcomes] == [Result.ACCEPTED] * 5
        assert Counter(self.delivered()) == Counter(p.recipient for p in parcels)

    def test_nothing_handed_over_is_nothing_done(self) -> None:
        assert outcomes_of(self.adapter, []) == []
        assert self.delivered() == []

    def test_without_a_ticket_nothing_leaves(self) -> None:
        """RELIABILITY C1."""
        forged: Any = object()

        with pytest.raises(TypeError):
            list(self.adapter.hand_over(forged, make_parcels(1), may_go_on=lambda _parcel: True))

        assert self.delivered() == []

    def test_a_parcel_that_may_not_go_on_does_not_leave(self) -> None:
        """RELIABILITY M10: also in the middle of a batch, and the others are not touched."""
        parcels = make_parcels(6)
        stopped = {parcels[0].provider_key, parcels[2].provider_key, parcels[3].provider_key}

        outcomes = list(
            self.adapter.hand_over(
                ticket(), parcels, may_go_on=lambda p: p.provider_key not in stopped
            )
        )

        results = {o.message_id: (o.result, o.code.split()[0]) for o in outcomes}
        held = [results[parcels[n].message_id] for n in (0, 2, 3)]
        gone = [results[parcels[n].message_id][0] for n in (1, 4, 5)]
        assert held == [(Result.NOT_SENT, "stopped")] * 3
        assert gone == [Result.ACCEPTED] * 3
        assert sorted(self.delivered()) == sorted(parcels[n].recipient for n in (1, 4, 5))

    def test_the_question_is_asked_of_every_parcel_that_leaves(self) -> None:
        parcels, asked = make_parcels(4), []

        def may_go_on(parcel: Parcel) -> bool:
            asked.append(parcel.provider_key)
            return True

        list(self.adapter.hand_over(ticket(), parcels, may_go_on=may_go_on))

        assert set(asked) == {p.provider_key for p in parcels}

    @pytest.mark.parametrize("kind", ["drop", "vanish", "refuse", "later", "gone"])
    def test_trouble_ends_in_what_is_true(self, kind: Trouble) -> None:
        """RELIABILITY M4: nothing certain about what nobody knows, no doubt about a clear no."""
        if not self.make_trouble(kind):
            assert kind in type(self).cannot
            return
        parcels = make_parcels(3)

        outcomes = outcomes_of(self.adapter, parcels)

        assert Counter(o.message_id for o in outcomes) == Counter(p.message_id for p in parcels)
        assert {o.result for o in outcomes} <= self.honest[kind]
        self._nothing_false(parcels, {o.message_id: o.result for o in outcomes})

    cannot: ClassVar[set[str]] = set()

    def _nothing_false(self, parcels: Sequence[Parcel], results: dict[Any, Result]) -> None:
        there = Counter(self.delivered())
        for parcel in parcels:
            if results[parcel.message_id] in {Result.NOT_SENT, Result.REFUSED}:
                assert there[parcel.recipient] == 0
            assert there[parcel.recipient] <= 1

    def test_the_claim_of_certainty_is_true(self) -> None:
        """RELIABILITY M6: a key means once, a search finds, and whoever is blind finds nothing."""
        parcel = make_parcel()
        certainty = self.adapter.certainty

        first = outcomes_of(self.adapter, [parcel])
        if isinstance(certainty, Keyed):
            again = outcomes_of(self.adapter, [parcel])
            assert [o.provider_id for o in again] == [o.provider_id for o in first]
            assert self.delivered() == [parcel.recipient]
        elif isinstance(certainty, Searchable):
            found = self.adapter.find(parcel.provider_key)
            assert found is not None
            assert found.provider_id == first[0].provider_id
            assert self.adapter.find("never-sent") is None
        else:
            assert isinstance(certainty, Blind)
            assert self.adapter.find(parcel.provider_key) is None
