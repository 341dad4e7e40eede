"""What templates of every room say of one message."""

from django import template

from regulars.core.errors import Refusal
from regulars.messaging.choices import MailingState, State
from regulars.messaging.marks import MARK
from regulars.messaging.models import Message
from regulars.messaging.texts import prepare, without_links
from regulars.messaging.words import TEXT_FAULTS, short_of, tried_words

register = template.Library()

# In these states the code says why it has not left; elsewhere it is history.
ANSWERABLE = (State.SUPPRESSED, State.HELD)


@register.filter
def subject_of(message: Message) -> str:
    """The subject as it left; before that, with a gap where their own values will stand."""
    if message.content_sha256:
        from liquid.exceptions import LiquidError

        try:
            return prepare(message.version).render(without_links(message.context)).subject
        except (Refusal, LiquidError):
            pass
    return with_gaps(message.version.subject)


@register.filter
def with_gaps(words: str) -> str:
    """Words of a text, with a gap where a customer's own values will stand."""
    return MARK.sub("…", words)


@register.filter
def why_words(message: Message) -> str:
    """Why it has not left, in two or three words."""
    if message.state in ANSWERABLE and message.why:
        return short_of(message.why)
    if message.state != State.FAILED:
        return ""
    short = short_of(message.why)
    return short if short != message.why else tried_words(f"{short} {message.why_detail}".strip())


@register.filter
def may_help_again(message: Message) -> bool:
    """Whether the same message can do better a second time: not where its words are amiss."""
    is_over = message.mailing is not None and message.mailing.state == MailingState.CANCELLED
    return message.why not in TEXT_FAULTS and not is_over
