"""What Juniper & Rye learns: older complaints by their causes, and what was done about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from regulars.care.actions.questions import set_questions
from regulars.care.choices import MarkKind
from regulars.care.models import Answer, CheckIn, ProductQuestions
from regulars.cases.choices import CaseKind, CaseState, MakeGoodKind, MakeGoodState
from regulars.cases.models import Case, Cause, MakeGood
from regulars.core.actor import Actor
from regulars.core.folding import folded
from regulars.demo import stories
from regulars.demo.scene import SOURCE, Scene
from regulars.learning.actions.improving import take_looks
from regulars.learning.actions.reading import read_texts
from regulars.learning.choices import About, Stage
from regulars.learning.models import Improvement, Reading
from regulars.orders.models import Order
from regulars.team.models import Member

# Cause, in their words, what it cost at most in pence, and on how many days ago it happened.
OLDER = (
    ("Van late", "The rolls came late, after breakfast was over.", 900,
     (331, 318, 301, 287, 270, 266, 259, 252, 247, 241, 236, 233, 226, 221, 214, 209, 203, 197,
      192, 188, 176, 121, 95)),
    ("Miscounted", "Two were missing, again.", 1_200, (340, 298, 255, 201, 160, 118, 84)),
    ("Label unclear", "Nobody could tell us whether there are nuts in it; she is allergic.", 400,
     (312, 236, 147, 66, 21)),
    ("Oven too hot", "Burnt on the outside, wet inside.", 2_400, (284, 129)),
    ("Promise forgotten", "You were going to ring us, and nobody told us anything.", 0, (219, 77)),
)  # fmt: skip
# From here on the van was loaded the evening before.
LOADED_AGO = 183
GIVEN = (MakeGoodKind.REPLACEMENT, MakeGoodKind.REFUND, MakeGoodKind.GIFT)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done about what, by whom; done or due so many days ago (before nought: to come)."""

    about: str
    action: str
    who: str
    ago: int
    stage: Stage
    window_days: int = 91


DEEDS = (
    Deed("Van late", "Load the van the evening before", "tomasz", LOADED_AGO, Stage.DONE, 91),
    Deed("Miscounted", "Two people count each tray", "nora", 112, Stage.DONE, 91),
    Deed("theme:late", "Ring whoever waits before the van leaves", "tomasz", -9, Stage.DOING),
    Deed("Label unclear", "Allergens on the front of each label", "nora", 4, Stage.PLANNED),
    Deed("theme:place", "A second till on Saturdays", "nora", 40, Stage.LEFT),
)
# What is asked after some goods, instead of how it was.
ASKED = (("Pastry box", MarkKind.RECOMMEND), ("Sandwich tray", MarkKind.EFFORT))
# From a mark of five to one of the other scales.
_OTHER = {
    MarkKind.RECOMMEND: {5: 10, 4: 8, 3: 7, 2: 4, 1: 1},
    MarkKind.EFFORT: {5: 7, 4: 6, 3: 4, 2: 2, 1: 1},
}


@transaction.atomic
def write_what_was_learned(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Older complaints with their causes, and the board of what is done about them."""
    names = sorted({name for name, *_rest in OLDER})
    Cause.objects.bulk_create(
        [Cause(name=name, folded=folded(name) or name) for name in names], ignore_conflicts=True
    )
    causes = {one.name: one for one in Cause.objects.filter(name__in=names)}
    theirs = _regulars(ids)
    lot = scene.lot("older complaints")
    rows = [
        (_older(causes[name], words, lot.choice(theirs), scene.told(ago), staff, scene), cost)
        for name, words, cost, days in OLDER for ago in days
    ]  # fmt: skip
    Case.objects.bulk_create([case for case, _cost in rows])
    MakeGood.objects.bulk_create(
        MakeGood(
            case=case, kind=lot.choice(GIVEN), cost_minor=lot.randrange(cost // 3, cost, 5),
            currency=scene.currency, state=MakeGoodState.GIVEN, member=case.manager,
            month=case.opened_at.date().replace(day=1), asked_at=case.opened_at,
            given_at=case.resolved_at,
        )
        for case, cost in rows if cost and lot.random() < 0.7
    )  # fmt: skip
    Improvement.objects.bulk_create(_deed(one, causes, staff, scene, at) for one in DEEDS)


def _known(ids: Mapping[str, int]) -> set[int]:
    """Those who have a story of their own."""
    told = {key for key in vars(stories).values() if isinstance(key, str)}
    return {pk for key, pk in ids.items() if key in told}


def _regulars(ids: Mapping[str, int]) -> list[int]:
    """Those who come most often, without those who have a story of their own."""
    rows = Order.objects.filter(source=SOURCE, customer__isnull=False).order_by()
    often = rows.values("customer").annotate(count=Count("pk")).order_by("-count", "customer")
    known = _known(ids)
    return [one["customer"] for one in often[:200] if one["customer"] not in known]


def _older(
    cause: Cause, words: str, customer_id: int, day: date,
    staff: Mapping[str, Member], scene: Scene,
) -> Case:  # fmt: skip
    began = scene.moment(day, 10, 40)
    right = began + timedelta(hours=26)
    return Case(
        customer_id=customer_id, what=words, kind=CaseKind.COMPLAINT, cause=cause, source="desk",
        manager=staff["tomasz"], state=CaseState.RIGHT, tier="active", opened_at=began,
        opened_by=staff["tomasz"], recorded_at=began, answer_due_at=began + timedelta(hours=4),
        resolve_due_at=right, due_at=right, warn_at=right - timedelta(hours=6),
        answered_at=began + timedelta(hours=1), resolved_at=right, resolved_by=staff["tomasz"],
        resolution="Put right the next morning, with an apology.", told_at=right,
        confirmed_at=right + timedelta(hours=20), is_right=True,
    )  # fmt: skip


def _deed(
    one: Deed, causes: Mapping[str, Cause], staff: Mapping[str, Member], scene: Scene, at: datetime
) -> Improvement:
    is_theme = one.about.startswith("theme:")
    day = scene.ago(one.ago)
    made = scene.moment(scene.ago(max(one.ago, 0) + 14), 16, 5)
    return Improvement(
        about=About.THEME if is_theme else About.CAUSE,
        cause=None if is_theme else causes[one.about],
        theme=one.about.removeprefix("theme:") if is_theme else "", action=one.action,
        owner=staff[one.who], due_on=day, stage=one.stage, window_days=one.window_days,
        done_on=day if one.stage == Stage.DONE else None, made_at=made, changed_at=made,
    )  # fmt: skip


def ask_otherwise(ids: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """After boxes and trays something else is asked than how it was."""
    known = _known(ids)
    for words, kind in ASKED:
        if not ProductQuestions.objects.filter(words=words, is_gone=False).exists():
            set_questions(
                None, words=words, is_group=True, is_asked=True, scale=kind.scale, questions={},
                measure=kind.measure, by=by, at=at,
            )  # fmt: skip
        asked = CheckIn.objects.filter(
            customer__in=ids.values(), product__startswith=words, asked_at__isnull=False
        ).exclude(customer__in=known)
        asked.update(scale=kind.scale, measure=kind.measure)
        answers = list(Answer.objects.filter(check_in__in=asked))
        for one in answers:
            one.scale, one.measure = kind.scale, kind.measure
            one.mark = one.mark and _OTHER[kind][one.mark]
        Answer.objects.bulk_update(answers, ["scale", "measure", "mark"])


def learn(*, at: datetime) -> None:
    """Read what they wrote, and look whether what was done about it helped."""
    read_texts(at=at)
    take_looks(at=at)


def forget_what_was_learned(customer_ids: Sequence[int]) -> None:
    """What the sample put on its board; its cases go with their customers."""
    Improvement.objects.filter(action__in=[one.action for one in DEEDS]).delete()
    # Those that somebody has changed meanwhile are theirs.
    for words, kind in ASKED:
        ProductQuestions.objects.filter(words=words, measure=kind.measure, questions={}).delete()
    # What nobody's name is on goes with no customer; what is still there is read again.
    Reading.objects.filter(Q(customer=None) | Q(customer__in=customer_ids)).delete()


def forget_causes(_customer_ids: Sequence[int]) -> None:
    """Those of which no case is left."""
    names = {name for name, *_rest in OLDER}
    Cause.objects.filter(name__in=names, cases=None).delete()
