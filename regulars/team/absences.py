"""Who is away, from when until when, and who reaches their customers meanwhile."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateField
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.core.prepared import Prepared
from regulars.team.errors import AbsenceOutOfRange, AlreadyAway, CannotCover
from regulars.team.events import AbsenceChanged
from regulars.team.models import Absence, Member
from regulars.team.rules import may_cover

# Whoever is away for longer hands their customers over.
LONGEST_DAYS = 366
# For so long what is over is still shown.
SHOWN_DAYS = 28
_AWAY = Prepared(lambda day: Absence.objects.sharing(day, day), DateField())


def away_on(day: date) -> dict[int, Absence]:
    """Who is away on a day, by member."""
    if not _AWAY.all(day):
        # As on most days.
        return {}
    standing = Absence.objects.sharing(day, day).select_related("member", "covered_by")
    return {one.member_id: one for one in standing}


def days_away(member_ids: Iterable[int], first: date, last: date) -> dict[int, set[date]]:
    """The days of a stretch on which each of these members is away."""
    found: dict[int, set[date]] = defaultdict(set)
    for one in Absence.objects.sharing(first, last).filter(member__in=list(member_ids)):
        begins, ends = max(first, one.starts_on), min(last, one.ends_on)
        found[one.member_id] |= {
            begins + timedelta(days=n) for n in range((ends - begins).days + 1)
        }
    return found


def covers_on(away: Mapping[int, Absence]) -> dict[int, Member | None]:
    """Who reaches the customers of each who is away; none where those with minutes share.

    Where whoever covers is away as well, it is whoever covers them.
    """
    return {member_id: _cover_of(member_id, away) for member_id in away}


def covered_by(member_id: int, day: date, *, and_by_nobody: bool = False) -> list[int]:
    """Whose customers and promises a member has besides their own on a day.

    `and_by_nobody` adds those who are away without anybody in particular who covers.
    """
    covers = covers_on(away_on(day))
    return [
        pk
        for pk, cover in covers.items()
        if (and_by_nobody if cover is None else cover.pk == member_id)
    ]


def _cover_of(member_id: int, away: Mapping[int, Absence]) -> Member | None:
    seen, cover = {member_id}, away[member_id].covered_by
    while cover is not None and cover.pk in away:
        if cover.pk in seen:
            return None
        seen.add(cover.pk)
        cover = away[cover.pk].covered_by
    return cover if cover is not None and may_cover(cover) else None


def absences_since(day: date, *, member_id: int | None = None) -> Sequence[Absence]:
    """Those that end on or after a day, of one member or of all, the first to begin first."""
    found = Absence.objects.filter(ends_on__gte=day).select_related("member", "covered_by")
    return list(found.filter(member=member_id) if member_id else found)


@transaction.atomic
def note_absence(
    member: Member, starts_on: date, ends_on: date, *, kind: str, covered_by: Member | None,
    by: Actor, at: datetime,
) -> Absence:  # fmt: skip
    """Note that a member is away; others reach their customers on these days."""
    _check(member, starts_on, ends_on, covered_by)
    absence = Absence.objects.create(
        member=member, starts_on=starts_on, ends_on=ends_on, kind=kind, covered_by=covered_by,
        noted_at=at,
    )  # fmt: skip
    audit.record("noted absence", absence, by=by, at=at, **_told(absence))
    _announce(absence, starts_on, ends_on, at)
    return absence


@transaction.atomic
def change_absence(
    absence: Absence, starts_on: date, ends_on: date, *, kind: str, covered_by: Member | None,
    by: Actor, at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Say other days, another reason or somebody else who covers; tells what stood before."""
    absence = (
        Absence.objects.select_for_update(of=("self",)).select_related("member").get(pk=absence.pk)
    )
    _check(absence.member, starts_on, ends_on, covered_by, but_for=absence)
    before = values_of(absence)
    first, last = min(starts_on, absence.starts_on), max(ends_on, absence.ends_on)
    absence.starts_on, absence.ends_on = starts_on, ends_on
    absence.kind, absence.covered_by = kind, covered_by
    absence.save(update_fields=["starts_on", "ends_on", "kind", "covered_by"])
    audit.record("changed absence", absence, by=by, at=at, **_told(absence))
    _announce(absence, first, last, at)
    return before


@transaction.atomic
def remove_absence(absence: Absence, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Say that the member is not away after all; tells what stood, so that it can be put back."""
    before = values_of(absence)
    audit.record("removed absence", absence, by=by, at=at, **_told(absence))
    _announce(absence, absence.starts_on, absence.ends_on, at)
    absence.delete()
    return before


def put_absence_back(before: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Undo the last change: as it stood before, or gone again where nothing stood."""
    absence = Absence.objects.filter(pk=before["absence"]).first()
    if "starts_on" not in before:
        if absence is not None:
            remove_absence(absence, by=by, at=at)
        return
    days = (date.fromisoformat(before[name]) for name in ("starts_on", "ends_on"))
    cover = Member.objects.filter(pk=before["covered_by"]).first()
    said: dict[str, Any] = {"kind": before["kind"], "covered_by": cover, "by": by, "at": at}
    if absence is None:
        note_absence(Member.objects.get(pk=before["member"]), *days, **said)
    else:
        change_absence(absence, *days, **said)


def values_of(absence: Absence) -> dict[str, Any]:
    """An absence as an undo carries it."""
    return {
        "absence": absence.pk,
        "member": absence.member_id,
        "starts_on": absence.starts_on.isoformat(),
        "ends_on": absence.ends_on.isoformat(),
        "kind": absence.kind,
        "covered_by": absence.covered_by_id,
    }


def _told(absence: Absence) -> dict[str, Any]:
    # Why somebody is away is not for everybody who reads what was done.
    return {name: value for name, value in values_of(absence).items() if name != "kind"}


def _announce(absence: Absence, first: date, last: date, at: datetime) -> None:
    announce(AbsenceChanged(absence.member_id, first.isoformat(), last.isoformat()), at=at)


def _check(
    member: Member, starts_on: date, ends_on: date, cover: Member | None,
    but_for: Absence | None = None,
) -> None:  # fmt: skip
    # Two who note the same days in the same second: one waits, and is refused.
    Member.objects.select_for_update().get(pk=member.pk)
    if not 0 <= (ends_on - starts_on).days < LONGEST_DAYS:
        raise AbsenceOutOfRange(
            _("The last day comes before the first, or more than a year after it."),
            _("Whoever is away for longer hands their customers over to somebody."),
        )
    others: Collection[Any] = Absence.objects.sharing(starts_on, ends_on).filter(member=member)
    if any(one != but_for for one in others):
        raise AlreadyAway(
            _("%(name)s is noted as away on some of these days already.") % {"name": member.name},
            _("Change the earlier entry, or choose other days."),
        )
    if cover is not None and (cover == member or not may_cover(cover)):
        raise CannotCover(
            _("%(name)s cannot cover: they would not see these customers.") % {"name": cover.name},
            _("Choose another owner or manager, or nobody: then those with time share."),
        )
