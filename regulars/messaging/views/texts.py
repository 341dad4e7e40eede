"""Texts that are used again: the list, the editor, and how one looks to a customer."""

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import OWNER, Actor
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for, customers_for, found_by
from regulars.messaging.actions import texts as actions
from regulars.messaging.errors import TextRefused
from regulars.messaging.linting import findings_of
from regulars.messaging.models import Template
from regulars.messaging.rules import may_write
from regulars.messaging.starters import starter_of
from regulars.messaging.texts import compile_version
from regulars.messaging.writing import TextForm, inserts, previewed, written_of
from regulars.team.queries import signed_in_member

PEOPLE_SHOWN = 8
LOOKS = ("desk", "phone", "dark", "text")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All texts, those that Regulars brought beside our own."""
    kept = list(Template.objects.all())
    used = [one for one in kept if not one.archived_at]
    shown = {
        "own": [one for one in used if not one.is_starter],
        "starters": [one for one in used if one.is_starter],
        "away": [one for one in kept if one.archived_at],
        "may_write": may_write(signed_in_member(request).actor),
    }
    return render(request, "messaging/texts/list.html", shown)


@require_POST
def bring_starters(request: HttpRequest) -> HttpResponse:
    count = actions.bring_starters(by=_writer(request), at=clock.now())
    said = ngettext("Done: %(count)s text is here.", "Done: %(count)s texts are here.", count)
    messages.success(request, said % {"count": count})
    return redirect("messaging:templates")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    by = _writer(request)
    if request.method != "POST":
        return _editor(request, None, TextForm.of(None, actor=by))
    form = TextForm(request.POST, actor=by)
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            template = actions.add_template(name, form.written(), by=by, at=clock.now())
        except TextRefused as no:
            form.refuse(no)
        else:
            messages.success(request, _("Kept: “%(name)s”.") % {"name": template.name})
            return redirect("messaging:template", template.pk)
    return _editor(request, None, form)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, template_id: int) -> HttpResponse:
    actor = signed_in_member(request).actor
    by = _writer(request) if request.method == "POST" else actor
    template = get_object_or_404(Template, pk=template_id)
    if request.method != "POST":
        return _editor(request, template, TextForm.of(template, actor=by))
    form = TextForm(request.POST, actor=by, initial={"layout": template.layout})
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            actions.keep_text(template, name, form.written(), by=by, at=clock.now())
        except TextRefused as no:
            form.refuse(no)
        else:
            messages.success(request, _("Kept: “%(name)s”.") % {"name": name})
            return redirect("messaging:template", template.pk)
    return _editor(request, template, form)


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What is wrong or unwise in the text as it stands; keeps nothing."""
    actor = _writer(request)
    form = TextForm(request.POST, actor=actor)
    shown = {"findings": findings_of(form.as_typed(), seen_by=actor)}
    return render(request, "messaging/texts/_findings.html", shown)


@require_POST
def restore(request: HttpRequest, template_id: int) -> HttpResponse:
    by = _writer(request)
    template = get_object_or_404(Template, pk=template_id)
    kept = actions.restore_starter(template, by=by, at=clock.now())
    messages.success(request, _("Done: “%(name)s” is as it came.") % {"name": kept.name})
    return redirect("messaging:template", template.pk)


@require_POST
def put_away(request: HttpRequest, template_id: int) -> HttpResponse:
    by = _writer(request)
    template = get_object_or_404(Template, pk=template_id)
    if template.archived_at is None:
        actions.put_away(template, by=by, at=clock.now())
        said = _("Put away: “%(name)s”.")
    else:
        actions.take_out_again(template, by=by, at=clock.now())
        said = _("Back on the list: “%(name)s”.")
    messages.success(request, said % {"name": template.name})
    return redirect("messaging:templates")


@require_safe
def preview(request: HttpRequest, template_id: int) -> HttpResponse:
    """A text as one customer would read it."""
    member = signed_in_member(request)
    template = get_object_or_404(Template, pk=template_id)
    customer = _customer_of(request, member.actor)
    written = written_of(template)
    compiled = compile_version(written.subject, written.preheader, written.body, written.layout)
    rendered = previewed(compiled, customer, member=member, at=clock.now())
    sought = request.GET.get("q", "").strip()
    look = request.GET.get("look", "")
    shown = {
        "template": template, "customer": customer, "rendered": rendered, "sought": sought,
        "people": _people(member.actor, sought) if sought else [],
        "look": look if look in LOOKS else "desk",
        "may_write": may_write(member.actor),
    }  # fmt: skip
    part = "#found" if request.headers.get("HX-Request") else ""
    return render(request, f"messaging/texts/preview.html{part}", shown)


# RELIABILITY I3: a page of its own in which nothing runs and nothing is loaded.
@require_safe
@xframe_options_sameorigin
@csp_replace({  # type: ignore[arg-type]
    "default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "img-src": ["data:"],
    "script-src": ["'none'"], "frame-ancestors": ["'self'"], "object-src": ["'none'"],
    "base-uri": ["'none'"], "form-action": ["'none'"], "sandbox": [],
})  # fmt: skip
def sheet(request: HttpRequest, template_id: int) -> HttpResponse:
    """The page itself, for the frame of the preview."""
    member = signed_in_member(request)
    template = get_object_or_404(Template, pk=template_id)
    written = written_of(template)
    compiled = compile_version(written.subject, written.preheader, written.body, written.layout)
    customer = _customer_of(request, member.actor)
    page = previewed(compiled, customer, member=member, at=clock.now()).html
    dark = "all" if request.GET.get("look") == "dark" else "not all"
    return HttpResponse(page.replace("(prefers-color-scheme: dark)", dark))


@require_POST
def send_test(request: HttpRequest, template_id: int) -> HttpResponse:
    """Send the text to whoever asks for it, as this customer would read it."""
    by = _writer(request)
    template = get_object_or_404(Template, pk=template_id)
    member, customer = signed_in_member(request), _customer_of(request, by)
    actions.send_text_test(template, customer, member, by=by, at=clock.now())
    messages.success(request, _("On its way to %(email)s.") % {"email": member.email})
    return redirect("messaging:preview", template.pk)


def _writer(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_write(actor):
        raise NotAllowed(
            _("Only the owner and managers write texts."), _("Ask one of them to change this one.")
        )
    return actor


def _editor(request: HttpRequest, template: Template | None, form: TextForm) -> HttpResponse:
    actor = signed_in_member(request).actor
    is_written = template is not None or form.is_bound
    shown = {
        "template": template,
        "form": form,
        "findings": findings_of(form.as_typed(), seen_by=actor) if is_written else [],
        "inserts": inserts(),
        "is_starter": template is not None and starter_of(template.source) is not None,
        "versions": list(template.versions.order_by("-number")[:5]) if template else [],
        "may_write": may_write(actor),
        "may_lay_out": actor.role == OWNER,
        "condition": "{% if time_with_us %} … {% endif %}",
    }
    return render(
        request, "messaging/texts/editor.html", shown, status=422 if form.is_bound else 200
    )


def _customer_of(request: HttpRequest, actor: Actor) -> Customer | None:
    """Whom the text is shown for: the one asked for, or the first on the list."""
    said = request.POST.get("customer") or request.GET.get("customer", "")
    if said.isdecimal() and len(said) < 19:
        return customer_for(actor, int(said))
    return customers_for(actor).on_the_list().order_by("sort_name", "pk").first()


def _people(actor: Actor, sought: str) -> list[Customer]:
    """By what this person may see: who types a hidden number finds nobody."""
    found = found_by(actor, customers_for(actor).on_the_list(), sought)
    return list(found.order_by("sort_name", "pk")[:PEOPLE_SHOWN])
