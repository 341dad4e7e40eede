"""Facts that the team announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemberJoined:
    member_id: int


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """A member may no longer sign in. Whoever they looked after was handed over before."""

    member_id: int


@dataclass(frozen=True, slots=True)
class WorkingMinutesChanged:
    member_id: int


@dataclass(frozen=True, slots=True)
class AbsenceChanged:
    """When a member is away, or who covers, is no longer what it was: between these days."""

    member_id: int
    starts_on: str
    ends_on: str


@dataclass(frozen=True, slots=True)
class DaysClosedChanged:
    """Days were noted as closed, or no longer are: lateness of customers counts anew."""

    starts_on: str
    ends_on: str
