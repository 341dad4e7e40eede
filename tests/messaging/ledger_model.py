"""The ledger of messages as one would tell it: what must be true of each, step by step.

It knows nothing of leases, windows or SQL: who holds a message, whether it may have left, and what
reached its customer.
"""

from dataclasses import dataclass, field
from uuid import UUID

# By which right a message that may have left goes out again.
KEYED, SEARCHABLE, BLIND = "keyed", "searchable", "blind"
MOST_FAILURES = 5
LEFT = ("accepted", "delivered")
NEVER = ("suppressed", "cancelled", "failed")


@dataclass
class Told:
    """One message in the model."""

    customer: int
    state: str = "ready"
    # Who holds it, as the how-manieth claim of all.
    claim: int = 0
    # Intended once, without our knowing for certain that it did not leave.
    may_have_left: bool = False
    # An attempt before the present one may have left: no answer to a later one settles that.
    doubt: bool = False
    failures: int = 0
    # How often it reached its customer.
    arrived: int = 0
    # Its customer said no before it was ever about to leave.
    must_not_leave: bool = False


@dataclass
class Ledger:
    kind: str
    is_stopped: bool = False
    told: dict[UUID, Told] = field(default_factory=dict)
    said_no: set[int] = field(default_factory=set)
    claims: int = 0

    def in_state(self, state: str) -> list[UUID]:
        return [pk for pk, one in self.told.items() if one.state == state]

    def mean(self, pk: UUID, customer: int) -> None:
        self.told[pk] = Told(customer, must_not_leave=customer in self.said_no)

    def unsubscribe(self, customer: int) -> None:
        self.said_no.add(customer)
        for one in self.told.values():
            if one.customer == customer and not one.may_have_left:
                one.must_not_leave = True

    def hear(self, pk: UUID) -> None:
        if self.told[pk].state in ("sending", "unknown", "closed", "accepted"):
            self.told[pk].state = "delivered"

    def claim(self, taken: list[UUID]) -> None:
        self.claims += 1
        for pk in taken:
            self.told[pk].state, self.told[pk].claim = "claimed", self.claims

    def intend(self, window: list[UUID], claim: int) -> list[UUID]:
        """What the gate lets through of those that are still held."""
        leaving: list[UUID] = []
        for pk in sorted(window):
            one = self.told[pk]
            if one.state != "claimed" or one.claim != claim:
                continue
            if self.is_stopped:
                one.state = "ready"
            elif one.customer in self.said_no:
                one.state = "unknown" if one.may_have_left else "suppressed"
            elif one.customer in [self.told[other].customer for other in leaving]:
                one.state = "ready"
            else:
                one.state, one.may_have_left = "sending", True
                leaving.append(pk)
        return leaving

    def note(self, pk: UUID, claim: int, result: str) -> None:
        """A sender writes down an answer; what others have moved on since is not its to say."""
        one = self.told[pk]
        if one.claim != claim:
            return
        if result == "accepted" and one.state in ("sending", "unknown", "closed"):
            one.state = "accepted"
        elif result == "in_doubt" and one.state == "sending":
            repeats = self.kind == KEYED and one.failures + 1 < MOST_FAILURES
            one.failures += repeats
            one.state, one.doubt = ("ready", True) if repeats else ("unknown", one.doubt)
        elif result == "refused" and one.state in ("sending", "unknown"):
            one.state = "unknown" if one.doubt else "failed"
        elif one.state in ("sending", "unknown") and result in ("not_sent", "fenced"):
            self._try_again(one, counts=result == "not_sent")

    def _try_again(self, one: Told, *, counts: bool) -> None:
        if counts and one.failures + 1 >= MOST_FAILURES:
            one.state = "unknown" if one.doubt else "failed"
            return
        one.may_have_left = one.doubt
        one.failures += counts
        one.state = "ready"

    def leases_run_out(self) -> None:
        for one in self.told.values():
            if one.state == "claimed":
                one.state = "ready"
            elif one.state == "sending":
                keyed = self.kind == KEYED
                one.state, one.doubt = ("ready", True) if keyed else ("unknown", one.doubt)

    def search(self) -> None:
        for pk in self.in_state("unknown"):
            one = self.told[pk]
            one.state = "accepted" if one.arrived else "ready"
            one.may_have_left = bool(one.arrived)
            one.doubt = False
