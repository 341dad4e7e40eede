"""Facts that care announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExpectationNoted:
    """What matters to a customer now: one of the matters, and how we know."""

    expectation_id: int
    customer_id: int
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class AnswerFiled:
    """How it went was answered, or an answer was changed: its mark, and how we know."""

    answer_id: int
    customer_id: int
    mark: int | None
    scale: int
    source: str
    is_doubtful: bool
