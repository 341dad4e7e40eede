"""What codes say to people: why not, why later or why it failed, and what would make it a yes."""

from collections.abc import Callable
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from regulars.messaging.server_words import why_not

# What is amiss stands in the words or in their values: the same again would fail again.
TEXT_FAULTS = frozenset({"empty_field", "unfilled", "foreign_address", "unusable", "changed"})

# Shown in place of the code to whoever must not learn which it was.
HIDDEN = "hidden"


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
        "They have not agreed to this, and nothing else allows it. Ask them, call or write a"
        " letter."
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
    "rarely": lambda: _(
        "By our own cadence they hear from us at most every so many days, and these have not"
        " passed. It waits until then."
    ),
    "balance": lambda: _(
        "We have not served them often enough since we last sold to them. Serve first: thank, help,"
        " or ask how they are. It is asked again then, and leaves if we have."
    ),
    "quiet": lambda: _("It is quiet hours where they live. It leaves when these end."),
    "no_public_url": lambda: _(
        "It holds a link to a page of our own, and nobody outside can open those yet. It leaves"
        " once an owner has proved our public address in the settings."
    ),
    "by_lot": lambda: _(
        "They were left out by lot: from how they and the others buy now, you will see whether this"
        " helps."
    ),
    "mailing_waits": lambda: _("Its mailing is paused, so it waits."),
    "turn": lambda: _("Another message to them is leaving at this moment. This one comes next."),
}


def failure_of(code: str, detail: str = "") -> str:
    """Why it failed or is in doubt, what the other side said, and what would help."""
    if say := _FAILED.get(code):
        return detail if code == "mailing" and detail else say()
    if code.isdecimal() or code == "refused":
        sentence, remedy = _answered(code, detail)
    elif code:
        sentence, remedy = why_not(code)
    else:
        return detail
    said = f"{code} {detail}".strip() if code.isdecimal() else detail
    theirs = _("It said: “%(words)s”.") % {"words": said.rstrip(".")} if said else ""
    return " ".join(part for part in (sentence, theirs, remedy) if part)


def _answered(code: str, detail: str) -> tuple[str, str]:
    """A number of a mail server, with its finer code (RFC 3463) where it says one."""
    finer = detail.partition(" ")[0]
    if code.startswith("53"):
        return why_not("535")
    if finer.startswith(("5.1.1", "5.1.2", "5.1.3", "5.1.10")):
        return (
            _("Their mail server does not know this address."),
            _("Ask them for the right one, and write it down on their page."),
        )
    if finer in ("5.2.2", "4.2.2"):
        return (
            _("Their mailbox is full."),
            _("Reach them another way, or try again in some days."),
        )
    if finer == "5.3.4" or (code == "552" and not finer.startswith("5.2")):
        return (
            _("The message is larger than the mail server takes."),
            _("Leave out pictures, and write to them anew."),
        )
    if finer.startswith("5.7") or code == "554":
        return (
            _("The mail server refused it by its own rules, often as unwanted mail."),
            _("Look at the records of your domain under “Mail server”, then try again."),
        )
    if code.startswith("5") or code == "refused":
        return (
            _("The mail server refused it."),
            _("Check their address on their page, then try again or reach them another way."),
        )
    return why_not(code)


_FAILED: dict[str, Callable[[], str]] = {
    "empty_field": lambda: _(
        "The text asks for something that we do not know of them, such as their name. Add it on"
        " their page, or say in the text what stands there instead; then write to them anew."
    ),
    "unfilled": lambda: _(
        "A place in the text was left unfilled. Mend the text, then write to them anew."
    ),
    "foreign_address": lambda: _(
        "It would have shown them the e-mail address of another customer. Take that address out of"
        " the text or out of their facts, then write to them anew."
    ),
    "unusable": lambda: _(
        "The text could not be filled in, or is no longer the one that was approved. Look at the"
        " text, then write to them anew."
    ),
    "changed": lambda: _(
        "Its words came out other than those that may have left, so it did not leave a second"
        " time. Ask them whether they have it; write anew if they have not."
    ),
    "header": lambda: _(
        "Its subject, the sender or their address holds signs that no mail can carry. Write them"
        " anew, then try again."
    ),
    "silent": lambda: _("The sender stopped just as it was leaving."),
    "repeat": lambda: _(
        "It may have left before, and the mail server cannot tell, so it is not sent twice."
    ),
    "mailing": lambda: _("Its mailing was stopped for good."),
    HIDDEN: lambda: _(
        "Why is not shown: the text says things of customers that are hidden from your role. An"
        " owner can see it."
    ),
    "error": lambda: _(
        "The way out broke in the middle. Whoever runs this computer finds in its log why."
    ),
}


def tried_words(code: str) -> str:
    """In a few words how an attempt ended that did not succeed."""
    word, _gap, detail = code.partition(" ")
    if not word:
        return ""
    if word in _TRIED:
        return _TRIED[word]()
    if word.isdecimal():
        return f"{_answered(word, detail)[0]} ({code})"
    return f"{why_not(word)[0]} ({code})" if detail else why_not(word)[0]


_TRIED: dict[str, Callable[[], str]] = {
    "stopped": lambda: _("All sending was stopped."),
    "fenced": lambda: _("Another sender had taken over."),
    "silent": lambda: _("The sender stopped."),
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
    "rarely": lambda: _("sooner than our cadence lets"),
    "balance": lambda: _("serve first"),
    "quiet": lambda: _("quiet hours"),
    "no_public_url": lambda: _("public address not proved"),
    "mailing_waits": lambda: _("mailing paused"),
    "turn": lambda: _("next in turn"),
    "empty_field": lambda: _("something is missing"),
    "unfilled": lambda: _("a place was left unfilled"),
    "foreign_address": lambda: _("shows another’s address"),
    "unusable": lambda: _("the text cannot be used"),
    "changed": lambda: _("the words have changed"),
    "header": lambda: _("signs that no mail can carry"),
    "mailing": lambda: _("its mailing was stopped"),
    HIDDEN: lambda: _("why is hidden from your role"),
}
