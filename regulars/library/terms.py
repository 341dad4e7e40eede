"""A text as the words that are compared: folded, without addresses and words that say nothing."""

import re
from collections import Counter
from itertools import pairwise

from regulars.core.folding import folded

# Addresses, pictures and the brackets of links say where something is, not what it is about.
_ADDRESS = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_BARE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
# Only so much of a very long text: it says by then what it is about.
LONGEST = 200_000

# Words that stand in any text, in the languages in which the business writes; folded.
_SAY_NOTHING = frozenset(
    " ".join((
        "the and for with are not but was you your our from that this have has had all any can its",
        "of to in on at by as it is or an be we he she they them their there which when who how my",
        "will more most some other into out up about no nothing really",
        "der die das und oder fur mit von zu im ist sind ein eine einen einem einer nicht auch auf",
        "den dem des bei wie aus am als an so sich es ich wir sie ihr uns",
        "le la les un une des du et ou pour avec sans sur dans est sont pas que qui au aux ce",
        "el los las una de del y o para con sin por en es son no que su se al lo",
        "il lo gli uno e per non che si da di nel della dei",
        "het een van en voor met niet op te dat die is zijn",
        "um uma os as do da dos das e ou para com sem nao no na",
    )).split()
)  # fmt: skip


def words_of(text: str) -> list[str]:
    """Every word of a text in its order, folded; addresses in it are left out."""
    plain = _BARE.sub(" ", _ADDRESS.sub(r"\1", text[:LONGEST]))
    return _WORD.findall(folded(plain) or "")


def telling_words(text: str) -> list[str]:
    """The words of a topic or of goods that say what they are."""
    return [word for word in words_of(text) if word not in _SAY_NOTHING]


def terms_of(title: str, body: str) -> Counter[str]:
    """How often a text has each word and each pair of neighbours; the title counts once more.

    Pairs tell "opening hours" from "opening" and "hours" (docs/matching.md).
    """
    words = words_of(f"{title}\n{body}")
    heading = words_of(title)
    pairs = [" ".join(two) for two in pairwise(words)]
    pairs += [" ".join(two) for two in pairwise(heading)]
    return Counter([*words, *heading, *pairs])
