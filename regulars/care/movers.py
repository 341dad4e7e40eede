"""What either of two said was said by the one who stays; the newer answer counts."""

from dataclasses import dataclass
from datetime import datetime

from regulars.care.models import Answer, CheckIn, Expectation, StagedAnswer
from regulars.core.before_images import changing
from regulars.core.models import Operation
from regulars.core.movers import Redirect, Reparent, register_mover


@dataclass(frozen=True, slots=True)
class Newest(Reparent):
    """Both may have an answer that counts, and one customer has one."""

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        both = Expectation.objects.filter(customer__in=[from_id, to_id], is_current=True)
        newest: dict[str, int] = {}
        older = [
            pk for pk, key in both.order_by("-said_at", "-pk").values_list("pk", "key")
            if newest.setdefault(key, pk) != pk
        ]  # fmt: skip
        with changing(operation, Expectation, ["is_current"], older):
            Expectation.objects.filter(pk__in=older).update(is_current=False)
        # Named, because a class of slots is made anew and is its own parent no more.
        return Reparent.move(self, operation, from_id, to_id, at)


@dataclass(frozen=True, slots=True)
class LastAnswer(Reparent):
    """Both may have a last answer, and one customer has one."""

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        theirs = Answer.objects.filter(customer__in=[from_id, to_id])
        ids = list(theirs.values_list("pk", flat=True))
        with changing(operation, Answer, ["customer_id", "is_newest"], ids):
            theirs.update(customer=to_id)
            Answer.objects.filter(customer=to_id).set_newest()
        return 0


register_mover(Newest(Expectation))
register_mover(Reparent(CheckIn))
register_mover(LastAnswer(Answer))
register_mover(Redirect(StagedAnswer))
