"""The sample business on a screen: bring it in, watch it come, take it out."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from regulars.core import clock, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.models import Job
from regulars.demo.queries import (
    demo_job_under_way,
    demo_jobs,
    has_customers_of_its_own,
    the_loading,
)
from regulars.demo.recovery import PASSWORD, card_folder, has_card
from regulars.demo.rules import may_change_demo
from regulars.team.queries import signed_in_member


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Whether the sample is here, and the one thing to do about it."""
    loading = the_loading()
    shown = {
        "loading": loading,
        "day": date.fromisoformat(loading.detail["day"]) if loading else None,
        "card": (card_folder(), PASSWORD) if loading and has_card() else None,
        "is_in_the_way": loading is None and has_customers_of_its_own(),
        "may_change": may_change_demo(signed_in_member(request).actor),
    }
    return render(request, "demo/home.html", shown)


@require_POST
def load(request: HttpRequest) -> HttpResponse:
    return _leave("demo.load", request)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    return _leave("demo.remove", request)


@require_safe
def progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far it is; asked again every second by the page itself, until it is over."""
    _owner(request)
    job = get_object_or_404(demo_jobs(), pk=job_id)
    if job.state == Job.State.DONE:
        there = reverse("desk:today")
        is_asked_by_page = bool(request.headers.get("HX-Request"))
        return HttpResponseClientRedirect(there) if is_asked_by_page else redirect(there)
    is_part = request.headers.get("HX-Request")
    template = "demo/progress.html#state" if is_part else "demo/progress.html"
    return render(request, template, {"job": job, "share": (job.percent or 0) / 100})


def _leave(name: str, request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    under_way = demo_job_under_way()
    job = under_way or jobs.enqueue(name, at=clock.now(), by=by.member_id)
    there = reverse("demo:progress", args=[job.pk])
    is_asked_by_page = bool(request.headers.get("HX-Request"))
    return HttpResponseClientRedirect(there) if is_asked_by_page else redirect(there)


def _owner(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_change_demo(actor):
        raise NotAllowed(
            _("Only an owner brings the sample business in or takes it out."),
            _("Ask an owner."),
        )
    return actor
