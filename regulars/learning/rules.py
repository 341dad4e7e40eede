"""Who may see what customers speak of, and who sets by which words it is found."""

from regulars.care.queries.answers import sees_answers
from regulars.cases.queries import is_seer as sees_cases
from regulars.core.actor import OWNER, Actor
from regulars.helping.queries import is_seer as sees_help
from regulars.learning.choices import TextKind
from regulars.mentions.queries import is_seer as sees_mentions

SEEING = {
    TextKind.ANSWER: sees_answers, TextKind.CASE: sees_cases, TextKind.HELP: sees_help,
    TextKind.PUBLIC: sees_mentions,
}  # fmt: skip


def kinds_seen(actor: Actor) -> list[str]:
    """Whose words this person may read: what an owner hid from their role is left out."""
    return [kind.value for kind, sees in SEEING.items() if sees(actor)]


def may_see(actor: Actor) -> bool:
    """Everybody of whom at least some words are not hidden."""
    return bool(kinds_seen(actor))


def may_see_causes(actor: Actor) -> bool:
    """Whoever sees cases: causes are theirs."""
    return sees_cases(actor)


def may_set_words(actor: Actor) -> bool:
    """By which words a theme is found is the owner's to say."""
    return actor.role == OWNER
