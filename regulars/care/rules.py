"""Who may see and write down what customers expect."""

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.list_fields import is_hidden

# What lists call it: where one of these is hidden from a role, every page of it is.
LISTED = ("care.expects", "care.expects_words", "care.expects_since")


def may_note(actor: Actor) -> bool:
    """Everybody but viewers, of customers whom they may see."""
    return actor.role in (OWNER, MANAGER, HELPER) and may_see(actor)


def may_see(actor: Actor) -> bool:
    """Everybody, unless an owner hid it from their role."""
    return not is_hidden(actor, *LISTED)


# What lists call the answers: where one of these is hidden from a role, every page of them is.
ANSWERS_LISTED = ("care.last_mark", "care.answered_on")


def may_see_answers(actor: Actor) -> bool:
    """Everybody, unless an owner hid it from their role."""
    return not is_hidden(actor, *ANSWERS_LISTED)


def may_note_answer(actor: Actor) -> bool:
    """Everybody but viewers, of customers whom they may see."""
    return actor.role in (OWNER, MANAGER, HELPER) and may_see_answers(actor)


def may_set_answers(actor: Actor) -> bool:
    """What makes a case, and what is asked of those who answer, is an owner's to say."""
    return actor.role == OWNER


def may_see_check_ins(actor: Actor) -> bool:
    """Everybody, unless an owner hid what was bought from their role."""
    return not is_hidden(actor, "order")


def may_ask(actor: Actor) -> bool:
    """Say that somebody was asked, or need not be: everybody but viewers."""
    return actor.role in (OWNER, MANAGER, HELPER) and may_see_check_ins(actor)


def may_set_asking(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)
