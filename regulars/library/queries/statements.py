"""Why we are different, and how we know: each statement with its newest proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from regulars.library.choices import ProofKind
from regulars.library.errors import StatementNotFound
from regulars.library.models import Proof, Statement
from regulars.promises.choices import PromiseState
from regulars.promises.models import Promise
from regulars.promises.queries import KeptRate, kept_rate, year_before


@dataclass(frozen=True, slots=True)
class Kept:
    """How we kept our promises of a year, and the day on which one was kept last."""

    rate: KeptRate
    last_on: date | None

    @property
    def proves(self) -> bool:
        """Nine in ten in time, of at least five: fewer prove nothing, and less is no proof."""
        return self.rate.total >= 5 and (self.rate.share or 0) >= 0.9


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement with its proofs: since when the last one stands, and whether it is old."""

    statement: Statement
    proofs: Sequence[Proof]
    kept: Kept
    today: date

    @property
    def proved_on(self) -> date | None:
        """The day of the newest proof; a proof that counts is as old as what it counts."""
        return max((day for one in self.proofs if (day := self._day_of(one))), default=None)

    def _day_of(self, proof: Proof) -> date | None:
        if proof.kind == ProofKind.PROMISES:
            return self.kept.last_on if self.kept.proves else None
        return proof.proved_on

    @property
    def is_proved(self) -> bool:
        """Whether a proof that is not too old stands for it: else no text says it."""
        fresh = timedelta(days=self.statement.fresh_days)
        return self.proved_on is not None and self.proved_on >= self.today - fresh

    @property
    def newest(self) -> Proof | None:
        """The proof by which it stands."""
        dated = [(day, one.pk, one) for one in self.proofs if (day := self._day_of(one))]
        return max(dated)[2] if dated else None

    @property
    def how_we_know(self) -> str:
        """As it can be said to a customer; empty where nothing proves it."""
        proof = self.newest
        if proof is None:
            return ""
        if proof.kind == ProofKind.PROMISES:
            rate = self.kept.rate
            words = _("Of %(total)s promises within twelve months, %(kept)s were kept in time.")
            return words % {"total": rate.total, "kept": rate.kept}
        if proof.kind == ProofKind.WORDS:
            return _("“%(words)s”") % {"words": proof.words}
        return proof.words


def kept_of_late(at: datetime, day: date) -> Kept:
    """The promises of twelve months, by the date that was said first."""
    kept = Promise.objects.filter(state=PromiseState.KEPT, settled_at__lte=at)
    last = kept.aggregate(last=Max("settled_at"))["last"]
    return Kept(kept_rate(year_before(at), at), min(last.date(), day) if last else None)


def stated(at: datetime, day: date, *, with_away: bool = False) -> list[Stated]:
    """All statements in their order, each with its proofs, the newest first."""
    proofs = Proof.objects.select_related("customer", "noted_by").order_by("-proved_on", "-pk")
    rows = Statement.objects.prefetch_related(Prefetch("proofs", proofs))
    if not with_away:
        rows = rows.filter(archived_at=None)
    return _with_what_was_kept(rows, at, day)


def _with_what_was_kept(rows: Iterable[Statement], at: datetime, day: date) -> list[Stated]:
    found = list(rows)
    if not found:
        return []
    kept = kept_of_late(at, day)
    return [Stated(one, list(one.proofs.all()), kept, day) for one in found]


def statement_for(statement_id: int) -> Statement:
    """One statement, put away or not."""
    found = Statement.objects.filter(pk=statement_id).first()
    if found is None:
        raise StatementNotFound
    return found


def said_today(at: datetime, day: date) -> Stated | None:
    """The statement to say today where it fits: proved ones that may be said, in turn by day."""
    proved = [one for one in stated(at, day) if one.is_proved and one.statement.is_said]
    return proved[day.toordinal() % len(proved)] if proved else None
