"""What Django looks for here, from the files that hold it."""

from regulars.care.models.answers import (
    Answer,
    AnswerQuerySet,
    AnswerRules,
    AnswerVersion,
    StagedAnswer,
)
from regulars.care.models.check_ins import (
    AskingRules,
    CheckIn,
    CheckInOrder,
    CheckInQuerySet,
    Delay,
)
from regulars.care.models.expectations import Expectation, ExpectationQuerySet
from regulars.care.models.questions import ProductQuestions

__all__ = [
    "Answer",
    "AnswerQuerySet",
    "AnswerRules",
    "AnswerVersion",
    "AskingRules",
    "CheckIn",
    "CheckInOrder",
    "CheckInQuerySet",
    "Delay",
    "Expectation",
    "ExpectationQuerySet",
    "ProductQuestions",
    "StagedAnswer",
]
