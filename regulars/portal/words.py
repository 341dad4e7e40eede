"""What we call things to a customer: why we write, and by which way."""

from collections.abc import Iterable

from babel.lists import format_list
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Purpose

PURPOSES = {
    Purpose.SERVE: _("What you bought or asked for"),
    Purpose.INFORM: _("News: what changes here"),
    Purpose.REASSURE: _("How we are doing"),
    Purpose.EDUCATE: _("Ideas and how-to"),
    Purpose.ASK: _("Questions: how it was, what would help"),
    Purpose.THANK: _("Thanks"),
    Purpose.RECOVER: _("Invitations to come back"),
    Purpose.SELL: _("Offers"),
}
WAYS = {
    Channel.CALL: _("Call"),
    Channel.EMAIL: _("E-mail"),
    Channel.TEXT: _("Text"),
    Channel.LETTER: _("Post"),
}

# The same inside a sentence.
BY = {
    Channel.VISIT: _("by a visit"),
    Channel.CALL: _("by telephone"),
    Channel.NOTE: _("by a note"),
    Channel.EMAIL: _("by e-mail"),
    Channel.TEXT: _("by text"),
    Channel.CHAT: _("by chat"),
    Channel.SOCIAL: _("by social media"),
    Channel.LETTER: _("by post"),
}

# How what was stopped begins again where no button brings it back.
AGAIN = {
    Channel.CALL: _("By telephone: tell us, and we call again."),
    Channel.EMAIL: _("By e-mail: tell us, and we write again."),
    Channel.TEXT: _("By text: tell us, and we send texts again."),
    Channel.LETTER: _("By post: tell us, and we send letters again."),
}


def purpose_words(purposes: Iterable[str]) -> str:
    """Why we write, as a list in the reader's language."""
    named = [str(PURPOSES[Purpose(one)]) for one in PURPOSES if one in set(purposes)]
    return str(format_list(named, locale=to_locale(get_language() or "en")))
