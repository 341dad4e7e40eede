"""What Juniper & Rye shares: articles, some of them shared already; and why it is different."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from regulars.consent.choices import Channel
from regulars.core.actor import Actor
from regulars.core.typesetting import typeset
from regulars.demo import stories
from regulars.demo.scene import SOURCE, Scene
from regulars.library.actions.articles import Written, add_article, find_fits
from regulars.library.actions.statements import Claimed, Shown, add_proof, add_statement
from regulars.library.choices import Answer, ArticleKind, ProofKind
from regulars.library.files import checked_pdf
from regulars.library.models import Article, Share, Statement
from regulars.team.models import Member
from regulars.team.queries import the_named_business


@dataclass(frozen=True, slots=True)
class OnShelf:
    """One article: so many days old, and who has had it: how long ago, how, what came back."""

    ago: int
    written: Written
    shared: tuple[tuple[str, int, Channel, str, str], ...] = ()


_TEXT, _LINK, _VIDEO = ArticleKind.TEXT, ArticleKind.LINK, ArticleKind.VIDEO
SHELF = (
    OnShelf(
        12,
        Written(
            _TEXT, "When the starter sulks",
            "A starter slows down when it is cold or hungry. Feed it twice on the day before you "
            "bake, with rye flour and water as warm as your hand. Put it beside the oven, never "
            "on it. If it smells of nail varnish, it is hungry; if it has a pink streak, throw it "
            "away and come by: we give a spoonful of ours to anybody who asks.",
            topics=("Starter and flour", "Baking courses"),
        ),
    ),
    OnShelf(
        9,
        Written(
            _TEXT, "What is in our loaves, nut by nut",
            "Every loaf and every cake, with what is in it and what is baked on the same bench. "
            "Nothing with nuts leaves the small oven; the gluten-free loaves are baked on Mondays, "
            "first, after the bench was scrubbed, and they are tested four times a year.",
            topics=("Nothing with nuts", "Gluten-free"),
        ),
        ((stories.LEENA, 5, Channel.CALL, Answer.LIKED, "At last somebody wrote it down."),),
    ),
    OnShelf(
        70,
        Written(
            _LINK, "Why rye keeps for a week",
            "Rye holds water better than wheat, so a seeded rye is best on its second or third "
            "day. How to keep it: in a cloth, cut side down.",
            address="https://rye.example/why-it-keeps", topics=("Seeded rye",),
        ),
        (
            (stories.RUTH, 60, Channel.VISIT, Answer.LIKED, "So the crust end is the best part."),
            (stories.SAMUEL, 58, Channel.CALL, "", ""),
        ),
    ),
    OnShelf(
        130,
        Written(
            _VIDEO, "Folding a baguette, in four minutes",
            "Shaping, resting and scoring baguettes at home.",
            address="https://films.example/baguette", topics=("Baguettes",),
        ),
        ((stories.ODILE, 120, Channel.CALL, Answer.NOT_THEIRS, ""),),
    ),
)  # fmt: skip
# A leaflet of the house, kept as a PDF: when it was made, what it is about, what it says.
LEAFLET_AGO, LEAFLET = 30, "Keeping bread, from the first day to the last"
LEAFLET_TOPICS = ("Seeded rye", "Baguettes")
LEAFLET_SAYS = (
    "On the first day leave a loaf as it is, cut side down on the board. The crust is its box.",
    (
        "From the second day on, wrap it in a cloth and put it where it is cool, never where it is "
        "cold: in a refrigerator bread goes stale in a day."
    ),
    "What you will not eat by the fourth day, slice and freeze while it is good. Toast it frozen.",
    "The last heel makes crumbs, soup, or friends of the hens at Weir Cottages.",
)
# What is claimed, and how it was proved: by what, how many days ago, in which words.
CLAIMS: tuple[tuple[str, tuple[tuple[ProofKind, int, str], ...]], ...] = (
    (
        "What we promise, we keep; and when we cannot, we say so first",
        ((ProofKind.FACT, 44, "When the other baker’s oven was taken, we rang before they did."),),
    ),
    (
        "The bread is baked here, by people whose names you know",
        ((ProofKind.WORDS, 25, "I know who baked it, and he knows that I like the crust end."),),
    ),
    (
        "Nothing with nuts leaves the small oven",
        ((ProofKind.FACT, 400, "Tested by the county’s laboratory, four samples of four."),),
    ),
)  # fmt: skip


@transaction.atomic
def fill_the_shelf(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Write the articles, with whom they were shared, and the statements with their proofs."""
    nora = staff["nora"]
    for one in SHELF:
        added_at = scene.moment(scene.ago(one.ago), 9, 30)
        article = add_article(one.written, by=nora.actor, at=added_at, source=SOURCE)
        Share.objects.bulk_create(
            _share(article, ids[key], ago, how, Answer(back) if back else None, words, nora, scene)
            for key, ago, how, back, words in one.shared
        )
        find_fits(article, at=at, today=scene.day)
    find_fits(_leaflet(nora.actor, scene), at=at, today=scene.day)
    for claim, proofs in CLAIMS:
        _state(claim, proofs, nora.actor, scene, at)


def _leaflet(by: Actor, scene: Scene) -> Article:
    """An article that is a file: set in type, and looked through as any other."""
    said = {
        "title": LEAFLET, "paragraphs": LEAFLET_SAYS, "foot": the_named_business().name,
        "paper": "a5",
    }  # fmt: skip
    file = checked_pdf("Keeping bread.pdf", typeset("demo/paper/leaflet.typ", said))
    written = Written(
        ArticleKind.PDF, LEAFLET, " ".join(LEAFLET_SAYS), topics=LEAFLET_TOPICS, file=file
    )
    added_at = scene.moment(scene.ago(LEAFLET_AGO), 9, 30)
    return add_article(written, by=by, at=added_at, source=SOURCE)


def _share(
    article: Article, customer_id: int, ago: int, how: Channel, back: Answer | None, words: str,
    nora: Member, scene: Scene,
) -> Share:  # fmt: skip
    shared_at = scene.moment(scene.ago(ago), 11, 0)
    return Share(
        article=article, customer_id=customer_id, channel=how, shared_at=shared_at, member=nora,
        answer=back or "", answered_at=shared_at + timedelta(days=2) if back else None,
        answer_words=words,
    )  # fmt: skip


def _state(
    claim: str, proofs: tuple[tuple[ProofKind, int, str], ...], by: Actor, scene: Scene,
    at: datetime,
) -> None:  # fmt: skip
    statement = add_statement(Claimed(claim), by=by, at=at, source=SOURCE)
    for kind, ago, words in proofs:
        shown = Shown(kind, words, scene.ago(ago))
        add_proof(statement, shown, by=by, at=at, today=scene.day)


def clear_the_shelf() -> None:
    """Remove the sample's articles and statements; what is your own stays."""
    Share.objects.filter(article__source=SOURCE).delete()
    Article.objects.filter(source=SOURCE).delete()
    Statement.objects.filter(source=SOURCE).delete()
