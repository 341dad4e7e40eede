"""Bulletins and what belongs to them, for reading."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.urls import reverse

from regulars.bulletins.errors import BulletinNotFound
from regulars.bulletins.models import Bulletin, BulletinQuerySet, Owed, Question, Sending, Version
from regulars.bulletins.rules import may_note_questions, may_publish
from regulars.core.actor import Actor
from regulars.notes.piles import Pile, piles
from regulars.team.models import Business


def is_publisher(actor: Actor) -> bool:
    return may_publish(actor)


def is_noter(actor: Actor) -> bool:
    return may_note_questions(actor)


def all_bulletins() -> BulletinQuerySet:
    """Newest first; everybody on the team may read them all: most of it is public."""
    versions = Version.objects.order_by("number")
    return Bulletin.objects.prefetch_related(Prefetch("versions", versions)).order_by("-id")


def bulletin_for(bulletin_id: int) -> Bulletin:
    found = Bulletin.objects.filter(pk=bulletin_id).first()
    if found is None:
        raise BulletinNotFound
    return found


def public_bulletin(slug: str) -> Bulletin | None:
    """An open one that stands on public pages, by the name in its address."""
    return Bulletin.objects.shown().open().filter(slug=slug).first()


def bulletins_of(source: str) -> BulletinQuerySet:
    """Those that belong to something above: "disruption:7"."""
    return Bulletin.objects.filter(source=source).order_by("id")


def versions_of(bulletin: Bulletin) -> list[Version]:
    found = bulletin.versions.select_related("corrects").order_by("number")
    return list(found)


def latest_version(bulletin: Bulletin) -> Version | None:
    return bulletin.versions.order_by("-number").first()


def version_of(bulletin: Bulletin, number: int) -> Version:
    found = bulletin.versions.filter(number=number).first()
    if found is None:
        raise BulletinNotFound
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """How often an update came by the time that was promised."""

    kept: int
    promised: int


def kept_of(versions: list[Version]) -> Kept:
    said = [one.was_kept for one in versions if one.was_kept is not None]
    return Kept(sum(said), len(said))


def sendings_of(bulletin: Bulletin) -> "QuerySet[Sending]":
    found = Sending.objects.filter(version__bulletin=bulletin)
    return found.select_related("mailing", "version").order_by("-id")


def owed_for(bulletin: Bulletin) -> "QuerySet[Owed]":
    """Who is still to be told by a person: nobody has spoken with them since."""
    return _owed().filter(bulletin=bulletin).order_by("customer__sort_name", "pk")


def _owed() -> "QuerySet[Owed]":
    return Owed.objects.filter(told_at=None, customer__archived_at=None).filter(
        Q(customer__clock__last_touch_at=None) | Q(customer__clock__last_touch_at__lt=F("owed_at"))
    )


def letters_that_wait(actor: Actor) -> list[Pile]:
    """How many letters of each open bulletin are to be printed, for the note desk."""
    if not may_publish(actor):
        return []
    waiting = _owed().filter(by="letter", bulletin__closed_at=None).order_by("bulletin")
    counted = waiting.values_list("bulletin", "bulletin__title").annotate(count=Count("pk"))
    return [
        Pile(title, count, reverse("bulletins:owed", args=[pk])) for pk, title, count in counted
    ]


piles.register("bulletins", letters_that_wait)


def open_questions(bulletin: Bulletin) -> "QuerySet[Question]":
    return bulletin.questions.filter(answered_in=None, put_aside_at=None)


def updates_due(at: datetime) -> BulletinQuerySet:
    """Bulletins of which an update was promised: those late first, then the soonest."""
    return Bulletin.objects.promised().filter(is_drill=False).order_by("next_update_by")


def languages_of(business: Business | None) -> list[str]:
    """The languages that the business writes, the first of them first."""
    own = list(getattr(business, "languages", None) or [])
    return own or [settings.LANGUAGE_CODE.partition("-")[0]]
