"""What the gate's verdicts say to people: why not, or why later, and what would make it a yes."""

from collections.abc import Callable
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _


def sentence_of(code: str, **places: Any) -> str:
    """Why a message may not leave, or not yet, and what would change that; a sentence or two.

    `places` fill in what is known: `until` (a moment), `why` (of a stop or a hold). A code that the
    gate does not have gives an empty sentence: it is somebody else's.
    """
    say = _SAID.get(code)
    if say is None:
        return ""
    until = places.get("until")
    return f"{say()} {_from(until)}".strip() if until else say()


def _from(until: Any) -> str:
    shown = formats.date_format(timezone.localtime(until), "DATETIME_FORMAT")
    return _("It is asked again at %(moment)s.") % {"moment": shown}


_SAID: dict[str, Callable[[], str]] = {
    "": lambda: _("It may leave."),
    "instance": lambda: _(
        "This instance is a copy or was restored, so nothing leaves it. An owner can release it."
    ),
    "stopped": lambda: _(
        "All sending is stopped. It leaves once somebody lets messages go out again."
    ),
    "archived": lambda: _(
        "This customer has been archived. Bring them back to the list to write to them."
    ),
    "no_address": lambda: _(
        "We have no address of theirs that works for this channel. Ask them for one."
    ),
    "erased": lambda: _(
        "They asked to be forgotten, so this address is never written to again, unless they"
        " themselves ask us to."
    ),
    "legal": lambda: _(
        "A lawyer or an authority told us to stop writing to this address. Only an owner can lift"
        " that, with the reason."
    ),
    "complained": lambda: _(
        "They complained about us to their mail provider. Talk to them; nothing is mailed to this"
        " address again."
    ),
    "bounced": lambda: _(
        "This address does not exist: mail to it came back. Ask them for the right one."
    ),
    "full": lambda: _(
        "Their mailbox kept refusing our messages, so it rests for some weeks. Reach them another"
        " way."
    ),
    "staff": lambda: _(
        "Somebody here stopped writing to this address. They, or an owner, can lift it."
    ),
    "refused": lambda: _(
        "They said no to this. It leaves only if they tell us themselves that they want it."
    ),
    "topics": lambda: _(
        "They want to hear only about other things. It leaves only if they wish for this too."
    ),
    "no_ground": lambda: _(
        "Nobody has agreed to this, and nothing else allows it. Ask them, call or write a letter."
    ),
    "expired": lambda: _("The moment for it has passed. Write it anew if it still matters."),
    "paused": lambda: _("They asked us to pause for a while. It waits until they want to hear."),
    "held": lambda: _(
        "Messages to this customer are held. It leaves once the hold is lifted or ends."
    ),
    "capped": lambda: _(
        "They have heard from us as often in a week as our rules allow. It waits for a free place."
    ),
    "too_soon": lambda: _("They want to hear from us less often. It waits until then."),
    "balance": lambda: _(
        "We have not served them often enough since we last sold to them. Serve first: thank, help,"
        " or ask how they are."
    ),
    "quiet": lambda: _("It is quiet hours where they live. It leaves when these end."),
    "no_public_url": lambda: _(
        "It says a link to a page of ours, and our public address is not proved yet. An owner"
        " proves it in the settings."
    ),
    "turn": lambda: _("Another message to them is leaving at this moment. This one comes next."),
}


def short_of(code: str) -> str:
    """The verdict in two or three words, for lists and counts."""
    return _SHORT[code]() if code in _SHORT else code


_SHORT: dict[str, Callable[[], str]] = {
    "": lambda: _("may leave"),
    "instance": lambda: _("this is a copy"),
    "stopped": lambda: _("all sending is stopped"),
    "archived": lambda: _("archived"),
    "no_address": lambda: _("no address"),
    "erased": lambda: _("asked to be forgotten"),
    "legal": lambda: _("stopped by law"),
    "complained": lambda: _("complained"),
    "bounced": lambda: _("address does not exist"),
    "full": lambda: _("mailbox kept refusing"),
    "staff": lambda: _("stopped by us"),
    "refused": lambda: _("said no"),
    "topics": lambda: _("want to hear about other things"),
    "no_ground": lambda: _("have not agreed"),
    "expired": lambda: _("too late"),
    "paused": lambda: _("asked for a pause"),
    "held": lambda: _("held"),
    "capped": lambda: _("heard enough this week"),
    "too_soon": lambda: _("want to hear less often"),
    "balance": lambda: _("serve first"),
    "quiet": lambda: _("quiet hours"),
    "no_public_url": lambda: _("public address not proved"),
    "turn": lambda: _("next in turn"),
}
