"""What is new since the version before, sentence by sentence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from regulars.bulletins.choices import Box
from regulars.bulletins.texts import sentences_of

# So alike are two wordings of one thing: beneath it, one went and another came.
ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that came (no `before`), went (no `after`), or is worded anew."""

    box: Box
    before: str
    after: str
    # It stood among what we did not know, and is known now.
    is_settled: bool = False

    @property
    def is_gone(self) -> bool:
        return not self.after

    @property
    def is_reworded(self) -> bool:
        return bool(self.before and self.after)


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """All that differs, box by box; a sentence that only moved to another box is one change."""
    found = [one for box in Box for one in _of_box(box, before.get(box, ""), after.get(box, ""))]
    return _moved(found)


def _of_box(box: Box, before: str, after: str) -> Iterator[Change]:
    old, new = sentences_of(before), sentences_of(after)
    matcher = SequenceMatcher(
        None, [_plain(one) for one in old], [_plain(one) for one in new], autojunk=False
    )
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what != "equal":
            yield from _replaced(box, old[i1:i2], new[j1:j2])


def _replaced(box: Box, gone: list[str], come: list[str]) -> Iterator[Change]:
    """Sentences that stand for others; each is worded anew, or one went and one came."""
    left = list(gone)
    for after in come:
        best = max(left, key=lambda one: _likeness(one, after), default=None)
        if best is not None and _likeness(best, after) >= ALIKE:
            left.remove(best)
            yield Change(box, best, after)
        else:
            yield Change(box, "", after)
    for before in left:
        yield Change(box, before, "")


def _moved(found: list[Change]) -> list[Change]:
    gone = {_plain(one.before): one for one in found if one.is_gone}
    kept, taken = [], set()
    for one in found:
        source = None if one.before else gone.get(_plain(one.after))
        if source is None:
            kept.append(one)
            continue
        taken.add(id(source))
        settled = source.box == Box.NOT_KNOWN and one.box == Box.KNOWN
        kept.append(Change(one.box, "", one.after, is_settled=settled))
    return [one for one in kept if id(one) not in taken]


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, _plain(one), _plain(other), autojunk=False)
    # The cheap upper bound first: long texts are compared letter by letter only where it pays.
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _plain(sentence: str) -> str:
    return " ".join(sentence.casefold().split())
