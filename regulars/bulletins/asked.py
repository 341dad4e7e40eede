"""Questions that came back, those alike together: what belongs among what we do not know yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from regulars.bulletins.models import Bulletin, Question
from regulars.core.keyset import is_whole

# So alike are two ways of asking one thing; words in another order count as the same.
ALIKE = 82
# More of one bulletin than anybody reads; the newest of them are looked through.
MOST = 2000


@dataclass(frozen=True, slots=True)
class Group:
    """Several people asked this; the shortest of their wordings stands for it."""

    words: str
    count: int
    ids: tuple[int, ...]

    @property
    def value(self) -> str:
        """All of them, as a form sends them back."""
        return ",".join(map(str, self.ids))


def groups_of(questions: Sequence[Question]) -> list[Group]:
    """What was asked most stands first."""
    leaders: list[str] = []
    members: list[list[Question]] = []
    for one in questions:
        plain = utils.default_process(one.words)
        best = process.extractOne(plain, leaders, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if best is None:
            leaders.append(plain)
            members.append([one])
        else:
            members[best[2]].append(one)
    groups = [
        Group(min((one.words for one in some), key=lambda w: (len(w), w)), len(some),
              tuple(one.pk for one in some))
        for some in members
    ]  # fmt: skip
    return sorted(groups, key=lambda group: (-group.count, group.ids[0]))


def with_questions(
    texts: dict[str, dict[str, str]], ticked: Sequence[str], bulletin: Bulletin
) -> dict[str, dict[str, str]]:
    """The words with the ticked questions as new lines among what we do not know yet.

    They stand in the first language alone: in that one they were asked.
    """
    ids = [int(one) for one in ticked if is_whole(one)]
    asked = {one.pk: one for one in bulletin.questions.filter(pk__in=ids)}
    first = next(iter(texts), "")
    if not first or not asked:
        return texts
    group = groups_of(list(asked.values()))
    lines = [texts[first].get("not_known", ""), *(one.words for one in group)]
    said = "\n".join(line for line in lines if line)
    return {**texts, first: {**texts[first], "not_known": said}}
