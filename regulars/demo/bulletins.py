"""What Juniper & Rye told people of the fire: one update came late, and one was wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.bulletins.actions.asking import note_question
from regulars.bulletins.actions.writing import close_bulletin, correct, draft_bulletin, publish
from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.public_pages import FOLDER, frame_at, write_all_pages
from regulars.bulletins.readers import EVERYBODY
from regulars.core.actor import Actor
from regulars.core.public_files import published_files, withdraw_file
from regulars.customers.models import Customer
from regulars.demo import stories
from regulars.demo.scene import SOURCE, Scene
from regulars.promises.models import Promise
from regulars.team.models import Member
from regulars.team.queries import the_business


@dataclass(frozen=True, slots=True)
class Said:
    """One version: so many days ago, at an hour, promising the next for so many days ago."""

    ago: int
    hour: int
    next_ago: int
    known: str
    not_known: str = ""
    doing: str = ""
    # The version that it corrects, the words that were wrong, and what is right.
    corrects: int = 0
    wrong: str = ""
    said: str = ""
    asked: tuple[tuple[str, str], ...] = field(default_factory=tuple)


FIRE = (
    Said(
        51,
        9,
        48,
        "There was a fire in the bakehouse on Saturday night.\nNobody was hurt.",
        "When we can open again.\nWhat is left of the ovens.",
        "The fire brigade looks at the building on Monday.\nEvery order for this week is paid "
        "back.",
        asked=(("Can I get my christening cake elsewhere?", stories.FLORIAN),),
    ),
    Said(
        48,
        17,
        45,
        "Nobody was hurt.\nOne of three ovens can be mended.",
        "When we can open again.",
        "From Saturday there is a stall in the market, eight to one.",
    ),
    # Promised for the 45th day: it came a day late, and the page says so.
    Said(
        44,
        8,
        33,
        "One oven is mended.\nWe open again in eleven days, from seven to two.",
        "When the other two ovens come.",
        "Baking for the stall.\nTrying out the oven.",
    ),
)
BACK = (
    Said(33, 7, 15, "We are open, from seven to two.\nOne of three ovens bakes.",
         "When the second oven comes.\nWhen there is seeded rye again.",
         "Baking from midnight, so that the shelves are full.",
         asked=(("When is seeded rye back?", stories.RUTH),
                ("When will the seeded rye be back?", stories.SAMUEL))),
    Said(15, 16, 11, "We are open, from seven to two.\nThe second oven was delivered.\n"
         "Seeded rye will be back by Saturday.", "When the third oven comes.",
         "Baking from midnight, so that the shelves are full."),
    Said(11, 12, 4, "We are open until four again.\nTwo of three ovens bake.",
         "When the third oven comes.", "Trying baguettes in the small oven.",
         asked=(("Will there be stollen for everybody?", stories.MAREN),)),
    Said(4, 16, -3, "Two of three ovens bake. Both passed the inspection.\nEverything is back "
         "except baguettes.",
         "When the third oven comes: the maker says December and will not name a day.\n"
         "Whether there is stollen for everybody who asks.",
         "Keeping stollen for last year's customers, at last year's price.\nTrying baguettes in "
         "the small oven.",
         corrects=2, wrong="Seeded rye will be back by Saturday.",
         said="The flour came three days late, and we should have said so. It is back on "
         "Thursday.",
         asked=(("Do you keep stollen for us again?", stories.SAMUEL),
                ("Will you keep stollen for us again?", stories.FLORIAN))),
)  # fmt: skip


@transaction.atomic
def write_bulletins(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Two bulletins: of the fire, closed when the shop opened; of the way back, still open."""
    by = staff["nora"].actor
    fire = _write(_("The fire on Saturday"), FIRE, ids, by, scene)
    opened = scene.moment(scene.ago(33), 6, 30)
    close_bulletin(fire, words=_("We are open again. Thank you for waiting."), by=by, at=opened)
    _write(_("How we are doing after the fire"), BACK, ids, by, scene)
    transaction.on_commit(lambda: write_all_pages(at=at) and None, robust=True)


def _write(
    title: str, told: tuple[Said, ...], ids: Mapping[str, int], by: Actor, scene: Scene
) -> Bulletin:
    begun = _moment(scene, told[0].ago, told[0].hour) - timedelta(hours=1)
    bulletin = draft_bulletin(
        title=title, audience=EVERYBODY, definition={}, by=by, at=begun, source=SOURCE
    )
    language = frame_at(begun).main
    for one in told:
        version = _publish(bulletin, one, language, by, scene)
        for words, key in one.asked:
            customer = Customer.objects.filter(pk=ids.get(key, 0)).first()
            asked_at = version.published_at + timedelta(hours=3)
            note_question(bulletin, words, by=by, at=asked_at, customer=customer)
    bulletin.refresh_from_db()
    return bulletin


def _publish(bulletin: Bulletin, one: Said, language: str, by: Actor, scene: Scene) -> Version:
    bulletin.refresh_from_db()
    boxes = {"known": one.known, "not_known": one.not_known, "doing": one.doing}
    at, number = _moment(scene, one.ago, one.hour), bulletin.version_count
    next_update_by = _moment(scene, one.next_ago, 17)
    answers = list(bulletin.questions.values_list("pk", flat=True)) if one.corrects else []
    if one.corrects:
        wrong = bulletin.versions.get(number=one.corrects)
        texts = {language: {**boxes, "wrong": one.wrong, "said": one.said}}
        return correct(wrong, texts, next_update_by=next_update_by, by=by, at=at,
                       seen_number=number, answers=answers[:2])  # fmt: skip
    return publish(bulletin, {language: boxes}, next_update_by=next_update_by, by=by, at=at,
                   seen_number=number)  # fmt: skip


def _moment(scene: Scene, ago: int, hour: int) -> datetime:
    return scene.moment(scene.ago(ago), hour, 0)


def take_bulletins_out(*, at: datetime) -> None:
    """Remove the sample's bulletins, what they promised, and their public pages."""
    of_sample = Bulletin.objects.filter(source=SOURCE)
    found = list(of_sample.values_list("pk", "slug"))
    Promise.objects.filter(source__in=[f"bulletin:{pk}" for pk, _slug in found]).delete()
    # A correction holds on to what it corrects.
    Version.objects.filter(bulletin__in=of_sample).update(corrects=None)
    of_sample.delete()
    for _pk, slug in found:
        withdraw_file(f"{FOLDER}/{slug}", kind="page")
        for path in published_files(f"{FOLDER}/{slug}", kind="page"):
            withdraw_file(path, kind="page")
    if found:
        transaction.on_commit(lambda: _rewrite_lists(at), robust=True)


def _rewrite_lists(at: datetime) -> None:
    """The list and the feed without them; where the business has gone too, none at all."""
    if the_business() is not None:
        write_all_pages(at=at)
        return
    withdraw_file(f"{FOLDER}/index", kind="page")
    withdraw_file(f"{FOLDER}/feed", kind="feed")
