from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import BigAutoField, Count, DateTimeField
from django.test.utils import CaptureQueriesContext

from regulars.core.models import AuditEntry
from regulars.core.prepared import Prepared

AT = datetime(2025, 3, 4, 9, 30, 15, 250_000, tzinfo=UTC)


def _entry(minutes: int) -> AuditEntry:
    return AuditEntry.objects.create(
        at=AT + timedelta(minutes=minutes), actor_kind="system", actor_name="Regulars",
        verb="saw", thing="core.instance", thing_id=str(minutes), detail={"minutes": minutes},
    )  # fmt: skip


@pytest.mark.django_db
def test_it_finds_what_the_query_itself_finds_whatever_the_values() -> None:
    first, second, third = _entry(0), _entry(1), _entry(2)
    since = Prepared(
        lambda at: AuditEntry.objects.filter(at__gte=at).order_by("-at"), DateTimeField()
    )
    found = since.all(second.at)
    assert [one.pk for one in found] == [third.pk, second.pk]
    assert since.all(first.at)[-1].pk == first.pk
    assert since.first(third.at + timedelta(seconds=1)) is None
    # Each value as Django reads it: moments know their zone, JSON is read.
    plain = AuditEntry.objects.get(pk=third.pk)
    for name in ("at", "detail", "actor_id", "thing_id"):
        assert getattr(found[0], name) == getattr(plain, name)
    found[0].verb = "read"
    found[0].save()
    assert AuditEntry.objects.get(pk=third.pk).verb == "read"


@pytest.mark.django_db
def test_its_sql_is_made_once() -> None:
    made = []

    def by_number(pk: object) -> "object":
        made.append(pk)
        return AuditEntry.objects.filter(pk=pk).only("pk")  # type: ignore[misc]

    entry, one = _entry(0), Prepared[AuditEntry](by_number, BigAutoField())  # type: ignore[arg-type]
    with CaptureQueriesContext(connection) as asked:
        assert [one.first(entry.pk), one.first(entry.pk), one.first(0)] == [entry, entry, None]
    assert (len(made), len(asked)) == (1, 3)
    # What was not asked for is read when somebody wants it.
    found = one.first(entry.pk)
    assert found is not None
    assert (bool(found.get_deferred_fields()), found.verb) == (True, "saw")


@pytest.mark.django_db
def test_more_than_rows_of_one_model_is_refused() -> None:
    counted = Prepared(lambda: AuditEntry.objects.annotate(times=Count("pk")))
    with pytest.raises(TypeError, match="nothing besides"):
        counted.all()
