"""Words that are not published yet, as the version that they would become."""

from datetime import datetime

from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.public_pages import frame_at, page_of
from regulars.bulletins.queries import versions_of


def drafted_version(bulletin: Bulletin, at: datetime) -> Version:
    """The next version as it would be; kept nowhere."""
    draft = bulletin.draft or {}
    by_then = draft.get("next_update_by")
    number = draft.get("corrects")
    corrects = bulletin.versions.filter(number=number).first() if number else None
    return Version(
        bulletin=bulletin, number=bulletin.version_count + 1, texts=draft.get("texts") or {},
        next_update_by=datetime.fromisoformat(by_then) if by_then else None,
        was_promised_by=bulletin.next_update_by, published_at=at,
        published_by_name=bulletin.drafted_by, corrects=corrects,
    )  # fmt: skip


def page_of_draft(bulletin: Bulletin, at: datetime, language: str = "") -> bytes:
    """The public page that publishing would write."""
    version, frame = drafted_version(bulletin, at), frame_at(at)
    versions = [*versions_of(bulletin), version]
    return page_of(bulletin, versions, version, language or frame.main, frame)
