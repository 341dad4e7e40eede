"""The frame that every room hangs in: whether we are well, and what is said when we are not."""

import sys

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.core.database_trouble import trouble_of


def healthy(request: HttpRequest) -> HttpResponse:
    """Say whether the server and its database answer; for supervisors, without signing in."""
    connection.ensure_connection()
    return HttpResponse("ok", content_type="text/plain")


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Too much at once, or something that no page of ours sends."""
    return render(request, "desk/not_understood.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "desk/not_found.html", status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "desk/not_allowed.html", status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened before the last sign-in, or came from elsewhere."""
    return render(request, "desk/stale_form.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Without the database and without the session: either may be what failed."""
    trouble = trouble_of(sys.exception())
    return render(None, "desk/failed.html", {"trouble": trouble}, status=503 if trouble else 500)
