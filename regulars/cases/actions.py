"""Opening cases, answering them, putting them right, and asking whether it is."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.cases.choices import BY_HAND, WAITING, CaseKind, CaseState, Entry
from regulars.cases.errors import (
    CaseEmpty,
    CaseOfNobody,
    CaseSettledAlready,
    CaseStillOpen,
    NothingToTakeBack,
    NotTold,
    PromiseWithoutDay,
    WordsNotEnough,
)
from regulars.cases.events import CaseConfirmed, CaseOpened, CaseResolved
from regulars.cases.hours import working_clock
from regulars.cases.models import Case, CaseEntry, Cause
from regulars.cases.promising import is_vague
from regulars.cases.queries import has_made_good, is_sorry_again, levels
from regulars.cases.reckoning import reckon
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.events import announce
from regulars.core.folding import folded
from regulars.customers.models import Customer
from regulars.insight.queries import shown_tier_of
from regulars.messaging.actions.holds import lift_holds_of, place_hold
from regulars.messaging.choices import HoldKind
from regulars.orders.models import Order
from regulars.promises.models import Promise
from regulars.team.choices import Role
from regulars.team.models import Member
from regulars.team.queries import first_owner, the_named_business

LONGEST = 5_000
# What undoing puts back, as it stood.
KEPT = ("state", "due_at", "warn_at", "answered_at", "resolved_at", "resolved_by_id", "resolution",
        "told_at", "confirmed_at", "is_right", "reopened_count", "manager_id", "kind", "product",
        "cause_id", "order_id", "answer_due_at", "resolve_due_at", "wound_at", "answer_minutes",
        "resolve_minutes", "looks_right_at")  # fmt: skip
# What was given is taken back by itself; what was heard was heard.
UNDONE = (Entry.NOTE, Entry.ANSWERED, Entry.RESOLVED, Entry.RIGHT, Entry.REOPENED, Entry.TAKEN_OVER,
          Entry.DESCRIBED)  # fmt: skip
_FIELDS = {field.attname: field for field in Case._meta.concrete_fields}


@transaction.atomic
def open_case(  # noqa: PLR0913 - each side of it is named
    customer: Customer, *, what: str, kind: CaseKind, source: str, by: Actor, at: datetime,
    product: str = "", order: Order | None = None, manager: Member | None = None,
    received_at: datetime | None = None,
) -> Case:  # fmt: skip
    """Write down what went wrong for a customer, with somebody who sees to it and a clock.

    They wait since `received_at`. Other than by hand an occasion (`source`) has one open case at a
    time: opened again, what is new is noted in it; one that had been put right before is opened
    again, unless what is said now was heard before that. Whoever reads history asks for no cases.
    """
    what = what.strip()[:LONGEST]
    if not what:
        raise CaseEmpty(_("Say what is wrong."))
    heard_at = min(received_at or at, at)
    # One at a time per customer: the same answer filed twice in one second is one case.
    customer = _locked_customer(customer.pk)
    if customer.erased_at is not None:
        raise CaseOfNobody(_("This customer was erased."))
    standing = None if source == BY_HAND else Case.objects.filter(source=source).last()
    if standing is not None:
        return _again(standing, what, heard_at, by=by, at=at)
    seen_to_by = manager or _manager_of(customer)
    tier = shown_tier_of(customer)
    case = Case(
        customer=customer, what=what, kind=kind, product=product.strip()[:200], order=order,
        source=source, manager=seen_to_by, tier=tier, opened_at=heard_at, recorded_at=at,
        opened_by_id=by.member_id,
    )  # fmt: skip
    _wind(case, heard_at)
    case.save()
    CaseEntry.objects.create(case=case, kind=Entry.OPENED, at=at, member_id=by.member_id)
    _hold(case, at)
    audit.record("opened", case, by=by, at=at, customer=customer.pk)
    announce(CaseOpened(case.pk, customer.pk, source, is_again=False), at=at)
    return case


def _again(case: Case, what: str, heard_at: datetime, *, by: Actor, at: datetime) -> Case:
    case = locked_case(case)
    if case.is_waiting:
        is_known = case.what == what or case.entries.filter(words=what).exists()
        if not is_known:
            enter(case, Entry.HEARD, what, by=by, at=at)
            Case.objects.filter(pk=case.pk).update(looks_right_at=None)
        return case
    if case.resolved_at is not None and heard_at <= case.resolved_at:
        return case
    return _reopened(case, what, by=by, at=at, heard_at=heard_at)


def _manager_of(customer: Customer) -> Member | None:
    theirs = customer.manager
    if theirs is not None and theirs.is_active and theirs.role != Role.VIEWER:
        return theirs
    return first_owner()


def _wind(case: Case, since: datetime) -> None:
    """Set the clock of a case: both moments that we set ourselves, from when it was heard."""
    case.wound_at = since
    case.answer_minutes, case.resolve_minutes = levels()[case.tier]
    reckon(case, working_clock(the_named_business(), since))


def _hold(case: Case, at: datetime) -> None:
    """Nobody is sold to who waits for us."""
    place_hold(case.customer, HoldKind.CASE, by=SYSTEM, at=at, source=case.hold_source)


@transaction.atomic
def note_in_case(case: Case, *, words: str, by: Actor, at: datetime) -> CaseEntry:
    """Write down something about a case that changes nothing of how it stands."""
    case = locked_case(case)
    return enter(case, Entry.NOTE, _said(words, _("Write something down.")), by=by, at=at)


@transaction.atomic
def answer_case(case: Case, *, words: str, by: Actor, at: datetime) -> CaseEntry:
    """Say that the customer has heard from us; it is still to be put right."""
    words = _said(words, _("Say what you told them, in a line."))
    case = _waiting(case)
    _refuse_vague(case, words, at)
    if case.answered_at is not None:
        return enter(case, Entry.NOTE, words, by=by, at=at)
    entry = enter(case, Entry.ANSWERED, words, by=by, at=at)
    case.state, case.answered_at = CaseState.ANSWERED, at
    reckon(case, working_clock(the_named_business(), case.wound_at or case.opened_at))
    case.save()
    audit.record("answered", case, by=by, at=at, customer=case.customer_id)
    return entry


@transaction.atomic
def resolve_case(
    case: Case, *, words: str, by: Actor, at: datetime, is_enough: bool = False
) -> CaseEntry:
    """Say that it was put right, and how. Whoever is second of two is told who was first.

    Whoever said sorry to them with words alone within ninety days brings something this time,
    unless a person says that words are enough (`is_enough`).
    """
    words = _said(words, _("Say what was done, in a line: the customer will want to know."))
    case = _waiting(case)
    _refuse_vague(case, words, at)
    if not is_enough and not has_made_good(case) and is_sorry_again(case, at):
        raise WordsNotEnough(
            _("Within ninety days they were told sorry once already, and got nothing but words."),
            _("Give something to put it right, above; or tick that words are enough this time."),
        )
    entry = enter(case, Entry.RESOLVED, words, by=by, at=at)
    case.state, case.resolved_at, case.resolved_by_id = CaseState.RESOLVED, at, by.member_id
    case.resolution, case.answered_at, case.looks_right_at = words, case.answered_at or at, None
    case.confirmed_at, case.is_right = None, None
    case.save()
    lift_holds_of(case.hold_source, by=by, at=at)
    audit.record("resolved", case, by=by, at=at, customer=case.customer_id)
    announce(CaseResolved(case.pk, case.customer_id), at=at)
    return entry


@transaction.atomic
def propose_right(case: Case, *, words: str, by: Actor, at: datetime) -> Case:
    """What was heard says that it is right now: somebody is asked to close the case; nothing closes
    by itself."""
    case = locked_case(case)
    if not case.is_waiting or case.entries.filter(kind=Entry.HEARD, words=words).exists():
        return case
    enter(case, Entry.HEARD, words[:LONGEST], by=by, at=at)
    case.looks_right_at = at
    case.save(update_fields=["looks_right_at"])
    return case


@transaction.atomic
def close_as_right(case: Case, *, by: Actor, at: datetime) -> CaseEntry:
    """They say themselves that it is right now: put right, and confirmed, in one."""
    words = _("They say themselves that it is right now.")
    done = resolve_case(case, words=words, by=by, at=at, is_enough=True)
    return confirm_case(done.case, is_right=True, by=by, at=at)


@transaction.atomic
def confirm_case(
    case: Case, *, is_right: bool, by: Actor, at: datetime, words: str = ""
) -> CaseEntry:
    """Write down whether the customer says that it is right now; if not, it is open again."""
    case = locked_case(case)
    if case.is_waiting:
        raise CaseStillOpen(
            _("This case is open: nothing was put right yet."), _("Put it right first.")
        )
    words = words.strip()[:LONGEST]
    announce(CaseConfirmed(case.pk, case.customer_id, is_right), at=at)
    if not is_right:
        case = _reopened(case, words or _("It is not right."), by=by, at=at, heard_at=at)
        case.confirmed_at, case.is_right = at, False
        case.save(update_fields=["confirmed_at", "is_right"])
        return case.entries.latest("pk")
    if case.state == CaseState.RIGHT and not words:
        return case.entries.latest("pk")
    entry = enter(case, Entry.RIGHT, words, by=by, at=at)
    case.state, case.confirmed_at, case.is_right = CaseState.RIGHT, at, True
    case.save()
    audit.record("confirmed", case, by=by, at=at, customer=case.customer_id)
    return entry


@transaction.atomic
def reopen_case(case: Case, *, words: str, by: Actor, at: datetime) -> CaseEntry:
    """Open a case again that was thought to be right: the customer waits anew."""
    case = locked_case(case)
    if case.is_waiting:
        return enter(case, Entry.HEARD, words.strip()[:LONGEST], by=by, at=at)
    return _reopened(case, words.strip()[:LONGEST], by=by, at=at, heard_at=at).entries.latest("pk")


@transaction.atomic
def take_over_case(case: Case, *, manager: Member, by: Actor, at: datetime) -> CaseEntry:
    """Let somebody else see to a case; its clock runs on."""
    case = _waiting(case)
    if not manager.is_active or manager.role == Role.VIEWER:
        raise CaseEmpty(_("%(name)s sees to no cases.") % {"name": manager.name})
    entry = enter(case, Entry.TAKEN_OVER, manager.name, by=by, at=at)
    case.manager = manager
    case.save(update_fields=["manager"])
    audit.record("gave", case, by=by, at=at, customer=case.customer_id, manager=manager.pk)
    announce(CaseOpened(case.pk, case.customer_id, case.source, is_again=True), at=at)
    return entry


@transaction.atomic
def take_back(entry: CaseEntry, *, by: Actor, at: datetime) -> Case:
    """Undo what was written down last in a case, as long as nothing came after it.

    What the customer was told already cannot be taken back: then it is opened again instead.
    """
    case = locked_case(entry.case)
    last = case.entries.last()
    if last is None or last.pk != entry.pk or entry.kind not in UNDONE:
        raise NothingToTakeBack(_("Somebody has changed this since. Look at it again."))
    if entry.kind == Entry.RESOLVED and case.told_at is not None:
        raise NothingToTakeBack(
            _("The customer was told already."), _("Open the case again, and tell them why.")
        )
    was_waiting = case.is_waiting
    for name, value in entry.before.items():
        setattr(case, name, _FIELDS[name].to_python(value))
    case.save()
    entry.delete()
    if case.is_waiting and not was_waiting:
        _hold(case, at)
    elif was_waiting and not case.is_waiting:
        lift_holds_of(case.hold_source, by=by, at=at)
    audit.record("took back", case, by=by, at=at, customer=case.customer_id)
    return case


def _refuse_vague(case: Case, words: str, at: datetime) -> None:
    if not is_vague(words):
        return
    dated = Promise.objects.open().filter(customer=case.customer, due_at__gt=at)
    if not dated.exists():
        raise PromiseWithoutDay(
            _("That promises to do better, and names no day on which they could see it."),
            _("Promise something by a date on this page, then say it; or leave the sentence out."),
        )


def _reopened(case: Case, words: str, *, by: Actor, at: datetime, heard_at: datetime) -> Case:
    enter(case, Entry.REOPENED, words, by=by, at=at)
    case.state, case.resolved_at, case.resolved_by, case.told_at = CaseState.OPEN, None, None, None
    case.answered_at, case.confirmed_at, case.is_right = None, None, None
    case.looks_right_at = None
    case.reopened_count += 1
    _wind(case, heard_at)
    case.save()
    _hold(case, at)
    audit.record("reopened", case, by=by, at=at, customer=case.customer_id)
    announce(CaseOpened(case.pk, case.customer_id, case.source, is_again=True), at=at)
    return case


def enter(case: Case, kind: Entry, words: str, *, by: Actor, at: datetime) -> CaseEntry:
    """Write down what happens in a case, with how it stood before; the case is held."""
    before: dict[str, Any] = {name: _plain(getattr(case, name)) for name in KEPT}
    return CaseEntry.objects.create(
        case=case, kind=kind, words=words, at=at, member_id=by.member_id, before=before
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _said(words: str, ask: str) -> str:
    words = words.strip()[:LONGEST]
    if not words:
        raise CaseEmpty(ask)
    return words


def _locked_customer(customer_id: int) -> Customer:
    return Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def locked_case(case: Case) -> Case:
    """The case as it is now, held until the end of the transaction; its customer first, always."""
    _locked_customer(case.customer_id)
    rows = Case.objects.select_for_update(of=("self",)).select_related("customer", "resolved_by")
    return rows.get(pk=case.pk)


def _waiting(case: Case) -> Case:
    case = locked_case(case)
    if case.state not in WAITING:
        who = case.resolved_by.name if case.resolved_by else _("Somebody")
        raise CaseSettledAlready(
            _("%(name)s has put this right already: %(words)s") % {
                "name": who, "words": case.resolution
            },
            _("Open it again if there is more to do."),
        )  # fmt: skip
    return case


@transaction.atomic
def withdraw_case(case: Case, *, by: Actor, at: datetime) -> None:
    """Take out a case that was somebody else's, as if it had not been: nobody worked on it yet."""
    case = locked_case(case)
    worked_on = case.entries.exclude(kind__in=[Entry.OPENED, Entry.HEARD]).exists()
    if worked_on or case.make_goods.exists():
        raise NothingToTakeBack(
            _("Somebody has worked on this case already."), _("Note in it that it was not theirs.")
        )
    lift_holds_of(case.hold_source, by=by, at=at)
    audit.record("withdrew", case, by=by, at=at, customer=case.customer_id)
    case.delete()


@transaction.atomic
def describe_case(
    case: Case, *, kind: CaseKind, product: str, cause: str, by: Actor, at: datetime
) -> CaseEntry:
    """Say what a case is about, and why it happened, in the business's own words for causes."""
    case = locked_case(case)
    said = enter(case, Entry.DESCRIBED, "", by=by, at=at)
    case.kind, case.product = kind, product.strip()[:200]
    case.cause = _cause(cause)
    case.save(update_fields=["kind", "product", "cause"])
    audit.record("described", case, by=by, at=at, customer=case.customer_id)
    return said


def _cause(name: str) -> Cause | None:
    name = " ".join(name.split())[:100]
    if not name:
        return None
    found, _is_new = Cause.objects.get_or_create(folded=folded(name), defaults={"name": name})
    return found


@transaction.atomic
def tell_of_case(case: Case, *, how: str, by: Actor, at: datetime) -> CaseEntry:
    """Say that the customer was told what was done; from now on it is theirs to say."""
    case = locked_case(case)
    if case.is_waiting or case.told_at is not None:
        raise NotTold(
            _("They were told already, or nothing was put right yet."), _("Look at it again.")
        )
    entry = enter(case, Entry.TOLD, how, by=by, at=at)
    case.told_at = at
    case.save(update_fields=["told_at"])
    audit.record("told", case, by=by, at=at, customer=case.customer_id)
    return entry
