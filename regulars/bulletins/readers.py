"""Who is told of a bulletin: everybody, or those in a segment."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.bulletins.models import Bulletin
from regulars.consent.choices import Channel, Decision, Purpose
from regulars.consent.models import ConsentState
from regulars.core.actor import Actor
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.lists.audience import SEGMENT
from regulars.lists.queries.segments import segment_for, segments_for
from regulars.messaging.audiences import audiences
from regulars.team.choices import LANGUAGES

NOBODY = "nobody"
EVERYBODY = "everybody"
OTHERS = "as-chosen"
READERS = "bulletin-readers"
# How somebody would rather hear from us, where that is a person's work.
BY_CALL, BY_POST = (Channel.CALL, Channel.VISIT), (Channel.LETTER, Channel.NOTE)
BY_PERSON = (*BY_CALL, *BY_POST)


class AllOfThem:
    """Everybody on the list: what a bulletin is for unless somebody narrows it down."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        return Customer.objects.on_the_list()

    def words(self, definition: dict[str, Any]) -> str:
        return _("everybody on the list")


class Readers:
    """{"audience", "definition", "language", "others"}: who is written to in one language.

    Whoever asked for bulletins by the public form is among them; whoever would rather be called,
    or get a letter, is not.
    """

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        found = all_readers(definition["audience"], definition["definition"])
        return in_language(found, definition).exclude(wish__channel__in=BY_PERSON)

    def words(self, definition: dict[str, Any]) -> str:
        words = audiences[definition["audience"]].words(definition["definition"])
        if not definition["language"]:
            return words
        language = LANGUAGES.get(definition["language"], definition["language"])
        return _("%(who)s, who read %(language)s") % {"who": words, "language": language}


def all_readers(audience: str, definition: dict[str, Any]) -> CustomerQuerySet:
    """Those chosen, and those who asked to be told."""
    listed = Customer.objects.on_the_list()
    if audience == EVERYBODY:
        return listed
    asked = ConsentState.objects.filter(
        channel=Channel.EMAIL, purpose=Purpose.INFORM, decision=Decision.GRANTED
    )
    chosen = audiences[audience].customers(definition).order_by().values("pk")
    return listed.filter(Q(pk__in=chosen) | Q(pk__in=asked.values("customer_id")))


def in_language(found: CustomerQuerySet, definition: dict[str, Any]) -> CustomerQuerySet:
    """Those who read a language; the first one is for all who read none of the others."""
    if definition["others"]:
        return found.exclude(wish__language__in=definition["others"])
    return found.filter(wish__language=definition["language"]) if definition["language"] else found


def reader_choices(actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """Everybody, each segment, or nobody: then it stands on the public page alone."""
    segments = segments_for(actor, at).order_by("name")
    return [
        (EVERYBODY, _("Everybody on the list")),
        *((f"segment:{one.pk}", _("Segment “%(name)s”") % {"name": one.name}) for one in segments),
        (NOBODY, _("Nobody: it stands on the public page alone")),
    ]


def chosen_readers(choice: str, actor: Actor, at: datetime) -> tuple[str, dict[str, Any]]:
    """The audience of a choice, by its name and what it needs."""
    kind, _colon, number = choice.partition(":")
    if kind == "segment" and is_whole(number):
        return SEGMENT, {"segment": segment_for(actor, int(number), at).pk}
    return ("", {}) if choice == NOBODY else (EVERYBODY, {})


def choice_of(bulletin: Bulletin) -> str:
    """What stands chosen in the list."""
    if not bulletin.audience:
        return NOBODY
    if bulletin.audience == SEGMENT:
        return f"segment:{bulletin.definition.get('segment')}"
    return EVERYBODY if bulletin.audience == EVERYBODY else OTHERS


def readers_of(bulletin: Bulletin) -> CustomerQuerySet:
    if not bulletin.audience:
        return Customer.objects.none()
    return all_readers(bulletin.audience, bulletin.definition)


def readers_words(bulletin: Bulletin) -> str:
    if not bulletin.audience:
        return _("nobody; it stands on the public page alone")
    return audiences[bulletin.audience].words(bulletin.definition)
