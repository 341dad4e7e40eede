"""Keeping the continuity card: where, under which password, and writing it anew."""

import errno
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.jobs import enqueue
from regulars.core.secrets import SecretLost, open_secret, seal_secret, sealed_columns
from regulars.recovery.continuity import archive, is_public, put_into
from regulars.recovery.errors import CardNotPossible
from regulars.recovery.models import Card
from regulars.recovery.queries.cards import card_lines, core_count, the_card
from regulars.recovery.rules import may_keep_card
from regulars.team.queries import the_named_business

CARD_JOB = "recovery.write_card"
SHORTEST_PASSWORD = 12


@transaction.atomic
def keep_card(folder: str, *, password: str, by: Actor, at: datetime) -> Card:
    """Say where the continuity card is kept and what opens it; it is written at once, then nightly.

    Without a password the one that was set stays.
    """
    _check_may(by)
    card = Card.objects.select_for_update().filter(pk=1).first()
    place = _checked(folder)
    if password and len(password) < SHORTEST_PASSWORD:
        raise CardNotPossible(
            _("That password is too short."),
            _("Take at least %(count)s signs; a few words are best.")
            % {"count": SHORTEST_PASSWORD},
        )
    if not password and card is None:
        raise CardNotPossible(
            _("The card needs a password."), _("Without one anybody could read it.")
        )
    card = card or Card(pk=1)
    card.folder, card.changed_at = str(place), at
    if password:
        card.password_sealed = seal_secret(password)
    card.trouble = ""
    card.save()
    audit.record("kept continuity card", card, by=by, at=at, password=bool(password))
    enqueue(CARD_JOB, at=at)
    return card


@transaction.atomic
def stop_keeping_card(*, by: Actor, at: datetime) -> None:
    """Write it no more; the file that lies there stays until somebody takes it away."""
    _check_may(by)
    card = the_card()
    if card is not None:
        audit.record("stopped continuity card", card, by=by, at=at)
        card.delete()


def write_card(*, by: Actor, at: datetime) -> Card | None:
    """Write the card anew. Where that fails the old one stays, and the reason is kept."""
    card = the_card()
    if card is None:
        return None
    try:
        count = _written(card, at)
    except SecretLost:
        return _noted(card, by, at, trouble="password")
    except OSError as error:
        return _noted(card, by, at, trouble=_TROUBLES.get(error.errno or 0, "folder"))
    return _noted(card, by, at, trouble="", written_at=at, customer_count=count)


_TROUBLES = {
    errno.ENOENT: "away", errno.ENOTDIR: "away", errno.EACCES: "closed", errno.EPERM: "closed",
    errno.EROFS: "closed", errno.ENOSPC: "full", errno.EDQUOT: "full",
}  # fmt: skip


def _written(card: Card, at: datetime) -> int:
    password = open_secret(card.password_sealed)
    lines = card_lines(at)
    more = max(0, core_count() - len(lines))
    put_into(
        Path(card.folder), archive(lines, the_named_business(), password, more=more, at=at)
    )  # fmt: skip
    return len(lines)


@transaction.atomic
def _noted(card: Card, by: Actor, at: datetime, **said: object) -> Card:
    Card.objects.filter(pk=1).update(tried_at=at, **said)
    card.refresh_from_db()
    audit.record("wrote continuity card", card, by=by, at=at, trouble=card.trouble)
    return card


def _checked(folder: str) -> Path:
    place = Path(folder.strip()).expanduser()
    if not place.is_absolute():
        raise CardNotPossible(
            _("Write the whole path of the folder."), _("It begins at the top: /media/stick/card.")
        )
    if not place.is_dir():
        raise CardNotPossible(
            _("There is no such folder on the machine on which Regulars runs."),
            _("Make it there first, or plug the stick in."),
        )
    if is_public(place):
        raise CardNotPossible(
            _("Everybody can read what lies there."), _("Choose a folder that only you can open.")
        )
    return place


def _check_may(by: Actor) -> None:
    if not may_keep_card(by):
        raise NotAllowed(
            _("Only an owner says where the continuity card is kept."), _("Ask one of them.")
        )


def _reseal(anew: Callable[[str], str]) -> int:
    card = Card.objects.select_for_update().filter(pk=1).first()
    if card is None:
        return 0
    card.password_sealed = anew(card.password_sealed)
    card.save(update_fields=["password_sealed"])
    return 1


sealed_columns.register("recovery.card", _reseal)
