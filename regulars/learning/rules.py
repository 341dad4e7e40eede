"""Who may see what customers speak of, and who sets by which words it is found."""

from django.db.models import QuerySet

from regulars.care.queries.answers import sees_answers
from regulars.cases.queries import is_seer as sees_cases
from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.helping.queries import is_seer as sees_help
from regulars.learning.choices import About, TextKind
from regulars.learning.models import Improvement
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


def may_improve(actor: Actor) -> bool:
    """Owners and managers say what is done about a cause or a theme, and by whom."""
    return actor.role in (OWNER, MANAGER) and may_see(actor)


def may_move_any(actor: Actor) -> bool:
    """Everybody but viewers, where it is theirs to see to."""
    return actor.role in (OWNER, MANAGER, HELPER) and may_see(actor)


def may_move(actor: Actor, improvement: Improvement) -> bool:
    """Whoever sees to it says how far it is, too; viewers look."""
    is_theirs = actor.member_id is not None and improvement.owner_id == actor.member_id
    return may_improve(actor) or (is_theirs and may_move_any(actor))


def visible_to(actor: Actor) -> QuerySet[Improvement]:
    """Whoever does not see cases sees none about their causes; of themes whoever may see any."""
    rows = Improvement.objects.all() if may_see(actor) else Improvement.objects.none()
    return rows if may_see_causes(actor) else rows.exclude(about=About.CAUSE)


def may_set_words(actor: Actor) -> bool:
    """By which words a theme is found is the owner's to say."""
    return actor.role == OWNER
