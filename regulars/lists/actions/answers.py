"""Working out who fits a question, and keeping it; forgetting what nobody asks any more."""

from array import array
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from regulars.core import jobs
from regulars.core.actor import SYSTEM
from regulars.core.bulk import count_anew, write_rows
from regulars.core.jobs import RunningJob
from regulars.customers.queries.people import customers_for
from regulars.lists.asking import Asking
from regulars.lists.compiling import condition
from regulars.lists.errors import FilterNotPossible
from regulars.lists.models import Answer, AnswerMember, Segment, View
from regulars.lists.queries.answers import (
    WHOLE_HOLDS_FOR,
    behaviour_of,
    is_long_list,
    with_answers,
)
from regulars.lists.queries.fields import asking_of
from regulars.lists.trees import Happened, Node, key_of, plain, read

# RELIABILITY, amendments: a transaction of bulk work lasts at most 100 ms.
CHUNK = 5000
# Of a whole filter that finds more, only how many they are is kept.
MOST_LISTED = 10_000
FORGOTTEN_AFTER = timedelta(days=7)


def ask_for_answer(node: Node, *, at: datetime) -> None:
    """Leave a filter to the background, to be counted exactly, unless that was just asked for."""
    slot = int(at.timestamp() // WHOLE_HOLDS_FOR.total_seconds())
    key = f"lists.work_out:{key_of(node)}:{slot}"
    jobs.enqueue("lists.work_out", at=at, unique_key=key, tree=plain(node))


def work_out(node: Node, *, at: datetime, running: RunningJob | None = None) -> Answer:
    """Work out who fits a filter, first what it asks of behaviour, and keep both."""
    asking = asking_of(SYSTEM, at)
    if is_long_list():
        known = with_answers(node, asking).kept
        for part in behaviour_of(node):
            if key_of(part) not in known:
                _keep(part, asking, at, is_asked=True, running=running)
    return _keep(node, with_answers(node, asking), at, is_asked=True, running=running)


def refresh_answers(*, at: datetime, running: RunningJob | None = None) -> int:
    """Work out anew what views and segments ask of behaviour, and what was asked lately.

    On a list that is not long nothing is kept: it is asked as it stands, as quickly.
    """
    _forget(Answer.objects.filter(asked_at__lt=at - FORGOTTEN_AFTER))
    if not is_long_list():
        return 0
    asking, done = asking_of(SYSTEM, at), 0
    for part in _questions():
        try:
            _keep(part, asking, at, is_asked=False, running=running)
        except FilterNotPossible:
            # A field or an event that is gone: whoever asks for it is told.
            continue
        done += 1
    count_anew(AnswerMember)
    return done


def _questions() -> list[Happened]:
    trees = [
        *View.objects.values_list("tree", flat=True),
        *Segment.objects.standing().values_list("tree", flat=True),
        *Answer.objects.values_list("tree", flat=True),
    ]
    found: dict[str, Happened] = {}
    for tree in trees:
        try:
            found |= {key_of(part): part for part in behaviour_of(read(tree))}
        except FilterNotPossible:
            continue
    return list(found.values())


def _keep(
    node: Node, asking: Asking, at: datetime, *, is_asked: bool, running: RunningJob | None
) -> Answer:
    """Read at one go, written beside what holds so far in short transactions, then put in place."""
    rows = customers_for(SYSTEM).on_the_list().filter(condition(node, asking))
    fitting = rows.order_by().values_list("pk", flat=True).iterator(chunk_size=20_000)
    ids = array("q", fitting)
    told = {"tree": plain(node), "asked_at": at}
    answer, _made = Answer.objects.get_or_create(key=key_of(node), defaults=told)
    is_listed = isinstance(node, Happened) or len(ids) <= MOST_LISTED
    # What a kill left half written goes first.
    _empty(answer)
    edition = answer.edition + 1
    for start in range(0, len(ids) if is_listed else 0, CHUNK):
        _write(answer, edition, ids[start : start + CHUNK])
        if running is not None:
            running.progress(0)
    answer.edition, answer.count, answer.is_listed = edition, len(ids), is_listed
    answer.day, answer.worked_out_at = asking.today, at
    answer.asked_at = at if is_asked else answer.asked_at
    answer.save()
    _empty(answer)
    return answer


@transaction.atomic
def _write(answer: Answer, edition: int, ids: Iterable[int]) -> None:
    columns = ["answer_id", "edition", "customer_id"]
    write_rows(AnswerMember, columns, ((answer.pk, edition, pk) for pk in ids))


def _empty(answer: Answer) -> None:
    """Take away the rows that do not hold, a few thousand at a time."""
    old = AnswerMember.objects.filter(answer=answer).exclude(edition=answer.edition)
    while ids := list(old.values_list("pk", flat=True)[:CHUNK]):
        AnswerMember.objects.filter(pk__in=ids).delete()


def _forget(answers: Iterable[Answer]) -> None:
    for answer in answers:
        answer.edition += 1
        _empty(answer)
        answer.delete()
