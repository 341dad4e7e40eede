"""Why we are different: said in texts as long as something fresh proves it."""

from datetime import date, datetime, timedelta

import pytest

from regulars.core.actor import SYSTEM
from regulars.core.erasers import Erasing, erase_all
from regulars.core.template_fields import template_fields_now, values_for
from regulars.library.actions.statements import (
    Claimed,
    Shown,
    add_proof,
    add_statement,
    change_statement,
    put_away_statement,
    remove_proof,
)
from regulars.library.choices import ProofKind
from regulars.library.errors import StatementUnfit
from regulars.library.models import Proof, Statement
from regulars.library.queries.statements import said_today, stated
from regulars.library.sentences import standing_of
from regulars.promises.actions import keep_promise
from tests.factories.customers import make_customer
from tests.factories.library import make_statement
from tests.factories.promises import make_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
FACT = Shown(ProofKind.FACT, "Tested by the county.", date(2026, 11, 20))


def _said(at: datetime, ruth_id: int) -> dict[str, object]:
    name = f"why_{Statement.objects.get().key}"
    said = values_for([name, f"{name}_proof"], [ruth_id], at)[ruth_id]
    return {"claim": said[name], "proof": said[f"{name}_proof"]}


def test_a_text_says_it_only_while_a_fresh_proof_stands_for_it(at: datetime) -> None:
    ruth, statement = make_customer(), make_statement(at, fresh_days=30)
    assert statement.key == "we_keep_our_word"
    assert _said(at, ruth.pk) == {"claim": "", "proof": ""}

    add_proof(statement, FACT, by=SYSTEM, at=at, today=at.date())
    assert _said(at, ruth.pk) == {"claim": "We keep our word", "proof": "Tested by the county."}
    later = at + timedelta(days=31)
    assert _said(later, ruth.pk) == {"claim": "", "proof": ""}
    assert "too long ago" in standing_of(stated(later, later.date())[0])

    put_away_statement(statement, by=SYSTEM, at=at)
    assert _said(at, ruth.pk) == {"claim": "", "proof": ""}
    assert "why_we_keep_our_word" not in template_fields_now()


def test_promises_prove_by_themselves_once_enough_were_kept(at: datetime) -> None:
    statement = make_statement(at)
    shown = Shown(ProofKind.PROMISES, "ignored")
    add_proof(statement, shown, by=SYSTEM, at=at, today=at.date())
    for _n in range(4):
        keep_promise(make_one(at - timedelta(days=9)), by=SYSTEM, at=at - timedelta(days=8))
    assert stated(at, at.date())[0].proved_on is None

    keep_promise(make_one(at - timedelta(days=9)), by=SYSTEM, at=at - timedelta(days=8))
    (one,) = stated(at, at.date())
    assert one.proved_on == (at - timedelta(days=8)).date()
    assert one.how_we_know == "Of 5 promises within twelve months, 5 were kept in time."
    with pytest.raises(StatementUnfit, match="stand for this already"):
        add_proof(statement, shown, by=SYSTEM, at=at, today=at.date())

    # One of six not kept is not nine in ten.
    make_one(at - timedelta(days=9))
    assert stated(at, at.date())[0].proved_on is None


def test_the_line_of_today_is_one_that_is_proved_and_may_be_said(at: datetime) -> None:
    day = at.date()
    assert said_today(at, day) is None
    make_statement(at, "Nothing proves this")
    silent = make_statement(at, "Not to be said", is_said=False)
    said = make_statement(at, "The bread is baked here")
    for one in (silent, said):
        add_proof(one, FACT, by=SYSTEM, at=at, today=day)

    found = [said_today(at + timedelta(days=n), day + timedelta(days=n)) for n in range(3)]

    assert [one and one.statement for one in found] == [said] * 3


def test_a_name_in_texts_stays_and_is_never_given_twice(at: datetime) -> None:
    first, second, third = (make_statement(at, c) for c in ("Baked here", "Baked here!", "…"))
    assert (first.key, second.key, third.key) == ("baked_here", "baked_here_2", "statement")

    changed = change_statement(first, Claimed("Baked by us", 90, False), by=SYSTEM, at=at)

    assert (changed.key, changed.claim, changed.fresh_days) == ("baked_here", "Baked by us", 90)


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(Shown(ProofKind.WORDS), id="no words"),
        pytest.param(Shown(ProofKind.FACT, "Soon", date(2026, 11, 25)), id="still to come"),
    ],
)
def test_what_proves_nothing_is_refused(at: datetime, shown: Shown) -> None:
    with pytest.raises(StatementUnfit):
        add_proof(make_statement(at), shown, by=SYSTEM, at=at, today=at.date())
    with pytest.raises(StatementUnfit):
        add_statement(Claimed("x" * 301), by=SYSTEM, at=at)

    assert not Proof.objects.exists()


def test_the_words_of_whoever_is_erased_prove_nothing_any_more(at: datetime) -> None:
    ruth, statement = make_customer(), make_statement(at)
    shown = Shown(ProofKind.WORDS, "The crust end.", None, ruth)
    kept = add_proof(statement, FACT, by=SYSTEM, at=at, today=at.date())
    newest = add_proof(statement, shown, by=SYSTEM, at=at, today=at.date())
    assert stated(at, at.date())[0].how_we_know == "“The crust end.”"
    assert newest.customer == ruth

    erase_all(Erasing([ruth.pk], SYSTEM, at, is_asked=True))

    assert list(Proof.objects.all()) == [kept]
    remove_proof(kept, by=SYSTEM, at=at)
    assert stated(at, at.date())[0].newest is None
