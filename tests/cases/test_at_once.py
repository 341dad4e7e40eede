"""Two agents put one case right in the same moment: one is first, the other is told who."""

from regulars.cases.actions import resolve_case
from regulars.cases.errors import CaseSettledAlready
from regulars.cases.models import Case, CaseEntry
from regulars.messaging.choices import HoldKind
from regulars.messaging.models import Hold
from regulars.team.models import Member
from tests.consent.test_at_once import at_once, pytestmark
from tests.factories.cases import make_case
from tests.factories.customers import A_DAY
from tests.factories.team import make_business, make_member

__all__ = ["pytestmark"]


def puts_right(case_id: int, member: Member, words: str) -> str:
    try:
        resolve_case(Case.objects.get(pk=case_id), words=words, by=member.actor, at=A_DAY)
    except CaseSettledAlready as no:
        return no.sentence
    return "first"


def test_two_agents_resolving_one_case() -> None:
    make_business()
    owner, manager = make_member("owner"), make_member("manager")
    case = make_case(A_DAY)

    said = at_once([
        lambda: puts_right(case.pk, owner, "Money back"),
        lambda: puts_right(case.pk, manager, "A new loaf"),
    ])  # fmt: skip

    case.refresh_from_db()
    assert case.resolved_by is not None
    words = f"{case.resolved_by.name} has put this right already: {case.resolution}"
    assert sorted(map(str, said)) == sorted(["first", words])
    assert CaseEntry.objects.filter(kind="resolved").count() == 1
    assert Hold.objects.filter(kind=HoldKind.CASE, lifted_at=None).count() == 0
