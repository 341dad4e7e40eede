"""The screen of remembered files: how those of one shape are taken, given a name, forgotten."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core import clock
from regulars.core.column_sets import Role, column_sets
from regulars.intake.models import KnownShape
from regulars.intake.queries import shape_for, shapes_for
from regulars.intake.shapes import forget_shape, rename_shape
from regulars.team.models import Member

A_PAGE = 25


def _actor(request: HttpRequest) -> Any:
    assert isinstance(request.user, Member)
    return request.user.actor


@require_GET
def list_shapes(request: HttpRequest) -> HttpResponse:
    page = Paginator(shapes_for(_actor(request)), A_PAGE).get_page(request.GET.get("page"))
    rows = [(known, *_said(known)) for known in page]
    return render(request, "intake/shapes.html", {"page": page, "rows": rows})


def _said(known: KnownShape) -> tuple[str, list[tuple[str, str]]]:
    """Which file of which kind it is, and each column with what it is taken for."""
    role = _role(known)
    if role is None:
        return known.kind, []
    labels = {field.name: str(field.label) for field in role.fields}
    taken = [
        (column, labels.get(name.partition("#")[0], name)) for name, column in known.mapping.items()
    ]
    return str(role.label), taken


def _role(known: KnownShape) -> Role | None:
    if known.kind not in column_sets:
        return None
    roles = column_sets[known.kind].roles
    return next((role for role in roles if role.name == known.role), None)


@require_POST
def change(request: HttpRequest, shape_id: int) -> HttpResponse:
    """Call it otherwise, or forget it."""
    actor = _actor(request)
    known = shape_for(actor, shape_id)
    if request.POST.get("forget"):
        forget_shape(known, by=actor, at=clock.now())
        said = _("Done: the next file like “%(name)s” is guessed anew.") % {"name": known.name}
    else:
        name = request.POST.get("name", "")
        rename_shape(known, name, by=actor, at=clock.now())
        said = _("Done: called “%(name)s” from now on.") % {"name": " ".join(name.split())}
    messages.success(request, said)
    return redirect("intake:shapes")
