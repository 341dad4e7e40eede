"""A version to be read out on the telephone, in the order in which one says it."""

from regulars.bulletins.choices import Box
from regulars.bulletins.frame_words import frame_words
from regulars.bulletins.models import Version
from regulars.bulletins.public_pages import Frame, text_in
from regulars.bulletins.texts import lines_of


def spoken(version: Version, language: str, frame: Frame) -> list[tuple[str, list[str]]]:
    """What to say, part by part; a heading is said before its lines."""
    words, said = frame_words(language), text_in(version, language, frame.main)
    about = words["about"] % {"title": version.bulletin.title}
    parts = [("", [words["hello"] % {"business": frame.business.name}, about])]
    if said.get("wrong"):
        wrong = version.corrects or version
        wrote = words["we_wrote"] % {"when": frame.day(wrong.published_at, language)}
        parts.append((words["wrong"], [f"{wrote}: {said['wrong']}", said.get("said", "")]))
    parts += [(words[box], lines_of(said.get(box, "")) or [words["nothing"]]) for box in Box.values]
    end = [words["ask_them"]]
    if version.next_update_by is not None:
        when = frame.moment(version.next_update_by, language)
        end.insert(0, words["you_hear"] % {"when": when})
    return [*parts, ("", end)]
