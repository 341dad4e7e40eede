"""Links that work once: made with a token that is shown once, kept as its hash."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.team.choices import LinkKind
from regulars.team.errors import LinkNotOpen
from regulars.team.models import Member, OneTimeLink, hash_of
from regulars.team.queries import open_link

# RELIABILITY K2 and A4: 160 bits cannot be guessed within the life of a link.
TOKEN_BYTES = 20
LIVES = {
    LinkKind.FIRST: timedelta(hours=24),
    LinkKind.SIGN_IN: timedelta(hours=24),
    LinkKind.JOIN: timedelta(days=7),
}


def new_link(
    kind: LinkKind,
    *,
    by: Actor,
    at: datetime,
    member: Member | None = None,
    email: str = "",
    role: str = "",
) -> str:
    """Make a link of a kind for one person; an earlier one that was not used is closed."""
    earlier = OneTimeLink.objects.open_at(at).filter(kind=kind, member=member, email=email)
    earlier.update(closed_at=at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = OneTimeLink.objects.create(
        kind=kind,
        token_hash=hash_of(token),
        member=member,
        email=email,
        role=role,
        made_by_id=by.member_id,
        made_at=at,
        expires_at=at + LIVES[kind],
    )
    audit.record("made link", link, by=by, at=at, kind=kind)
    return token


def take_link(kind: LinkKind, token: str, *, at: datetime) -> OneTimeLink:
    """Spend a link, or refuse with `LinkNotOpen`."""
    # Two clicks in the same second: whoever marks the row first has the link.
    rows = OneTimeLink.objects.open_at(at).of_token(token).filter(kind=kind)
    link = open_link(kind, token, at)
    if link is None or not rows.update(used_at=at):
        raise LinkNotOpen(
            _("This link has been used or has run out."),
            _("Ask an owner for a new one, or run “regulars sign-in” where Regulars runs."),
        )
    return link
