"""By what a mention is known again, however it came: its site, its number there, its link."""

import re
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext as _

from regulars.core.folding import folded
from regulars.mentions.errors import MentionUnclear

# What only says where a click came from.
_TRACES = re.compile(r"^(?:utm_\w+|fbclid|gclid|igshid|igsh|ref|ref_src|hl|si)$")


def site_key_of(site: str) -> str:
    """A site as it is compared: "Google Reviews", "google.com" and "Google" are three names."""
    return " ".join((folded(site) or "").split())[:60]


def handle_key_of(handle: str) -> str:
    """A handle as it is compared: "@Ruth_C" is "ruth_c"."""
    return (folded(handle.strip().lstrip("@")) or "").strip()[:200]


def is_link(link: str) -> bool:
    """Whether it is the address of a page, which somebody can open."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and len(link) <= 500


def link_key_of(link: str, author: str) -> str:
    """A link as it is compared: without what only says where a click came from.

    With the author, because one page may hold what many people said.
    """
    if not link:
        return ""
    parts = urlsplit(link)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACES.match(name.casefold())]  # fmt: skip
    host = (parts.hostname or "").casefold().removeprefix("www.").removeprefix("m.")
    plain = f"{host}{parts.path.rstrip('/')}?{urlencode(sorted(kept))}#{parts.fragment}"
    plain += "\x1f" + " ".join((folded(author) or "").split())
    return sha256(plain.encode()).hexdigest()


def number_of(external_id: str, link_key: str, told: tuple[str, ...]) -> str:
    """The number on its site; without one its link; without that all that it says."""
    if external_id.strip():
        return f"n:{external_id.strip()}"[:200]
    if link_key:
        return f"l:{link_key}"
    plain = "\x1f".join(" ".join((folded(one) or "").split()) for one in told)
    return "d:" + sha256(plain.encode()).hexdigest()


def refuse_wrong_link(link: str) -> None:
    """Only what somebody can open is kept as a link."""
    if link and not is_link(link):
        raise MentionUnclear(
            _("That is no link to a page."), _("It begins with https:// and has at most 500 signs.")
        )
