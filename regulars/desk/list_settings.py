"""Settings of the list: fields of our own, and tags."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import HELPER, Actor
from regulars.core.errors import NotAllowed
from regulars.core.keyset import is_whole
from regulars.customers.actions.custom import (
    LISTS,
    add_custom_field,
    archive_custom_field,
    change_custom_field,
    order_custom_fields,
    restore_custom_field,
)
from regulars.customers.actions.tags import add_tag, delete_tag, merge_tags, rename_tag
from regulars.customers.choices import CustomKind, TagColour
from regulars.customers.models import CustomField, Tag
from regulars.customers.queries.custom import counts_of_values, custom_field_for, custom_fields
from regulars.customers.queries.people import is_field_maker, is_tag_keeper
from regulars.customers.queries.tags import tag_for, tags_counted
from regulars.desk.customer_changes import Incomplete
from regulars.desk.seeing import Sight, refuse_hidden, sight_of
from regulars.lists.queries.segments import segments_for
from regulars.lists.queries.views import views_for
from regulars.team.queries import signed_in_member


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    actor = signed_in_member(request).actor
    sight = sight_of(actor)
    # Counted among all customers: who sees some alone is not told.
    counts = None if actor.role == HELPER else counts_of_values()
    uses = _uses(actor)
    every = custom_fields(with_archived=True)
    fields = [one for one in every if sight.sees(f"own.{one.key}")]
    shown = {
        "fields": [
            (field, _counted(counts, field), _used_in(field, uses))
            for field in fields
            if field.archived_at is None
        ],
        "archived": [(one, _counted(counts, one)) for one in fields if one.archived_at],
        "tags": _tags(actor, sight),
        "sight": sight,
        "kinds": CustomKind.choices,
        "colours": TagColour.choices,
        "may_make_fields": is_field_maker(actor),
        "may_tidy_tags": is_tag_keeper(actor),
    }
    return render(request, "desk/list_settings.html", shown)


def _counted(counts: dict[int, int] | None, field: CustomField) -> int | None:
    return None if counts is None else counts.get(field.pk, 0)


def _tags(actor: Actor, sight: Sight) -> list[tuple[Tag, int | None]]:
    if not sight.tags:
        return []
    counted = tags_counted()
    return [(tag, None if actor.role == HELPER else count) for tag, count in counted]


def _uses(actor: Actor) -> list[tuple[str, str]]:
    """What asks for fields: the views and segments that this person may see, with what they ask."""
    at = clock.now()
    views = [one.view for one in views_for(actor, at)]
    asked = [(one.name, json.dumps([one.tree, one.columns, one.sort])) for one in views]
    segments = segments_for(actor, at)
    return [*asked, *((one.name, json.dumps(one.tree)) for one in segments)]


def _used_in(field: CustomField, uses: list[tuple[str, str]]) -> list[str]:
    return [name for name, asked in uses if f'"own.{field.key}"' in asked]


def _field_maker(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_field_maker(actor):
        raise NotAllowed(_("Only an owner makes and changes fields."))
    return actor


def _tag_keeper(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_tag_keeper(actor):
        raise NotAllowed(_("Only an owner or a manager changes tags for everybody."))
    refuse_hidden(actor, "take_tag_off")
    return actor


def _back(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("customers:settings")


def _lines(request: HttpRequest) -> list[str]:
    return [one.strip() for one in request.POST.get("choices", "").splitlines() if one.strip()]


@require_POST
def add_field(request: HttpRequest) -> HttpResponse:
    actor, kind = _field_maker(request), request.POST.get("kind", "")
    if kind not in CustomKind.values:
        raise Incomplete(_("Choose what the field holds."))
    made = add_custom_field(
        request.POST.get("label", ""), CustomKind(kind), choices=_lines(request),
        by=actor, at=clock.now(),
    )  # fmt: skip
    return _back(request, _("Done: “%(label)s” is on every customer's page.") % {"label": made})


@require_POST
def change_field(request: HttpRequest, field_id: int) -> HttpResponse:
    """Rename it, put it first, archive it or put it back."""
    actor, field, at = _field_maker(request), custom_field_for(field_id), clock.now()
    deed = request.POST.get("deed", "")
    if deed == "archive":
        archive_custom_field(field, by=actor, at=at)
        return _back(request, _("Done: “%(label)s” is archived.") % {"label": field})
    if deed == "restore":
        restore_custom_field(field, by=actor, at=at)
        return _back(request, _("Done: “%(label)s” is back.") % {"label": field})
    if deed in ("up", "down"):
        order_custom_fields(_moved(field, -1 if deed == "up" else 1), by=actor, at=at)
        return _back(request, _("Done: in another order."))
    choices = _renamed(request, field) if field.kind in LISTS else None
    change_custom_field(field, request.POST.get("label", ""), choices=choices, by=actor, at=at)
    return _back(request, _("Done: kept."))


def _moved(field: CustomField, by: int) -> list[int]:
    order = [one.pk for one in custom_fields()]
    if field.pk in order:
        place = order.index(field.pk)
        order.insert(max(0, place + by), order.pop(place))
    return order


def _renamed(request: HttpRequest, field: CustomField) -> list[tuple[str, str]]:
    """The choices that the form names by key, and the new ones, a line each."""
    kept = [(key, request.POST.get(f"choice_{key}", "")) for key in field.labels]
    return [*kept, *(("", line) for line in _lines(request))]


@require_POST
def new_tag(request: HttpRequest) -> HttpResponse:
    actor = _tag_keeper(request)
    colour = request.POST.get("colour", "")
    made = add_tag(
        request.POST.get("name", ""), colour=colour if colour in TagColour.values else "",
        by=actor, at=clock.now(),
    )  # fmt: skip
    return _back(request, _("Done: there is a tag “%(name)s”.") % {"name": made})


@require_POST
def change_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Rename or recolour a tag, put it together with another, or delete it."""
    actor, tag, at = _tag_keeper(request), tag_for(tag_id), clock.now()
    deed = request.POST.get("deed", "")
    if deed == "delete":
        count = delete_tag(tag, by=actor, at=at)
        said = ngettext(
            "Done: “%(name)s” is off %(count)s customer.",
            "Done: “%(name)s” is off %(count)s customers.",
            count,
        )
        return _back(request, said % {"name": tag, "count": count})
    into = request.POST.get("into", "")
    if deed == "merge":
        if not is_whole(into):
            raise Incomplete(_("Choose the tag that stays."))
        stays = tag_for(int(into))
        merge_tags(tag, stays, by=actor, at=at)
        return _back(request, _("Done: all of them are “%(name)s” now.") % {"name": stays})
    colour = request.POST.get("colour", tag.colour)
    if colour not in TagColour.values:
        raise Incomplete(_("Choose one of the colours."))
    rename_tag(tag, request.POST.get("name", ""), colour=colour, by=actor, at=at)
    return _back(request, _("Done: kept for everybody who has it."))
