"""The words of a bulletin: cleaned, measured, taken apart into lines and sentences."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from regulars.bulletins.choices import Box
from regulars.bulletins.errors import NothingSaid, TextTooLong
from regulars.bulletins.models import Texts
from regulars.core.templatetags.look import number

# Three boxes of it in the widest script stay a page that an old phone can read.
LONGEST_BOX = 2500
LONGEST_CORRECTION = 500
CORRECTION = {"wrong": LONGEST_CORRECTION, "said": LONGEST_CORRECTION}
_BULLET = re.compile(r"^[-–•*·]\s+")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
# What a message would take for a field: refused here, so that it can be sent as it stands.
_MARKS = ("{{", "}}", "{%", "%}")


def cleaned(texts: Mapping[str, Mapping[str, Any]], languages: list[str]) -> Texts:
    """The words of each language, tidied; what is too long or all empty is refused in words."""
    found: Texts = {}
    for language in languages:
        said = texts.get(language, {})
        kept = {box.value: _tidy(said.get(box, ""), LONGEST_BOX, str(box.label)) for box in Box}
        kept |= {name: _tidy(said.get(name, ""), most, _("Correction"))
                 for name, most in CORRECTION.items() if said.get(name)}  # fmt: skip
        if any(kept.values()):
            found[language] = kept
    return found


def require_words(texts: Texts, main: str) -> None:
    """The language that we write first must say something; the others may say nothing."""
    if not any(texts.get(main, {}).get(box) for box in Box.values):
        raise NothingSaid(
            _("Every box is empty, so it would say nothing at all."),
            _("Write one sentence in one of them; the others will say “Nothing yet.”"),
        )


def _tidy(text: object, most: int, what: str) -> str:
    said = str(text or "").replace("\r\n", "\n").replace("\r", "\n")
    if len(said) > most:
        raise TextTooLong(
            _("“%(what)s” has %(count)s letters; %(most)s is the most that a page can hold.")
            % {"what": what, "count": number(len(said)), "most": number(most)},
            _("Say less here, and the rest by telephone or on a page of its own."),
        )
    if any(sign in said for sign in _MARKS):
        raise TextTooLong(
            _("“%(what)s” holds two curly brackets in a row, which a message would not send.")
            % {"what": what}, _("Leave one of them out."),
        )  # fmt: skip
    lines = (" ".join(_CONTROLS.sub("", line).split()) for line in said.split("\n"))
    return "\n".join(line for line in lines if line)


def lines_of(text: str) -> list[str]:
    """Each line is a point of its own; the signs people put before points are left out."""
    return [line for one in text.split("\n") if (line := _BULLET.sub("", one.strip()).strip())]


def sentences_of(text: str) -> list[str]:
    return [one for line in lines_of(text) for one in _SENTENCE.split(line) if one]
