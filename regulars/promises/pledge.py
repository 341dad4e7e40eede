"""Our pledge as a page that everybody may read: a file, served without the application."""

import hashlib
from base64 import b64encode
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from regulars.core.public_files import publish_file, withdraw_file
from regulars.promises.models import Pledge
from regulars.promises.queries import kept_rate, the_pledge, year_before
from regulars.promises.words import paragraphs_of, rate_words
from regulars.team.queries import the_named_business

PATH, KIND = "pledge", "page"


def starter_title() -> str:
    return _("How we treat you")


def starter_body() -> str:
    """Words to begin with: each a thing that one can be held to."""
    return _(
        "We say what we will do and by when. If it takes longer, you hear it from us before you "
        "have to ask.\n\n"
        "When something goes wrong, we put it right first and look for the cause afterwards.\n\n"
        "Whoever has been with us for long hears of everything first, and never pays more than "
        "somebody who is new.\n\n"
        "We write when it serves you. One press stops it, and a no counts at once.\n\n"
        "A person answers you, and you learn their name.\n\n"
        "You may see what we hold on you, correct it, and have it erased."
    )


def put_out(*, at: datetime) -> bool:
    """Make the public file say what was published, or be gone; says whether it changed."""
    pledge = the_pledge()
    if pledge is None or not pledge.is_public:
        return withdraw_file(PATH, kind=KIND)
    return publish_file(PATH, page_of(pledge, at), kind=KIND)


def page_of(pledge: Pledge, at: datetime) -> bytes:
    """The published words, with how many promises were kept where the owner wants that shown."""
    with override(settings.LANGUAGE_CODE):
        look = _look()
        page = render_to_string("promises/public/pledge.html", {
            "language": get_language(), "business": the_named_business(),
            "title": pledge.public_title, "blocks": paragraphs_of(pledge.public_body),
            "rate": rate_said(at) if pledge.public_shows_rate else "",
            "since": pledge.published_at, "look": look,
            "seal": b64encode(hashlib.sha256(look.encode()).digest()).decode(),
        })  # fmt: skip
    return page.encode()


def rate_said(at: datetime) -> str:
    """How many promises of the last twelve months were kept, with their count; else nothing."""
    rate = kept_rate(year_before(at), at)
    return rate_words(rate) if rate.total else ""


@lru_cache(maxsize=1)
def _look() -> str:
    """The style stands in the page itself, so that a copy of it looks the same."""
    text = files("regulars.promises").joinpath("pledge.css").read_text(encoding="utf-8")
    return "".join(line.strip() for line in text.splitlines() if not line.startswith("/*"))
