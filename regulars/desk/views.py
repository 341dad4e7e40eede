"""The frame that every room hangs in."""

from django.db import connection
from django.http import HttpRequest, HttpResponse


def healthy(request: HttpRequest) -> HttpResponse:
    """Say whether the server and its database answer; for supervisors, without signing in."""
    connection.ensure_connection()
    return HttpResponse("ok", content_type="text/plain")
