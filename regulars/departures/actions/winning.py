"""Winning back by reason: what has changed, a letter that says so, and a kind last word."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from regulars.consent.choices import Purpose
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.departures.choices import FAREWELL, LET_GO, WON_BACK, Give, Reason
from regulars.departures.errors import (
    ChangeStillToCome,
    GiftUnclear,
    NobodyToWinBack,
    NothingChanged,
    NotToBeWonBack,
)
from regulars.departures.models import Change, Letter
from regulars.departures.queries.winning import changes_for, whom_letter_means
from regulars.departures.rules import require_win_back
from regulars.messaging.actions.mailings import write_mailing
from regulars.messaging.actions.texts import use_words
from regulars.messaging.audiences import Among, among_in, narrowed
from regulars.team.queries import the_named_business

LONGEST_CHANGE, LONGEST_GIFT = 300, 200


@transaction.atomic
def note_change(
    reason: Reason, *, words: str, changed_on: date, by: Actor, at: datetime
) -> Change:  # fmt: skip
    """Write down what we changed because customers left for a reason, and since when it is so."""
    require_win_back(by)
    if reason in (*LET_GO, Reason.UNKNOWN):
        raise NotToBeWonBack(
            _("Nothing that you change answers this: %(reason)s.") % {"reason": reason.label},
            _("Let those who moved or need it no more go kindly; ask whom nobody has asked."),
        )
    words = " ".join(words.split())
    if not words or len(words) > LONGEST_CHANGE:
        raise GiftUnclear(
            _("Say what is different now, in one sentence of at most %(most)s signs.")
            % {"most": LONGEST_CHANGE}
        )
    if changed_on > the_named_business().day_of(at):
        raise ChangeStillToCome(_("That day is still to come."), _("Write it down once it is so."))
    changed = Change.objects.create(
        reason=reason, words=words, changed_on=changed_on, recorded_at=at,
        recorded_by_id=by.member_id,
    )  # fmt: skip
    audit.record("changed because of", changed, by=by, at=at, reason=reason)
    return changed


@transaction.atomic
def remove_change(changed: Change, *, by: Actor, at: datetime) -> None:
    """Take away what does not hold any more; letters that said it stay as they were."""
    require_win_back(by)
    Change.objects.filter(pk=changed.pk, removed_at=None).update(removed_at=at)
    audit.record("took away", changed, by=by, at=at)


@transaction.atomic
def put_change_back(changed: Change, *, by: Actor, at: datetime) -> None:
    """Undo that."""
    require_win_back(by)
    Change.objects.filter(pk=changed.pk).update(removed_at=None)
    audit.record("put back", changed, by=by, at=at)


@transaction.atomic
def write_letter(
    reason: Reason, *, give: Give, by: Actor, at: datetime, gift: str = "", cost_minor: int = 0,
    among: Callable[[Letter], Among] | None = None, not_before: datetime | None = None,
) -> Letter:  # fmt: skip
    """A letter to those who left for one reason; nothing leaves before somebody approves it.

    It says what has changed since, and gives one thing at most: never a lower price and something
    better together, not to the same person within a year, either. `among` says to which
    audience they are narrowed down, once the letter is there.
    """
    require_win_back(by)
    if reason in (*LET_GO, Reason.UNKNOWN):
        raise NotToBeWonBack(
            _("Nobody is won back here: %(reason)s.") % {"reason": reason.label},
            _("Let those who moved or need it no more go kindly; ask whom nobody has asked."),
        )
    gift = " ".join(gift.split())
    if (give == Give.NOTHING) != (not gift) or len(gift) > LONGEST_GIFT or cost_minor < 0:
        raise GiftUnclear(
            _("Say in a sentence what they get, and what it costs you; or choose nothing."),
            _("At most %(most)s signs.") % {"most": LONGEST_GIFT},
        )
    changes = list(changes_for(reason))
    if not changes:
        raise NothingChanged(
            _("Nothing has changed since they left."),
            _("Write down what is different now. Whoever comes back to the same leaves again."),
        )
    letter = Letter.objects.create(
        reason=reason, give=give, gift=gift, cost_minor=cost_minor if gift else 0,
        currency=the_named_business().currency, left_until=changes[0].changed_on,
        written_at=at, written_by_id=by.member_id,
    )  # fmt: skip
    purpose = Purpose.SELL if gift else Purpose.ASK
    return _mailed(
        letter, WON_BACK, purpose, _("Something has changed"), _body(letter, changes), by=by,
        at=at, among=among(letter) if among else None, not_before=not_before,
    )  # fmt: skip


@transaction.atomic
def write_farewell(reason: Reason, *, by: Actor, at: datetime) -> Letter:
    """A kind last word to those who moved, or need it no more; once each, and nothing follows."""
    require_win_back(by)
    if reason not in LET_GO:
        raise NotToBeWonBack(_("They may come back still: tell them what has changed."))
    letter = Letter.objects.create(
        reason=reason, give=Give.NOTHING, currency=the_named_business().currency,
        is_farewell=True, written_at=at, written_by_id=by.member_id,
    )  # fmt: skip
    return _mailed(letter, FAREWELL, Purpose.THANK, _("Thank you"), _last_word(), by=by, at=at)


def _mailed(  # noqa: PLR0913 - each says one thing about the letter
    letter: Letter, audience: str, purpose: Purpose, subject: str, body: str, *, by: Actor,
    at: datetime, among: Among | None = None, not_before: datetime | None = None,
) -> Letter:  # fmt: skip
    definition = {"letter": letter.pk, **among_in(among)}
    if not narrowed(whom_letter_means(letter), definition).exists():
        raise NobodyToWinBack(
            _("There is nobody to write to."),
            _("Guessed reasons, those who want peace, who left since it changed, who had a letter"
              " lately and who had the other kind of gift within a year are left out."),
        )  # fmt: skip
    version = use_words(subject=subject, body=body, purpose=purpose, by=by, at=at)
    letter.mailing = write_mailing(
        name=f"{subject}: {Reason(letter.reason).label}", version=version, purpose=purpose,
        audience=audience, definition=definition, by=by, at=at, not_before=not_before,
    )  # fmt: skip
    letter.save(update_fields=["mailing"])
    audit.record("wrote to who left", letter, by=by, at=at, reason=letter.reason, give=letter.give)
    return letter


# What we say that they told us; a reason that was only guessed is never said to anybody.
_HEARD = {
    Reason.PRICE: _lazy("I heard that it had become too dear for you."),
    Reason.QUALITY: _lazy("I heard that what you bought was not as good as it should be."),
    Reason.SERVICE: _lazy("I heard that you were not well looked after. I am sorry."),
    Reason.COMPETITOR: _lazy("I heard that another place suits you better."),
    Reason.CLOSED: _lazy("You needed us, and we were closed. I am sorry."),
}


def _body(letter: Letter, changes: list[Change]) -> str:
    heard = str(_HEARD[Reason(letter.reason)])
    since = "\n".join(f"- {one.words} ({date_format(one.changed_on, 'j F Y')})" for one in changes)
    parts = ["{{ greeting }}", heard, _("Since then something has changed:"), since]
    if letter.gift:
        parts.append(_("When you come again: %(gift)s") % {"gift": letter.gift})
    parts += [
        _(
            "If that is not enough, answer this message and tell me what would be. I read it"
            " myself."
        ),
        "{{ signature }}",
    ]
    return "\n\n".join(parts) + "\n"


def _last_word() -> str:
    return "\n\n".join([
        "{{ greeting }}",
        _("You do not need us any more, and that is as it should be. Thank you for the time that"
          " you were with us: it was a pleasure to know you."),
        _("This is the last that you hear from us, unless you write or come by. Then the door is"
          " open."),
        "{{ signature }}",
    ]) + "\n"  # fmt: skip
