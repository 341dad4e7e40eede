"""“Next update by” in the book of promises: made by each version, kept by the next."""

from datetime import datetime

from django.utils.translation import gettext as _

from regulars.bulletins.models import Bulletin
from regulars.core.actor import Actor
from regulars.promises.actions import keep_promise, make_promise
from regulars.promises.queries import promise_of


def source_of(bulletin: Bulletin) -> str:
    """How the book of promises knows it."""
    return f"bulletin:{bulletin.pk}"


def settle_promise(bulletin: Bulletin, *, by: Actor, at: datetime, words: str) -> None:
    """People have heard from us: what was promised is kept, or kept late."""
    promise = promise_of(source_of(bulletin))
    if promise is not None and promise.is_open:
        keep_promise(promise, by=by, at=at, words=words, source=promise.source)


def promise_update(bulletin: Bulletin, *, due_at: datetime, by: Actor, at: datetime) -> None:
    """Promise the next update; a drill promises nothing to anybody."""
    settle_promise(
        bulletin, by=by, at=at,
        words=_("Version %(number)s was published.") % {"number": bulletin.version_count},
    )  # fmt: skip
    make_promise(
        what=_("The next update about “%(title)s”") % {"title": bulletin.title}, due_at=due_at,
        by=by, at=at, to_whom=_("everybody who reads the bulletin"), source=source_of(bulletin),
    )  # fmt: skip
