"""Finding themes in a text: which words stand where, and how the text speaks of each.

Words are looked up one by one, as they stand; the longest that fits a place wins. What stands after
a “not” means the opposite; what is only named takes its mood from what is said beside it, within
the same part of a sentence. Nothing is learned and nothing guessed: each find is a word that one
can point at. How well that agrees with the marks that people give: docs/themes.md.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from regulars.core.folding import folded
from regulars.learning.choices import Mood
from regulars.learning.taxonomy import OVERALL

# Only so much of a text is looked at, and so many places of a theme are kept.
LONGEST, MOST_SPOTS = 20_000, 20
_TOKEN = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*|[.!?;\n…]+")
_ENDS = re.compile(r"[.!?;\n…]")
# After these another thing is said in the same sentence.
TURNS = frozenset("but however although though except mas porem entretanto contudo apesar".split())
NOT = frozenset(
    "not never without cannot cant hardly nothing dont doesnt didnt isnt wasnt wont arent nor"
    " nao nunca sem jamais nem nada n ñ".split()
)
# “No” is a not in English, and “in the” in Portuguese: only just before a word it may be one.
NO = "no"
# So far before a word a not still means it.
REACH = 3
STEM = 3
OPPOSITE = {Mood.BAD: Mood.GOOD, Mood.GOOD: Mood.BAD, Mood.PLAIN: Mood.PLAIN}


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is compared, where it stands, and in which part of which sentence."""

    word: str
    start: int
    end: int
    clause: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that speak of a theme in a mood; of a word that ends in `*` only the beginning."""

    theme: str
    mood: Mood
    words: tuple[str, ...]

    def fits(self, tokens: Sequence[Token], at: int) -> bool:
        if at + len(self.words) > len(tokens):
            return False
        return all(
            tokens[at + place].word.startswith(word[:-1])
            if word.endswith("*")
            else tokens[at + place].word == word
            for place, word in enumerate(self.words)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A theme at one place of a text."""

    theme: str
    mood: Mood
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All words of all themes, by how the first of a phrase begins."""

    whole: Mapping[str, Sequence[Phrase]]
    stems: Mapping[str, Sequence[Phrase]]

    def at(self, tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
        """The phrases that stand at a place."""
        word = tokens[at].word
        for phrase in (*self.whole.get(word, ()), *self.stems.get(word[:STEM], ())):
            if phrase.fits(tokens, at):
                yield phrase


def dictionary_of(words: Mapping[str, Mapping[Mood, Sequence[str]]]) -> Dictionary:
    """Make the words of themes ready for looking them up."""
    whole: dict[str, list[Phrase]] = defaultdict(list)
    stems: dict[str, list[Phrase]] = defaultdict(list)
    for theme, by_mood in words.items():
        for mood, listed in by_mood.items():
            for text in listed:
                phrase = Phrase(theme, mood, tuple(_split(text)))
                if not phrase.words:
                    continue
                first = phrase.words[0]
                if first.endswith("*") and len(first) > STEM:
                    stems[first[:STEM]].append(phrase)
                else:
                    whole[first.rstrip("*")].append(phrase)
    return Dictionary(whole, stems)


def as_words(typed: str) -> list[str]:
    """What somebody typed, a word or phrase a line or between commas, as it is compared."""
    lines = (" ".join(_split(one)) for one in re.split(r"[,\n]", typed))
    return list(dict.fromkeys(one for one in lines if one.strip("* ")))


def _split(text: str) -> list[str]:
    plain = (folded(text) or "").replace("’", "'")
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*\*?", plain)


def tokens_of(text: str) -> list[Token]:
    """The words of a text; a stop or a “but” begins another part."""
    found, clause = [], 0
    for match in _TOKEN.finditer(text[:LONGEST]):
        if _ENDS.match(match[0]):
            clause += 1
            continue
        word = (_folded(match[0]) or "").replace("’", "'")
        if word in TURNS:
            clause += 1
        found.append(Token(word, match.start(), match.end(), clause))
    return found


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str | None:
    return folded(word)


@dataclass(slots=True)
class _Seen:
    """What was found so far, and how each part of a sentence speaks."""

    found: list[tuple[Found, int]] = field(default_factory=list)
    # By part of a sentence: where something is said of how it is, and how.
    moods: dict[int, list[tuple[int, Mood]]] = field(default_factory=lambda: defaultdict(list))
    # The same of one theme, by words of its own.
    own: dict[tuple[int, str], Mood] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)


def themes_in(text: str, dictionary: Dictionary, leaning: Mood = Mood.PLAIN) -> list[Found]:
    """Every theme in a text, with its mood; `leaning` is that of what is only named, where nothing
    beside it says how it is: what was written under “is anything not right?” is not right."""
    tokens, seen = tokens_of(text), _Seen()
    for place in range(len(tokens)):
        for phrase in _longest(dictionary.at(tokens, place)):
            if seen.busy.get(phrase.theme, -1) >= place:
                continue
            seen.busy[phrase.theme] = place + len(phrase.words) - 1
            _note(seen, tokens, place, phrase)
    return [_settled(one, clause, seen, leaning) for one, clause in seen.found]


def _longest(phrases: Iterator[Phrase]) -> list[Phrase]:
    """Of each theme the longest phrase."""
    best: dict[str, Phrase] = {}
    for one in phrases:
        kept = best.get(one.theme)
        if kept is None or _length(one) > _length(kept):
            best[one.theme] = one
    return list(best.values())


def _length(phrase: Phrase) -> tuple[int, int]:
    return len(phrase.words), sum(map(len, phrase.words))


def _note(seen: _Seen, tokens: Sequence[Token], place: int, phrase: Phrase) -> None:
    first, last = tokens[place], tokens[place + len(phrase.words) - 1]
    mood = OPPOSITE[phrase.mood] if _is_denied(tokens, place) else phrase.mood
    if mood != Mood.PLAIN:
        seen.own.setdefault((first.clause, phrase.theme), mood)
    if phrase.theme == OVERALL:
        seen.moods[first.clause].append((first.start, mood))
    seen.found.append((Found(phrase.theme, mood, first.start, last.end), first.clause))


def _is_denied(tokens: Sequence[Token], place: int) -> bool:
    here = tokens[place]
    for back in range(1, REACH + 1):
        if place - back < 0 or tokens[place - back].clause != here.clause:
            return False
        word = tokens[place - back].word
        if word in NOT or word.endswith("n't") or (word == NO and back == 1):
            return True
    return False


def _settled(one: Found, clause: int, seen: _Seen, leaning: Mood) -> Found:
    """What is only named takes the mood of what is said nearest to it in its part."""
    if one.mood != Mood.PLAIN:
        return one
    if (own := seen.own.get((clause, one.theme))) is not None:
        return Found(one.theme, own, one.start, one.end)
    near = [(abs(start - one.start), mood) for start, mood in seen.moods.get(clause, ())]
    mood = min(near)[1] if near else leaning
    return Found(one.theme, mood, one.start, one.end)


def sentence_around(text: str, start: int, end: int, most: int = 400) -> tuple[str, str, str]:
    """The sentence in which a place stands: before it, the place, and after it."""
    low = max((match.end() for match in _ENDS.finditer(text, 0, start)), default=0)
    after = _ENDS.search(text, end)
    high = after.end() if after else len(text)
    low, high = max(low, start - most), min(high, end + most)
    return text[low:start].lstrip(), text[start:end], text[end:high].rstrip()
