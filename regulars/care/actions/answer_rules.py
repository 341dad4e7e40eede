"""What makes an answer a case, and what is asked of those who answer: an owner says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.care.models import AnswerRules
from regulars.core import audit
from regulars.core.actor import OWNER, Actor
from regulars.core.errors import NotAllowed


@transaction.atomic
def set_answer_rules(
    values: Mapping[str, Any], words: Mapping[str, Sequence[str]], *, by: Actor, at: datetime
) -> AnswerRules:
    """Keep the rules; what was answered before is judged as it was."""
    if by.role != OWNER:
        raise NotAllowed(_("Only an owner sets what makes an answer a case."))
    told = {**values, "words": {name: list(said) for name, said in words.items()}}
    rules, _made = AnswerRules.objects.update_or_create(pk=1, defaults=told)
    audit.record("set", rules, by=by, at=at)
    return rules
