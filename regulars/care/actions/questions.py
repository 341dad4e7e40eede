"""Saying what is asked after a product or a group of them, or that nobody asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.care.choices import Measure
from regulars.care.errors import QuestionsTwice, QuestionsUnclear
from regulars.care.models import ProductQuestions
from regulars.care.products import LONGEST, words_key
from regulars.care.queries.delays import known_key
from regulars.core import audit
from regulars.core.actor import Actor

# Whoever is asked more than this answers nothing.
MOST_ASKED, LONGEST_QUESTION = 3, 200
# All of them are read for each answer.
MOST_SETS = 200


def set_questions(  # noqa: PLR0913 - each says one thing about the asking
    found: ProductQuestions | None, *, words: str, is_group: bool, is_asked: bool,
    scale: int | None, questions: Mapping[str, Sequence[str]], by: Actor, at: datetime,
    measure: str = Measure.SATISFIED,
) -> ProductQuestions:  # fmt: skip
    """Keep what is asked after a product, or after all whose words hold these."""
    words = " ".join(words.replace("\0", "").split())[:LONGEST]
    key = words_key(words) if is_group else known_key(words)
    kept = {language: _clean(said) for language, said in questions.items()}
    if not key:
        raise QuestionsUnclear(_("Say which product, or which words stand in its name."))
    if found is None and ProductQuestions.objects.filter(is_gone=False).count() >= MOST_SETS:
        raise QuestionsUnclear(
            _("Questions of their own are kept for %(most)s products and groups.")
            % {"most": MOST_SETS},
            _("Put products together in a group, by a word that stands in all of their names."),
        )
    told = {
        "words": words, "key": key, "is_group": is_group, "is_asked": is_asked, "scale": scale,
        "measure": measure,
        "questions": {language: said for language, said in kept.items() if said},
    }  # fmt: skip
    try:
        with transaction.atomic():
            row = found or ProductQuestions()
            for name, value in told.items():
                setattr(row, name, value)
            row.save()
            audit.record("set", row, by=by, at=at, words=words, is_asked=is_asked)
    except IntegrityError as twice:
        raise _twice(words) from twice
    return row


def _twice(words: str) -> QuestionsTwice:
    return QuestionsTwice(
        _("Something is said of “%(words)s” already.") % {"words": words},
        _("Open that, and change it there."),
    )


def _clean(said: Sequence[str]) -> list[str]:
    lines = [" ".join(one.replace("\0", "").split()) for one in said]
    lines = [one for one in lines if one]
    if len(lines) > MOST_ASKED or any(len(one) > LONGEST_QUESTION for one in lines):
        raise QuestionsUnclear(
            _("At most %(most)s questions, each of at most %(longest)s signs.")
            % {"most": MOST_ASKED, "longest": LONGEST_QUESTION},
            _("Ask what you would do something about, and leave out the rest."),
        )
    return lines


@transaction.atomic
def forget_questions(found: ProductQuestions, *, by: Actor, at: datetime) -> None:
    """Ask after it as after everything else; it can be taken back."""
    ProductQuestions.objects.filter(pk=found.pk).update(is_gone=True)
    audit.record("forgot", found, by=by, at=at, words=found.words)


def recall_questions(found: ProductQuestions, *, by: Actor, at: datetime) -> None:
    """Take back that they were forgotten."""
    try:
        with transaction.atomic():
            ProductQuestions.objects.filter(pk=found.pk).update(is_gone=False)
            audit.record("recalled", found, by=by, at=at, words=found.words)
    except IntegrityError as twice:
        raise _twice(found.words) from twice
