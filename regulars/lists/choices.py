from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.core.list_fields import FieldKind


class Op(models.TextChoices):
    """How a value is compared; which ones a kind of field has stands in `OPS`."""

    IS = "is", _("is")
    IS_NOT = "is_not", _("is not")
    CONTAINS = "contains", _("contains")
    BEGINS = "begins", _("begins with")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    BETWEEN = "between", _("is between")
    SINCE = "since", _("is on or after")
    UNTIL = "until", _("is on or before")
    ANY_OF = "any_of", _("is one of")
    ALL_OF = "all_of", _("has all of")
    NONE_OF = "none_of", _("is none of")
    YES = "yes", _("is so")
    NO = "no", _("is not so")
    EMPTY = "empty", _("is empty")
    FILLED = "filled", _("is filled in")


BARE = frozenset({Op.YES, Op.NO, Op.EMPTY, Op.FILLED})
_AMOUNTS = (Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN, Op.EMPTY, Op.FILLED)
_TEXTS = (Op.CONTAINS, Op.IS, Op.IS_NOT, Op.BEGINS, Op.EMPTY, Op.FILLED)
OPS: dict[FieldKind, tuple[Op, ...]] = {
    FieldKind.TEXT: _TEXTS,
    FieldKind.LINK: _TEXTS,
    FieldKind.NUMBER: _AMOUNTS,
    FieldKind.MONEY: _AMOUNTS,
    FieldKind.DAY: (Op.SINCE, Op.UNTIL, Op.IS, Op.BETWEEN, Op.EMPTY, Op.FILLED),
    FieldKind.CHOICE: (Op.IS, Op.IS_NOT, Op.ANY_OF, Op.NONE_OF, Op.EMPTY, Op.FILLED),
    FieldKind.CHOICES: (Op.ANY_OF, Op.ALL_OF, Op.NONE_OF, Op.EMPTY, Op.FILLED),
    FieldKind.FLAG: (Op.YES, Op.NO),
}
