"""Sharing an article with somebody, once; and what came back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch, take_back_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.models import Customer
from regulars.library.blocking import has_open_matter
from regulars.library.choices import LINK_MARK, NEVER_REACHED, Answer
from regulars.library.errors import ArticleUnfit, MatterOpen, SharedAlready
from regulars.library.events import ArticleShared, ShareAnswered
from regulars.library.models import Article, ArticleFile, Fit, Share
from regulars.library.queries.mailed import mailed
from regulars.library.rules import require_share
from regulars.messaging.actions.messages import cancel_message, write_message
from regulars.messaging.actions.texts import use_words

_SPOKEN = (Channel.CALL, Channel.VISIT)


@transaction.atomic
def share_by_mail(
    article: Article, customer: Customer, *, words: str, by: Actor, at: datetime,
    not_before: datetime | None = None,
) -> Share:  # fmt: skip
    """Send somebody an article with a line of one's own; the gate decides when it leaves."""
    _prepare(article, customer, by=by, at=at)
    version = use_words(
        subject=article.title[:150], body=mail_of(article, words), purpose=Purpose.EDUCATE,
        by=by, at=at,
    )  # fmt: skip
    message = write_message(
        customer, version=version, purpose=Purpose.EDUCATE,
        nonce=f"article-{article.pk}-{version.pk}", by=by, at=at, not_before=not_before,
    )  # fmt: skip
    share = Share(channel=Channel.EMAIL, message=message)
    return _shared(share, article, customer, words, by=by, at=at)


@transaction.atomic
def share_in_person(
    article: Article, customer: Customer, *, channel: Channel, words: str, by: Actor, at: datetime
) -> Share:
    """Write down that somebody was told of an article, which is a touch as any other."""
    _prepare(article, customer, by=by, at=at)
    outcome = Outcome.REACHED if channel in _SPOKEN else Outcome.SENT
    touch = log_touch(
        customer, channel=channel, direction=Direction.OUT, purpose=Purpose.EDUCATE,
        outcome=outcome, happened_at=at, by=by, at=at,
        body=_("Told of “%(title)s”. %(words)s") % {"title": article.title, "words": words},
    )  # fmt: skip
    share = Share(channel=channel, touch=touch)
    return _shared(share, article, customer, words, by=by, at=at)


def _prepare(article: Article, customer: Customer, *, by: Actor, at: datetime) -> None:
    require_share(by)
    # One at a time per customer: two colleagues in one second must not both share it.
    Customer.objects.select_for_update().get(pk=customer.pk)
    if article.archived_at is not None:
        raise ArticleUnfit(_("This article was put away."), _("Take it out again first."))
    _refuse_the_same_twice(article, customer)
    if has_open_matter(customer.pk, at):
        raise MatterOpen(
            _("%(name)s waits for something of ours.") % {"name": customer.short_name},
            _("Settle that first; an article would read as if nothing had happened."),
        )


def _refuse_the_same_twice(article: Article, customer: Customer) -> None:
    share = Share.objects.filter(article=article, customer=customer).first()
    if share is None and not mailed(article).filter(customer=customer).exists():
        return
    if share is not None and share.message and share.message.state in NEVER_REACHED:
        share.delete()
        return
    raise SharedAlready(
        _("%(name)s has had this article.") % {"name": customer.short_name},
        _("Choose another one: nobody gets the same twice."),
    )


def _shared(
    share: Share, article: Article, customer: Customer, words: str, *, by: Actor, at: datetime
) -> Share:
    share.article, share.customer, share.member_id = article, customer, by.member_id
    share.words, share.shared_at = words.strip(), at
    share.save()
    Fit.objects.filter(article=article, customer=customer).delete()
    audit.record("shared", share, by=by, at=at, customer=customer.pk, article=article.pk)
    announce(ArticleShared(share.pk, article.pk, customer.pk, str(share.channel)), at=at)
    return share


def mail_of(article: Article, words: str) -> str:
    """Greeting, the line, the article itself or the way to it."""
    told = f"**{_heading(article.title)}**\n\n{article.body}"
    if ArticleFile.objects.filter(article=article).exists():
        told = f"[{_heading(article.title)}]({{{{ {LINK_MARK} }}}})"
    elif not article.is_own:
        told = f"[{_heading(article.title)}](<{article.address}>)"
    return "\n\n".join(["{{ greeting }}", words.strip(), told, "{{ signature }}"]) + "\n"


def _heading(title: str) -> str:
    return title.translate({ord(sign): None for sign in "[]{}<>*_`\\"})


@transaction.atomic
def take_back_share(share: Share, *, by: Actor, at: datetime) -> None:
    """Take back that an article was shared; a mail only as long as it has not left."""
    require_share(by)
    Customer.objects.select_for_update().get(pk=share.customer_id)
    if share.message is not None:
        cancel_message(share.message, by=by, at=at)
    elif share.touch is not None and share.touch.taken_back_at is None:
        take_back_touch(share.touch, by=by, at=at)
    audit.record("took back", share, by=by, at=at, customer=share.customer_id)
    share.delete()


@transaction.atomic
def note_opened(share: Share, *, by: Actor, at: datetime) -> bool:
    """Somebody opened what we sent them, by their own link: they read it, unless they said more."""
    share = Share.objects.select_for_update().get(pk=share.pk)
    if share.answer:
        return False
    share.answer, share.answered_at = Answer.READ, at
    share.save(update_fields=["answer", "answered_at"])
    audit.record("opened", share, by=by, at=at, customer=share.customer_id)
    announce(ShareAnswered(share.pk, share.customer_id, str(Answer.READ)), at=at)
    return True


@transaction.atomic
def note_answer(
    share: Share, *, answer: Answer | None, words: str = "", by: Actor, at: datetime
) -> Share:
    """Write down what came back of an article; nothing takes back what was written."""
    require_share(by)
    share = Share.objects.select_for_update().get(pk=share.pk)
    share.answer, share.answer_words = answer or "", words.strip()
    share.answered_at = at if answer else None
    share.save(update_fields=["answer", "answer_words", "answered_at"])
    audit.record("noted answer", share, by=by, at=at, customer=share.customer_id)
    if answer:
        announce(ShareAnswered(share.pk, share.customer_id, str(answer)), at=at)
    return share
