"""What a mail server's answer means, and what to do about it, in sentences."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.messaging.channels.adapters import Outcome
from regulars.messaging.choices import Result


@dataclass(frozen=True, slots=True)
class Told:
    """`words` are the server's own, as it said them."""

    is_good: bool
    sentence: str
    remedy: str = ""
    words: str = ""


def told_of(outcome: Outcome) -> Told:
    """One outcome in words."""
    code, _space, words = outcome.code.partition(" ")
    if outcome.result is Result.ACCEPTED:
        return Told(True, _("The mail server took it."), words=outcome.code)
    if outcome.result is Result.IN_DOUBT:
        return Told(
            False,
            _("The mail server took the whole mail and then fell silent."),
            _("Look whether it has arrived before you try again."),
            outcome.code,
        )
    sentence, remedy = why_not(outcome.code)
    return Told(False, sentence, remedy, words if code in _known() else outcome.code)


def why_not(code: str) -> tuple[str, str]:
    """Why nothing left, and what would help."""
    word = code.partition(" ")[0]
    if found := _known().get(word):
        return found
    if word[:1] == "4":
        return (
            _("The mail server says: not now."),
            _("It usually takes mail a few minutes later."),
        )
    return (
        _("The mail server refused it."),
        _("Its own words below say why; whoever runs the mail server knows what they mean."),
    )


def _known() -> dict[str, tuple[str, str]]:
    return {
        "dns": (
            _("There is no server of this name."),
            _("Check how its name is written, and that this machine is on the network."),
        ),
        "connect": (
            _("The server could not be reached."),
            _("Check the port, and that nothing between here and there blocks it."),
        ),
        "timeout": (
            _("The server did not answer in time."),
            _("Check the port and the kind of encryption; the wrong pair often ends in silence."),
        ),
        "greeting": (
            _("The server did not greet us as a mail server does."),
            _("Check the port and the kind of encryption."),
        ),
        "tls": (
            _("No encrypted connection came about."),
            _("STARTTLS usually goes with port 587, TLS from the start with port 465."),
        ),
        "no_starttls": (
            _("The server offers no encryption on this port."),
            _("Choose TLS from the start with port 465, or ask whoever runs the server."),
        ),
        "certificate": (
            _("The server could not prove that it is who we meant."),
            _("Write its name exactly as its certificate has it. If its certificate is new or has"
              " run out, ask whoever runs the server; nothing was sent."),
        ),
        "login": (
            _("The server does not let us in."),
            _("Enter the user and the password again. Some providers want a password made for"
              " programs."),
        ),
        "535": (
            _("The server does not let us in."),
            _("Enter the user and the password again."),
        ),
        "lost": (
            _("The connection ended before the server had taken the mail."),
            _("Try again; if it stays so, ask whoever runs the server."),
        ),
        "bad_address": (
            _("One of the addresses is not one that mail can carry."),
            _("Check the sender's address and your own."),
        ),
        "instance": (
            _("This is a copy or a restored backup, and sends nothing."),
            _("Release it first, if it is meant to work."),
        ),
        "file": (
            _("The file could not be written."),
            _("Look whether the disk is full."),
        ),
        "secret": (
            _("The password cannot be read any more."),
            _("Enter it again."),
        ),
    }  # fmt: skip
