"""What is given to put a case right: from the member's own budget, else with an owner's yes."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.cases.actions import enter, locked_case
from regulars.cases.choices import Entry, MakeGoodKind, MakeGoodState
from regulars.cases.errors import (
    BudgetUnclear,
    MakeGoodSettled,
    MakeGoodUnclear,
    NothingToTakeBack,
)
from regulars.cases.models import Budget, Case, MakeGood
from regulars.cases.queries import budget_left
from regulars.cases.rules import may_decide, may_set_levels
from regulars.core import audit
from regulars.core.actor import MANAGER, OWNER, Actor
from regulars.core.errors import NotAllowed
from regulars.core.money import Money
from regulars.orders.actions import grant_credit, take_back_credit
from regulars.orders.models import CreditEntry
from regulars.team.models import Member
from regulars.team.queries import the_named_business

LONGEST = 500
# A slip of the finger, not a make-good: in minor units.
MOST = 10**11


@transaction.atomic
def give_make_good(
    case: Case, *, kind: MakeGoodKind, cost: Money, by: Actor, at: datetime, words: str = ""
) -> MakeGood:
    """Give something to put it right, and write down what it costs us.

    Within what the member may still give this month it is given; above that it waits for a yes.
    An owner gives without asking. Store credit goes into the ledger of the customer.
    """
    case = locked_case(case)
    _check(kind, cost)
    if by.member_id is not None:
        # One at a time per member: two tabs must not both spend the last of a budget.
        Member.objects.select_for_update(no_key=True).get(pk=by.member_id)
    month = _month_of(at)
    is_within = cost.minor <= budget_left(by.member_id, month, cost.currency).minor
    is_given = is_within or by.role == OWNER
    made = MakeGood.objects.create(
        case=case, kind=kind, cost_minor=cost.minor, currency=cost.currency,
        words=words.strip()[:LONGEST], member_id=by.member_id, month=month, asked_at=at,
        state=MakeGoodState.GIVEN if is_given else MakeGoodState.ASKED,
        given_at=at if is_given else None,
    )  # fmt: skip
    enter(case, Entry.GAVE if is_given else Entry.ASKED, _told(made), by=by, at=at)
    if is_given:
        _hand_out(made, by=by, at=at)
    verb = "made good" if is_given else "asked to make good"
    audit.record(verb, made, by=by, at=at, customer=case.customer_id, cost=cost.minor)
    return made


@transaction.atomic
def decide_make_good(made: MakeGood, *, is_yes: bool, by: Actor, at: datetime) -> MakeGood:
    """Say yes or no to what is more than somebody's budget; who is second of two is told."""
    if not may_decide(by, made):
        raise NotAllowed(
            _("An owner, or a manager who has the right, says yes to more than a budget; nobody to "
              "what they asked for themselves.")
        )  # fmt: skip
    case = locked_case(made.case)
    made = MakeGood.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if made.state != MakeGoodState.ASKED:
        raise MakeGoodSettled(_("This was decided already: %(state)s.") % {
            "state": MakeGoodState(made.state).label
        })  # fmt: skip
    made.state = MakeGoodState.GIVEN if is_yes else MakeGoodState.REFUSED
    made.decided_by_id, made.decided_at = by.member_id, at
    made.given_at = at if is_yes else None
    made.save(update_fields=["state", "decided_by", "decided_at", "given_at"])
    if is_yes:
        _hand_out(made, by=by, at=at)
    words = _told(made) if is_yes else _("Not approved: %(what)s") % {"what": _told(made)}
    enter(case, Entry.GAVE if is_yes else Entry.NOTE, words, by=by, at=at)
    verb = "approved" if is_yes else "refused"
    audit.record(verb, made, by=by, at=at, customer=case.customer_id, cost=made.cost_minor)
    return made


@transaction.atomic
def take_back_make_good(made: MakeGood, *, by: Actor, at: datetime) -> MakeGood:
    """Take back what was given by mistake, as long as the customer was not told of it."""
    case = locked_case(made.case)
    made = MakeGood.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if made.state not in (MakeGoodState.GIVEN, MakeGoodState.ASKED):
        raise NothingToTakeBack(_("Somebody has changed this since. Look at it again."))
    if case.told_at is not None:
        raise NothingToTakeBack(
            _("The customer was told already."), _("What was given stays given.")
        )
    given = CreditEntry.objects.filter(source=_source(made)).first()
    if given is not None:
        take_back_credit(given, by=by, at=at)
    made.state, made.given_at = MakeGoodState.TAKEN_BACK, None
    made.save(update_fields=["state", "given_at"])
    enter(case, Entry.NOTE, _("Taken back: %(what)s") % {"what": _told(made)}, by=by, at=at)
    audit.record("took back", made, by=by, at=at, customer=case.customer_id)
    return made


@transaction.atomic
def set_budget(
    member: Member, amount: Money, *, by: Actor, at: datetime, may_approve: bool = False
) -> Budget:
    """Say how much a member may give away in a month without asking; nought is an answer too.

    With `may_approve` a manager says yes to what is more than the budgets of others.
    """
    if not may_set_levels(by):
        raise NotAllowed(_("Only an owner sets budgets."))
    if not 0 <= amount.minor <= MOST:
        raise BudgetUnclear(_("A budget is nought or more."))
    if may_approve and member.role != MANAGER:
        raise BudgetUnclear(_("Only a manager is given the right to say yes for others."))
    values = {
        "minor": amount.minor, "currency": amount.currency, "may_approve": may_approve
    }  # fmt: skip
    budget, _is_new = Budget.objects.update_or_create(member=member, defaults=values)
    audit.record("set budget", budget, by=by, at=at, minor=amount.minor, may_approve=may_approve)
    return budget


def _check(kind: MakeGoodKind, cost: Money) -> None:
    if cost.currency != the_named_business().currency or not 0 <= cost.minor <= MOST:
        raise MakeGoodUnclear(_("Say what it costs us, in our own currency; nought is fine."))
    if kind == MakeGoodKind.CREDIT and not cost.minor:
        raise MakeGoodUnclear(_("Say how much store credit they get."))
    if kind == MakeGoodKind.WORDS and cost.minor:
        raise MakeGoodUnclear(_("Words cost nothing: leave the amount out."))


def _hand_out(made: MakeGood, *, by: Actor, at: datetime) -> None:
    if made.kind == MakeGoodKind.CREDIT:
        grant_credit(made.case.customer, made.cost, source=_source(made), by=by, at=at)


def _source(made: MakeGood) -> str:
    return f"makegood:{made.pk}"


def _month_of(at: datetime) -> date:
    return the_named_business().day_of(at).replace(day=1)


def _told(made: MakeGood) -> str:
    label = str(MakeGoodKind(made.kind).label)
    return f"{label}: {made.words}" if made.words else label
