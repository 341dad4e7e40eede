"""Writing down why we are different, and what proves it."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.folding import folded
from regulars.customers.models import Customer
from regulars.library.choices import ProofKind
from regulars.library.errors import StatementUnfit
from regulars.library.models import Proof, Statement
from regulars.library.rules import require_keep

LONGEST_CLAIM, LONGEST_PROOF = 300, 1000


@dataclass(frozen=True, slots=True)
class Claimed:
    """A statement as it was typed."""

    claim: str
    fresh_days: int = 365
    is_said: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows that a statement is true, as it was typed."""

    kind: ProofKind
    words: str = ""
    proved_on: date | None = None
    customer: Customer | None = None


@transaction.atomic
def add_statement(claimed: Claimed, *, by: Actor, at: datetime, source: str = "desk") -> Statement:
    """Write down why we are different; texts say it once something proves it."""
    require_keep(by)
    claim = _claim(claimed.claim)
    last = Statement.objects.aggregate(last=Max("position"))["last"] or 0
    statement = Statement.objects.create(
        key=_key(claim), claim=claim, position=last + 1, fresh_days=claimed.fresh_days,
        is_said=claimed.is_said, source=source, created_at=at, changed_at=at,
    )  # fmt: skip
    audit.record("added", statement, by=by, at=at)
    return statement


@transaction.atomic
def change_statement(
    statement: Statement, claimed: Claimed, *, by: Actor, at: datetime
) -> Statement:
    """Say it in other words; its name in texts stays."""
    require_keep(by)
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    statement.claim, statement.changed_at = _claim(claimed.claim), at
    statement.fresh_days, statement.is_said = claimed.fresh_days, claimed.is_said
    statement.save()
    audit.record("changed", statement, by=by, at=at)
    return statement


@transaction.atomic
def put_away_statement(statement: Statement, *, by: Actor, at: datetime) -> Statement:
    """Say it no more: texts that hold it leave it out."""
    require_keep(by)
    Statement.objects.filter(pk=statement.pk).update(archived_at=at)
    audit.record("put away", statement, by=by, at=at)
    return statement


@transaction.atomic
def take_out_statement(statement: Statement, *, by: Actor, at: datetime) -> Statement:
    """Say it again."""
    require_keep(by)
    Statement.objects.filter(pk=statement.pk).update(archived_at=None)
    audit.record("took out again", statement, by=by, at=at)
    return statement


@transaction.atomic
def add_proof(statement: Statement, shown: Shown, *, by: Actor, at: datetime, today: date) -> Proof:
    """Note what shows that a statement is true."""
    require_keep(by)
    counts = shown.kind == ProofKind.PROMISES
    words = "" if counts else shown.words.strip()[:LONGEST_PROOF]
    if not counts and not words:
        raise StatementUnfit(_("A proof says what it is."), _("Write it in a line."))
    proved_on = None if counts else (shown.proved_on or today)
    if proved_on is not None and proved_on > today:
        raise StatementUnfit(_("What is still to come proves nothing yet."))
    if counts and statement.proofs.filter(kind=ProofKind.PROMISES).exists():
        raise StatementUnfit(_("The promises we kept stand for this already."))
    proof = Proof.objects.create(
        statement=statement, kind=shown.kind, words=words, proved_on=proved_on,
        customer=None if counts else shown.customer, noted_at=at, noted_by_id=by.member_id,
    )  # fmt: skip
    audit.record("added", proof, by=by, at=at, statement=statement.pk)
    return proof


@transaction.atomic
def remove_proof(proof: Proof, *, by: Actor, at: datetime) -> None:
    """Take a proof off that no longer holds."""
    require_keep(by)
    audit.record("removed", proof, by=by, at=at, statement=proof.statement_id)
    proof.delete()


def _claim(text: str) -> str:
    claim = " ".join(text.split())
    if not claim or len(claim) > LONGEST_CLAIM:
        raise StatementUnfit(
            _("Why you are different is a sentence of at most %(most)s signs.")
            % {"most": LONGEST_CLAIM},
            _("Say one thing; another one is another statement."),
        )
    return claim


def _key(claim: str) -> str:
    """A name of a few words for texts; the same words twice get a number."""
    words = re.findall(r"[a-z0-9]+", folded(claim) or "")[:4]
    name = "_".join(words)[:30] or "statement"
    taken = set(Statement.objects.filter(key__startswith=name).values_list("key", flat=True))
    if name not in taken:
        return name
    return next(key for n in range(2, len(taken) + 3) if (key := f"{name}_{n}") not in taken)
