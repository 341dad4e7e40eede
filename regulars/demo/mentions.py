"""What people say about Juniper & Rye in public: answered, waiting, and not about it at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from regulars.demo import stories
from regulars.demo.scene import Scene
from regulars.mentions.choices import Aside, Match, MentionState, is_bad_mark
from regulars.mentions.models import Mention
from regulars.mentions.naming import handle_key_of, site_key_of
from regulars.team.models import Member

# By which they are told from what is written down by hand.
NUMBERED = "demo:"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One mention: where, how many days ago, what and with which mark, and what became of it."""

    site: str
    ago: int
    words: str
    mark: int | None = None
    author: str = ""
    handle: str = ""
    # Whose words they are, where somebody knows.
    key: str = ""
    who: str = "nora"
    # Days until it is to be answered, counted from today.
    due: int = 1
    draft: str = ""
    # Days ago, and what was answered.
    answered: int | None = None
    answer: str = ""
    aside: Aside | None = None
    aside_words: str = ""


TOLD = (
    Spoken("Town Guide", 1, "The seeded rye is back and so am I. Queue to the door on Saturday; "
           "one more pair of hands would help.", 4, author="R. Calloway",
           draft="Saturday has a second pair of hands from this week on. Thank you for the rye."),
    Spoken("Ambley Neighbours", 3, "Does anybody know whether the bakery by the harbour closed for "
           "good after the fire?", author="Mum of three", handle="@ambley_mum", due=-1),
    Spoken("Town Guide", 43, "Everything burnt, and nobody said a word at the counter.", 2,
           author="M. Oduya", key=stories.MAREN, answered=42,
           answer="You are right, and we have called you. The oven is mended, and your money is "
           "back on your card."),
    Spoken("Harbour Reviews", 12, "Best lemon tart on the coast.", 5, author="Two on bicycles",
           answered=11, answer="The kettle is on whenever you pass again."),
    Spoken("Harbour Reviews", 8, "Cocktails were watery and the music too loud.", 1,
           author="Nightowl", aside=Aside.OTHER, aside_words="Juniper Bar in Westhaven"),
    Spoken("Town Guide", 6, "CHEAP FOLLOWERS, write to us!", author="promo_77", aside=Aside.SPAM),
)  # fmt: skip


@transaction.atomic
def write_mentions(ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene) -> None:
    """Two wait, one of them too long; two were answered; two were never about the bakery."""
    Mention.objects.bulk_create(
        _row(nth, one, ids, staff, scene) for nth, one in enumerate(TOLD, start=1)
    )


def forget_mentions(customer_ids: Sequence[int]) -> None:
    """Those of the sample, and whatever its customers are said to have written."""
    Mention.objects.filter(
        Q(external_id__startswith=NUMBERED) | Q(customer__in=customer_ids)
    ).delete()


def _row(
    nth: int, one: Spoken, ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene
) -> Mention:
    said_at = scene.moment(scene.ago(one.ago), 19, 10)
    due_at = scene.moment(scene.ago(-one.due), 16, 0)
    answered_at = None if one.answered is None else scene.moment(scene.ago(one.answered), 10, 5)
    state = MentionState.WAITING
    if answered_at is not None:
        state, due_at = MentionState.ANSWERED, answered_at + timedelta(hours=20)
    elif one.aside is not None:
        state = MentionState.ASIDE
    return Mention(
        site=one.site, site_key=site_key_of(one.site), external_id=f"{NUMBERED}{nth}",
        author=one.author, handle=one.handle, handle_key=handle_key_of(one.handle),
        said_at=said_at, mark=one.mark, words=one.words, is_bad=is_bad_mark(one.mark, 5),
        recorded_at=said_at, changed_at=said_at, customer_id=ids[one.key] if one.key else None,
        known_by=Match.PERSON if one.key else Match.NONE,
        matched_by=staff[one.who] if one.key else None, owner=staff[one.who], state=state,
        due_at=due_at, warn_at=due_at, draft=one.draft,
        drafted_by=staff[one.who] if one.draft else None, answer=one.answer,
        answered_at=answered_at, answered_by=staff[one.who] if answered_at else None,
        aside_why=one.aside or "", aside_words=one.aside_words,
    )  # fmt: skip
