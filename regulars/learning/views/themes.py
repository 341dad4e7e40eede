"""What customers speak of: each theme, and the sentences behind it."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.care.queries.answers import sees_answers
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import HiddenFromRole
from regulars.core.formulas import marked
from regulars.core.jobs import under_way
from regulars.learning.actions.reading import JOB
from regulars.learning.choices import Mood
from regulars.learning.queries.improvements import about_this, is_improver
from regulars.learning.queries.sentences import sentences_of
from regulars.learning.queries.themes import (
    is_seer,
    is_seer_of_causes,
    is_word_setter,
    theme_called,
    themes_told,
)
from regulars.team.queries import signed_in_member

SPANS = {"quarter": timedelta(days=91), "year": timedelta(days=365), "all": None}


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of time that a page looks at."""

    name: str
    since: datetime | None
    at: datetime

    @classmethod
    def read(cls, request: HttpRequest) -> "Span":
        at, name = clock.now(), request.GET.get("span", "")
        name = name if name in SPANS else "year"
        length = SPANS[name]
        return cls(name, at - length if length else None, at)

    def tabs(self) -> list[tuple[str, str, bool]]:
        words = {"quarter": _("Three months"), "year": _("Twelve months"), "all": _("All")}
        return [(f"?span={name}", said, name == self.name) for name, said in words.items()]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Each theme with how often it is spoken of, what is not right first."""
    actor, span = seeing(request), Span.read(request)
    shown = {
        "parts": parts_of(actor, "themes"), "span": span.name,
        "told": themes_told(actor, span.since, span.at),
        "tabs": span.tabs(), "may_set": is_word_setter(actor),
        "is_reading": under_way(JOB).exists(),
    }  # fmt: skip
    return render(request, "learning/themes.html", shown)


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The sentences of one theme, the newest first; each with whose it is."""
    actor, span = seeing(request), Span.read(request)
    asked = request.GET.get("mood", "")
    mood = asked if asked in Mood.values else ""
    theme = theme_called(key)
    found, after = sentences_of(
        actor, key, mood=mood, since=span.since, after=request.GET.get("after", "")
    )
    kept = {"span": span.name, "mood": mood}
    moods = [("", _("All"), not mood), *((one.value, one.label, one == mood) for one in Mood)]
    shown = {
        "theme": theme, "rows": found, "span": span.name, "mood": mood,
        "moods": [(f"?{urlencode({**kept, 'mood': value})}", words, is_on)
                  for value, words, is_on in moods],
        "next": f"?{urlencode({**kept, 'after': after})}" if after else "",
        "may_set": is_word_setter(actor), "about": f"theme:{key}",
        "done_about": about_this(actor, theme=key), "may_improve": is_improver(actor),
    }  # fmt: skip
    return render(request, "learning/theme.html", shown)


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The table of themes as a file."""
    actor, span = seeing(request), Span.read(request)
    told = themes_told(actor, span.since, span.at)
    head: list[object] = [
        "theme",
        "texts",
        "not right",
        "share",
        "low",
        "high",
        "customers",
        "praised",
        "spoken",
    ]
    rows: list[list[object]] = [
        [marked(one.theme.name), told.texts, one.bad.count, f"{one.bad.share:.4f}",
         f"{one.bad.low:.4f}", f"{one.bad.high:.4f}", one.bad_customers, one.good.count, one.plain]
        for one in told.rows
    ]  # fmt: skip
    return csv_file("themes.csv", [head, *rows])


def csv_file(name: str, rows: "list[list[object]]") -> HttpResponse:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    answer = HttpResponse(text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def seeing(request: HttpRequest) -> Actor:
    """Whoever is signed in, where not everything that customers say is hidden from them."""
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def parts_of(actor: Actor, here: str) -> list[tuple[str, str, bool]]:
    """The parts of the room that this person may enter: address, name, which is looked at."""
    known = [
        ("home", "themes", _("What they speak of")),
        ("words", "words", _("Words of each theme")),
    ]
    if is_seer_of_causes(actor):
        known.insert(1, ("causes", "causes", _("Why it goes wrong")))
    if sees_answers(actor):
        known.insert(1, ("satisfaction", "satisfaction", _("How content they are")))
    known.insert(-1, ("improvements", "improvements", _("What we do about it")))
    return [(there(name), words, key == here) for name, key, words in known]


def there(name: str, *args: object) -> str:
    return reverse(f"learning:{name}", args=args)
