"""Ways in which the list of customers says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotAllowed, NotFound, Refusal


class CustomerNotFound(NotFound):
    """There is no such customer, or not for this person: nobody may tell which from outside."""

    def __init__(self) -> None:
        super().__init__(
            _("There is no such customer on your list."),
            _("Search for the name; somebody else may look after them, or they were archived."),
        )


class NobodyNamed(Refusal):
    """A customer needs a name."""


class PointTaken(Refusal):
    """This customer has that contact point already."""


class PointUnreadable(Refusal):
    """What was given is no way to reach anyone."""


class CannotLookAfter(Refusal):
    """This member cannot be a customer's manager."""


class AssignmentUndone(Refusal):
    """The change of manager has been taken back already."""


class AssignmentNotFound(NotFound):
    """There is no such change of manager."""

    def __init__(self) -> None:
        super().__init__(_("There is no such change of manager."))


class PointNotFound(NotFound):
    """This customer has no such contact point."""

    def __init__(self) -> None:
        super().__init__(_("There is no such way to reach them any more."))


class RelationNotFound(NotFound):
    """These two do not stand to each other like that."""

    def __init__(self) -> None:
        super().__init__(_("This relation is no longer there."))


class RelationRefused(Refusal):
    """Two customers cannot stand to each other like that."""


class HouseholdNotFound(NotFound):
    """There is no such household."""

    def __init__(self) -> None:
        super().__init__(_("There is no such household any more."))


class HouseholdRefused(Refusal):
    """These cannot live together, as far as the list goes."""


class TagNotFound(NotFound):
    """There is no such tag."""

    def __init__(self) -> None:
        super().__init__(_("There is no such tag any more."))


class TagRefused(Refusal):
    """A tag needs a name of its own."""


class InterestNotFound(NotFound):
    """This customer has no such interest or need."""

    def __init__(self) -> None:
        super().__init__(_("This is no longer noted."))


class InterestRefused(Refusal):
    """An interest or a need says what it is about, once."""


class CustomFieldNotFound(NotFound):
    """There is no such field of the business's own."""

    def __init__(self) -> None:
        super().__init__(_("There is no such field."))


class CustomFieldRefused(Refusal):
    """A field needs a name, a kind and, for a list, its choices."""


class ValueUnreadable(Refusal):
    """What was given is not what the field holds."""


class CannotMerge(Refusal):
    """These two cannot be made one."""


class CannotUnmerge(Refusal):
    """These two cannot be taken apart."""


class DuplicateDecided(Refusal):
    """Somebody has decided about this pair already."""


class DuplicateNotFound(NotFound):
    """There is no such pair, or one of both is not for this person."""

    def __init__(self) -> None:
        super().__init__(
            _("There is no such pair any more."),
            _("Look for duplicates again; one of them may have been merged or archived."),
        )


class MergeNotFound(NotFound):
    """There is no such merge."""

    def __init__(self) -> None:
        super().__init__(_("There is no such merge."))


class NotTheirs(NotAllowed):
    """This member may not delete, restore or erase customers."""
