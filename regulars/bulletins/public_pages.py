"""The public pages of bulletins, as files: each version, the newest, the list, the feed, the box.

They say nothing that stops being true while nobody rewrites them: a promised moment stands there
with what it means when it has passed.
"""

import fcntl
import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from uuid import uuid5

from django.template.loader import render_to_string
from django.urls import reverse

from regulars.bulletins.changes import Change, changes_between
from regulars.bulletins.choices import Box
from regulars.bulletins.errors import TextTooLong
from regulars.bulletins.frame_words import day_words, frame_words, moment_words
from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.queries import kept_of, languages_of, versions_of
from regulars.bulletins.texts import lines_of
from regulars.core import instance
from regulars.core.public_files import ROUTE, public_folder, publish_file
from regulars.promises.queries import PLEDGE, public_pledge
from regulars.team.choices import LANGUAGES
from regulars.team.models import Business
from regulars.team.queries import the_named_business

FOLDER = "bulletins"
# An old phone on a slow line: the whole page, with its look, in one short answer.
MOST_BYTES = 30_000
LISTED, FED = 60, 30
EMPTY: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of this moment shares."""

    business: Business
    languages: list[str]
    at: datetime
    home: str

    @property
    def main(self) -> str:
        return self.languages[0]

    def moment(self, moment: datetime, language: str) -> str:
        return moment_words(moment, self.business.time_zone, language)

    def day(self, moment: datetime, language: str) -> str:
        return day_words(moment, self.business.time_zone, language)


def frame_at(at: datetime) -> Frame:
    """The business, its languages, and where others reach us, if that is proved."""
    business = the_named_business()
    return Frame(business, languages_of(business), at, instance.proved_public_url())


def address_of(bulletin: Bulletin, language: str = "", main: str = "") -> str:
    """Where the newest version stands, below our own address."""
    return f"{ROUTE}/{_path(bulletin, 0, language, main)}.html"


def _path(bulletin: Bulletin, number: int, language: str, main: str) -> str:
    other = language if language and language != main else ""
    name = "-".join(str(part) for part in (number or "", other) if part)
    return f"{FOLDER}/{bulletin.slug}" + (f"/{name}" if name else "")


def write_pages(bulletin_id: int, *, at: datetime) -> int:
    """Write all that is public of a bulletin, and the list of them; says how many files changed.

    One after the other, each from what the database says then: an older page never comes last.
    """
    with _one_at_a_time():
        bulletin = Bulletin.objects.shown().filter(pk=bulletin_id).first()
        frame = frame_at(at)
        count = _write_bulletin(bulletin, frame) if bulletin is not None else 0
        return count + _write_lists(frame)


def write_all_pages(*, at: datetime) -> int:
    """The same for every bulletin: after a restore, or when the address or the name changed."""
    with _one_at_a_time():
        frame = frame_at(at)
        count = sum(_write_bulletin(one, frame) for one in Bulletin.objects.shown())
        return count + _write_lists(frame)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (public_folder() / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write_bulletin(bulletin: Bulletin, frame: Frame) -> int:
    versions, count = versions_of(bulletin), 0
    for language in _written_in(versions, frame):
        for version in versions:
            page = page_of(bulletin, versions, version, language, frame)
            path = _path(bulletin, version.number, language, frame.main)
            count += publish_file(path, page, kind="page")
            if version is versions[-1]:
                path = _path(bulletin, 0, language, frame.main)
                count += publish_file(path, page, kind="page")
    box = box_of(bulletin, versions, frame)
    return count + publish_file(f"{FOLDER}/{bulletin.slug}/box", box, kind="page")


def _written_in(versions: list[Version], frame: Frame) -> list[str]:
    said = {language for version in versions for language in version.texts}
    return [one for one in frame.languages if one in said] or [frame.main]


def check_size(bulletin: Bulletin, versions: list[Version], frame: Frame) -> None:
    """Refuse what would make a page that an old phone waits for."""
    for language in _written_in(versions[-1:], frame):
        size = len(page_of(bulletin, versions, versions[-1], language, frame))
        if size > MOST_BYTES:
            raise TextTooLong(
                f"The page would weigh {size // 1000} KB; {MOST_BYTES // 1000} KB is the most.",
                "Say less in the boxes.",
            )


def page_of(
    bulletin: Bulletin, versions: list[Version], version: Version, language: str, frame: Frame
) -> bytes:
    """One version as everybody may read it; the newest one also says when it is late."""
    said = text_in(version, language, frame.main)
    before = [one for one in versions if one.number < version.number]
    is_newest = version is versions[-1]
    words = frame_words(language)
    kept = kept_of([one for one in versions if one.number <= version.number])
    promised = version.next_update_by
    corrected = {one.corrects_id for one in versions if one.corrects_id}
    shown = {
        "w": words, "language": language, "business": frame.business, "bulletin": bulletin,
        "version": version, "is_newest": is_newest,
        "title": bulletin.title,
        "stamp": _stamp(version, language, frame),
        "boxes": [(box, words[box], lines_of(said.get(box, ""))) for box in Box.values],
        "promised": promised, "promised_says": frame.moment(promised, language) if promised else "",
        "kept_says": words["kept"] % {"kept": kept.kept, "promised": kept.promised}
        if kept.promised else "",
        "late_says": _late(bulletin, version, language, frame) if is_newest else "",
        "came_late_says": _came_late(version, language, frame),
        "new": _new(before, version, language, frame),
        "fixes": [_fix(one, corrected, language, frame) for one in reversed(versions)
                  if one.corrects_id and one.number <= version.number],
        "listed": [_line(one, bulletin, corrected, language, frame)
                   for one in reversed(versions[-LISTED:])],
        "newest_at": address_of(bulletin, language, frame.main),
        "others": [(LANGUAGES.get(one, one), one, address_of(bulletin, one, frame.main))
                   for one in _written_in(versions, frame) if one != language],
        "over_says": words["over"] % {"when": frame.day(bulletin.closed_at, language)}
        if bulletin.closed_at and is_newest else "",
        "hears": bool(frame.home), "feed": f"{ROUTE}/{FOLDER}/feed.xml",
        "list_at": f"{ROUTE}/{FOLDER}/index.html",
        "pledge": public_pledge(), "pledge_at": PLEDGE,
        "ask_at": "" if bulletin.closed_at else reverse("portal:ask_about", args=[bulletin.slug]),
        "phone_says": words["call"] % {"phone": frame.business.phone},
    }  # fmt: skip
    return _rendered("bulletins/public/page.html", shown)


def text_in(version: Version, language: str, main: str) -> dict[str, str]:
    """What a version says in a language; in the main one where it was not written in that."""
    said: dict[str, str] = version.texts.get(language) or version.texts.get(main) or EMPTY
    return said


def _stamp(version: Version, language: str, frame: Frame) -> str:
    words = frame_words(language)
    parts = [words["number"] % {"number": version.number},
             frame.moment(version.published_at, language)]  # fmt: skip
    if version.published_by_name:
        parts.append(words["written_by"] % {"who": version.published_by_name})
    return " · ".join(parts)


def _late(bulletin: Bulletin, version: Version, language: str, frame: Frame) -> str:
    if not bulletin.is_late(frame.at) or version.next_update_by is None:
        return ""
    when = frame.moment(version.next_update_by, language)
    return frame_words(language)["late_since"] % {"when": when}


def _came_late(version: Version, language: str, frame: Frame) -> str:
    if version.was_kept is not False or version.was_promised_by is None:
        return ""
    when = frame.moment(version.was_promised_by, language)
    return frame_words(language)["came_late"] % {"when": when}


def _new(
    before: list[Version], version: Version, language: str, frame: Frame
) -> tuple[str, list[str]] | None:
    """What is new, in sentences; nothing for the first version."""
    if not before:
        return None
    words, last = frame_words(language), before[-1]
    found = changes_between(
        text_in(last, language, frame.main), text_in(version, language, frame.main)
    )
    since = words["new_since"] % {"when": frame.day(last.published_at, language)}
    return since, [said_of(one, language) for one in found]


def said_of(change: Change, language: str) -> str:
    words = frame_words(language)
    if change.is_gone:
        return words["no_longer"] % {"words": change.before}
    return words["now_known"] % {"words": change.after} if change.is_settled else change.after


def _fix(version: Version, corrected: set[int], language: str, frame: Frame) -> dict[str, object]:
    said, wrong = text_in(version, language, frame.main), version.corrects
    assert wrong is not None
    we_wrote = frame_words(language)["we_wrote"]
    return {
        "on": we_wrote % {"when": frame.day(wrong.published_at, language)},
        "wrong": said.get("wrong", ""), "said": said.get("said", ""),
        "is_corrected": version.pk in corrected,
    }  # fmt: skip


def _line(
    version: Version, bulletin: Bulletin, corrected: set[int], language: str, frame: Frame
) -> dict[str, object]:
    words, said = frame_words(language), text_in(version, language, frame.main)
    first = next((line for box in Box.values for line in lines_of(said.get(box, ""))), "")
    path = _path(bulletin, version.number, language, frame.main)
    return {
        "number": version.number, "day": frame.day(version.published_at, language), "first": first,
        "at": f"{ROUTE}/{path}.html", "is_corrected": version.pk in corrected,
        "name": words["number"] % {"number": version.number},
    }  # fmt: skip


def box_of(bulletin: Bulletin, versions: list[Version], frame: Frame) -> bytes:
    """A few lines for a frame on the business's own site: the title, what we know, until when."""
    version, language = versions[-1], frame.main
    said, words = text_in(version, language, frame.main), frame_words(language)
    promised = version.next_update_by
    shown = {
        "w": words, "language": language, "title": bulletin.title,
        "lines": lines_of(said.get(Box.KNOWN, ""))[:3],
        "promised_says": frame.moment(promised, language) if promised else "",
        "late_says": _late(bulletin, version, language, frame),
        "at": address_of(bulletin, language, frame.main),
    }  # fmt: skip
    return _rendered("bulletins/public/box.html", shown)


def _write_lists(frame: Frame) -> int:
    newest = Bulletin.objects.shown().order_by("-id")[:LISTED]
    listed = sorted(newest, key=lambda one: (one.closed_at is not None, -one.pk))
    rows = [{"title": one.title, "at": address_of(one), "is_over": one.closed_at is not None,
             "day": frame.day(one.versions.latest("number").published_at, frame.main)}
            for one in listed]  # fmt: skip
    words = frame_words(frame.main)
    page = _rendered("bulletins/public/index.html", {
        "w": words, "language": frame.main, "business": frame.business, "rows": rows,
        "feed": f"{ROUTE}/{FOLDER}/feed.xml", "hears": bool(frame.home), "title": words["all"],
    })  # fmt: skip
    count = int(publish_file(f"{FOLDER}/index", page, kind="page"))
    return count + publish_file(f"{FOLDER}/feed", feed_of(frame), kind="feed")


def feed_of(frame: Frame) -> bytes:
    """The newest versions for feed readers (Atom)."""
    newest = Version.objects.filter(bulletin__is_drill=False).select_related("bulletin")
    own = instance.instance_id()
    entries = []
    for version in newest.order_by("-published_at", "-pk")[:FED]:
        said, words = text_in(version, frame.main, frame.main), frame_words(frame.main)
        path = _path(version.bulletin, version.number, frame.main, frame.main)
        entries.append({
            "id": uuid5(own, f"bulletin {version.bulletin_id} {version.number}").urn,
            "title": version.bulletin.title, "at": f"{frame.home}{ROUTE}/{path}.html",
            "updated": version.published_at.astimezone(UTC).isoformat(),
            "boxes": [(words[box], lines_of(said.get(box, ""))) for box in Box.values],
        })  # fmt: skip
    updated = entries[0]["updated"] if entries else datetime(2000, 1, 1, tzinfo=UTC).isoformat()
    text = render_to_string("bulletins/public/feed.xml", {
        "w": frame_words(frame.main), "language": frame.main, "business": frame.business,
        "entries": entries, "id": uuid5(own, "bulletins").urn, "updated": updated,
        "own": f"{frame.home}{ROUTE}/{FOLDER}/feed.xml",
        "page": f"{frame.home}{ROUTE}/{FOLDER}/index.html",
    })  # fmt: skip
    return text.encode()


def _rendered(template: str, shown: Mapping[str, object]) -> bytes:
    look = the_look()
    seal = b64encode(hashlib.sha256(look.encode()).digest()).decode()
    lines = render_to_string(template, {**shown, "look": look, "seal": seal}).splitlines()
    return ("\n".join(line for line in lines if line.strip()) + "\n").encode()


@lru_cache(maxsize=1)
def the_look() -> str:
    """The style of public pages: in the page itself, so that a copy of it looks the same."""
    text = files("regulars.bulletins").joinpath("public.css").read_text(encoding="utf-8")
    return "".join(line.strip() for line in text.splitlines() if not line.startswith("/*"))
