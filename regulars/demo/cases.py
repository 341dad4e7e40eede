"""What went wrong at Juniper & Rye: put right, opened again, and one that still waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from regulars.cases.choices import CaseKind, CaseState, Entry, MakeGoodKind, MakeGoodState
from regulars.cases.models import Budget, Case, CaseEntry, Cause, MakeGood, Perk, PerkGiven
from regulars.core.folding import folded
from regulars.demo import stories
from regulars.demo.scene import SOURCE, Scene
from regulars.messaging.actions.holds import STOPS
from regulars.messaging.choices import HoldKind
from regulars.messaging.models import Hold
from regulars.orders.choices import CreditKind
from regulars.orders.models import CreditEntry
from regulars.team.models import Member


@dataclass(frozen=True, slots=True)
class Wrong:
    """One case: whose, how many days ago it began, what was wrong and why, and what they got."""

    key: str
    ago: int
    what: str
    cause: str
    kind: CaseKind = CaseKind.COMPLAINT
    product: str = ""
    who: str = "tomasz"
    # Hours until the first answer, and until it was put right; nothing for what still waits.
    answered: int = 2
    resolved: int | None = 26
    done: str = ""
    given: MakeGoodKind | None = None
    cost_minor: int = 0
    is_right: bool | None = True


TOLD = (
    Wrong(stories.MAREN, 44, "The whole order was burnt, and nobody said so.", "Oven too hot",
          product="Seeded rye", who="nora", resolved=150, given=MakeGoodKind.REFUND,
          done="Your money is back on your card, and the next order is on us.", cost_minor=3_150),
    Wrong(stories.HALLORAN, 5, "The morning rolls came late, at nine, after breakfast was over.",
          "Van late", who="nora", resolved=None),
    Wrong(stories.OAKFIELD, 31, "Two trays short on the day of the parents’ evening.",
          "Miscounted", CaseKind.FAULT, "Rolls", answered=1, resolved=5,
          given=MakeGoodKind.REPLACEMENT, cost_minor=1_480,
          done="Two trays were with you by five, and we count them twice now."),
    Wrong(stories.JOSS, 70, "The rye at the back was sold to somebody else.", "Promise forgotten",
          product="Rye", given=MakeGoodKind.CREDIT, cost_minor=840,
          done="A loaf’s worth of credit, and your name on the shelf."),
    Wrong(stories.WINSLOW, 12, "Is there sesame in the new rolls?", "Label unclear",
          CaseKind.QUESTION, answered=1, resolved=3, is_right=None,
          done="No sesame; the label says so now."),
)  # fmt: skip
BUDGETS = {"tomasz": 6_000, "nora": 10_000}
PERKS = (
    ("core", "A call before anybody else hears of it, when something is short."),
    ("core", "Whatever was wrong is put right the same day."),
    ("active", "A place at the tasting in spring."),
)
# Whose, which of these, how many days ago, and who gave it.
GIVEN = (
    (stories.RUTH, 0, 31, "tomasz"), (stories.SAMUEL, 0, 30, "tomasz"),
    (stories.HALLORAN, 0, 33, "ife"), (stories.RUTH, 1, 200, "nora"),
)  # fmt: skip


@transaction.atomic
def write_cases(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Write down what went wrong, what was done, and what they got for it."""
    names = sorted({one.cause for one in TOLD})
    Cause.objects.bulk_create(
        [Cause(name=name, folded=folded(name) or name) for name in names], ignore_conflicts=True
    )
    causes = {one.name: one for one in Cause.objects.filter(name__in=names)}
    rows = [(one, _case(one, ids, staff, causes, scene)) for one in TOLD]
    Case.objects.bulk_create([case for _one, case in rows])
    CaseEntry.objects.bulk_create(entry for one, case in rows for entry in _entries(one, case))
    Hold.objects.bulk_create(
        Hold(
            customer_id=case.customer_id, kind=HoldKind.CASE, stops=STOPS[HoldKind.CASE],
            source=case.hold_source, since=case.opened_at,
        )
        for _one, case in rows if case.is_waiting
    )  # fmt: skip
    made = [_given(one, case, scene) for one, case in rows if one.given]
    MakeGood.objects.bulk_create(made)
    CreditEntry.objects.bulk_create(
        CreditEntry(
            customer_id=one.case.customer_id, minor=one.cost_minor, currency=one.currency,
            kind=CreditKind.GRANTED, source=f"makegood:{one.pk}", at=one.asked_at,
            member_id=one.member_id,
        )
        for one in made if one.kind == MakeGoodKind.CREDIT
    )  # fmt: skip
    Budget.objects.bulk_create(
        [
            Budget(member=staff[who], minor=minor, currency=scene.currency)
            for who, minor in BUDGETS.items()
            # An owner who lends themselves to the sample keeps their own.
            if staff[who].source == SOURCE
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def write_perks(ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene) -> None:
    """What old customers get, said once, and who got theirs."""
    Perk.objects.bulk_create(
        [Perk(tier=tier, words=words) for tier, words in PERKS], ignore_conflicts=True
    )
    known = {one.words: one for one in Perk.objects.filter(ended_at=None)}
    PerkGiven.objects.bulk_create(
        PerkGiven(
            perk=known[PERKS[which][1]], customer_id=ids[key], member=staff[who],
            given_at=scene.moment(scene.ago(ago), 15, 30),
        )
        for key, which, ago, who in GIVEN if key in ids
    )  # fmt: skip


def _case(
    one: Wrong, ids: Mapping[str, int], staff: Mapping[str, Member], causes: Mapping[str, Cause],
    scene: Scene,
) -> Case:  # fmt: skip
    began = scene.moment(scene.ago(one.ago), 10, 20)
    due = began + timedelta(hours=2)
    resolved = None if one.resolved is None else began + timedelta(hours=one.resolved)
    state = CaseState.ANSWERED
    if resolved is not None:
        state = CaseState.RIGHT if one.is_right else CaseState.RESOLVED
    to_be_right = began + timedelta(hours=28)
    return Case(
        customer_id=ids[one.key], what=one.what, kind=one.kind, product=one.product,
        cause=causes[one.cause], source="desk", manager=staff[one.who], state=state, tier="core",
        opened_at=began, opened_by=staff[one.who], recorded_at=began, answer_due_at=due,
        resolve_due_at=to_be_right, due_at=to_be_right, warn_at=to_be_right - timedelta(hours=7),
        answered_at=began + timedelta(hours=one.answered), resolved_at=resolved,
        resolved_by=staff[one.who] if resolved else None, resolution=one.done, told_at=resolved,
        confirmed_at=resolved + timedelta(days=1) if resolved and one.is_right else None,
        is_right=one.is_right if resolved else None,
    )  # fmt: skip


def _entries(one: Wrong, case: Case) -> list[CaseEntry]:
    happened = [(Entry.OPENED, "", case.opened_at), (Entry.ANSWERED, "", case.answered_at)]
    if case.resolved_at:
        happened += [(Entry.RESOLVED, one.done, case.resolved_at), (Entry.TOLD, "", case.told_at)]
    if case.confirmed_at:
        happened.append((Entry.RIGHT, "", case.confirmed_at))
    return [
        CaseEntry(case=case, kind=kind, words=words, at=at, member=case.manager)
        for kind, words, at in happened
        if at is not None
    ]


def _given(one: Wrong, case: Case, scene: Scene) -> MakeGood:
    moment = case.resolved_at or case.opened_at
    return MakeGood(
        case=case, kind=one.given or MakeGoodKind.WORDS, cost_minor=one.cost_minor,
        currency=scene.currency, state=MakeGoodState.GIVEN, member=case.manager,
        month=moment.date().replace(day=1), asked_at=moment, given_at=moment,
    )  # fmt: skip


def forget_cases(customer_ids: Sequence[int]) -> None:
    """Those of the sample's customers, the causes that nothing is left of, budgets and perks."""
    Case.objects.filter(customer__in=customer_ids).delete()
    PerkGiven.objects.filter(customer__in=customer_ids).delete()
    CreditEntry.objects.filter(customer__in=customer_ids).delete()
    Cause.objects.filter(name__in={one.cause for one in TOLD}, cases=None).delete()
    Budget.objects.filter(member__source=SOURCE).delete()
    Perk.objects.filter(words__in=[words for _tier, words in PERKS]).delete()
