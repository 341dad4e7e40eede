"""A version as a mail: boxes in light Markdown, in which nothing of theirs is read as markup."""

import re

from regulars.bulletins.choices import Box
from regulars.bulletins.frame_words import frame_words
from regulars.bulletins.models import Version
from regulars.bulletins.public_pages import Frame, address_of, text_in
from regulars.bulletins.texts import lines_of

_SIGNS = re.compile(r"([\\`*_\[\]<>#~|!&])")
_AT_BEGINNING = re.compile(r"^(\s*\d+)([.)])|^([-+=:])")


def mail_of(version: Version, language: str, frame: Frame) -> tuple[str, str, str]:
    """Its subject, the line beside it, and its words; the way out is put under it by the sheet."""
    said, words = text_in(version, language, frame.main), frame_words(language)
    parts = ["{{ greeting }}"]
    if said.get("wrong"):
        parts.append(f"**{words['wrong']}** {literal(said['wrong'])}: {literal(said['said'])}")
    for box in Box.values:
        lines = lines_of(said.get(box, "")) or [words["nothing"]]
        parts.append(f"## {words[box]}\n\n" + "\n".join(f"- {literal(line)}" for line in lines))
    if version.next_update_by is not None:
        when = frame.moment(version.next_update_by, language)
        parts.append(f"**{words['next']} {literal(when)}.** {words['even_if']}")
    if frame.home:
        there = frame.home + address_of(version.bulletin, language, frame.main)
        parts.append(f"[{words['read_on']}]({there})")
    parts.append("{{ signature }}")
    first = next((line for box in Box.values for line in lines_of(said.get(box, ""))), "")
    return version.bulletin.title[:150], first[:150], "\n\n".join(parts) + "\n"


def literal(line: str) -> str:
    """Signs that Markdown would read, so that they are read as they stand."""
    # Square brackets stand for a place to fill in, and such a mail would not leave.
    escaped = _SIGNS.sub(r"\\\1", line.replace("[", "(").replace("]", ")"))
    return _AT_BEGINNING.sub(_behind_a_stroke, escaped)


def _behind_a_stroke(found: "re.Match[str]") -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}"
