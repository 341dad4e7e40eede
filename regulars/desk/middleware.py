"""What holds for every page: who may come in, for how long, by what a browser may do there."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from regulars.core import clock
from regulars.team.choices import SECOND_STEP_DUE
from regulars.team.queries import business_kept, is_second_step_due, the_business

Answer = Callable[[HttpRequest], HttpResponse]

# URL names that answer without signing in: signing in itself, the links that lead to it, and
# whether the server is well.
PUBLIC_NAMES = frozenset(
    {
        "account_login",
        "account_logout",
        "mfa_authenticate",
        "team:first_account",
        "team:accept_invitation",
        "team:prove_address",
        "team:one_time_sign_in",
        "desk:healthy",
        # What makes the page work without a connection: the same for everybody, and of nobody.
        "desk:manifest",
        "desk:offline",
        "desk:worker",
        "hear_provider",
        # A calendar cannot sign in; it asks by a signed address of one member's own.
        "planning:feed",
        # Customers come by a link of their own, and are never asked to sign in.
        "portal:unsubscribe",
        "portal:one_click",
        "portal:preferences",
        "portal:preferences_page",
        "portal:promises",
        "portal:undo_preferences",
        "portal:leave",
        "portal:details",
        "portal:hear_from_us",
        "portal:confirm",
        "portal:article",
        "portal:ask_about",
        "portal:expectations",
        "portal:answer",
        "portal:help",
        "portal:ways",
        "portal:why",
        "portal:my_offers",
        "portal:offers",
        "portal:is_it_right",
    }
)

# What cannot wait for a second step: who is well, who says no, and the switch for all that leaves.
OPEN_BEFORE_IT = PUBLIC_NAMES | {"messaging:stop"}

# A mail program in a browser says no from its own site, without a cookie (RFC 8058).
OPEN_TO_OTHER_SITES = frozenset({"portal:one_click"})

# RELIABILITY A5: eight hours without a click, or seven days in all, end a session.
IDLE_SECONDS = 8 * 3600
ABSOLUTE_SECONDS = 7 * 24 * 3600
# Each note of "still here" is a write, so it is made at most this often.
NOTED_EVERY_SECONDS = 300

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_NEEDED = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class BrowserRules:
    """What our pages never ask of a browser, and no writing at another site's wish."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.setdefault("Permissions-Policy", NOT_NEEDED)
        # What a page says of customers stays in no shared cache; Back still keeps what was typed.
        if answer.get("Content-Type", "").startswith("text/html"):
            answer.setdefault("Cache-Control", "private, no-cache")
        return answer

    def process_view(
        self, request: HttpRequest, _view: object, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        # RELIABILITY B2: beside the token; browsers state where a request comes from.
        match, site = request.resolver_match, request.headers.get("Sec-Fetch-Site")
        if site != "cross-site" or request.method in SAFE_METHODS:
            return None
        if match is not None and match.view_name in OPEN_TO_OTHER_SITES:
            return None
        return HttpResponse(status=403)


class SessionLimits:
    """Sign out whoever was idle too long, or signed in too long ago."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _keep_or_end(request)
        return self.get_response(request)


def _keep_or_end(request: HttpRequest) -> None:
    session, now = request.session, clock.now().timestamp()
    began = session.setdefault("signed_in_at", now)
    seen = session.get("seen_at", began)
    if now - seen > IDLE_SECONDS or now - began > ABSOLUTE_SECONDS:
        logout(request)
    elif now - seen > NOTED_EVERY_SECONDS or "seen_at" not in session:
        session["seen_at"] = now


class BusinessTime:
    """Days and hours on every page are those of the business."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        business = the_business() if request.user.is_authenticated else None
        request.business = business  # type: ignore[attr-defined]
        if business is None:
            return self.get_response(request)
        with business_kept(business), timezone.override(ZoneInfo(business.time_zone)):
            return self.get_response(request)


class StaffOnly:
    """Every address belongs to staff unless it is on the short public list."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and match.view_name in PUBLIC_NAMES:
            return None
        if request.user.is_authenticated:
            return None
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=401)
            answer["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
            return answer
        if request.method not in SAFE_METHODS:
            return redirect(settings.LOGIN_URL)
        return redirect_to_login(request.get_full_path())


class SecondStepFirst:
    """An owner who can be reached from anywhere sets up the second step before anything else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or not request.session.get(SECOND_STEP_DUE):
            return None
        match = request.resolver_match
        name = match.view_name if match is not None else ""
        if name in OPEN_BEFORE_IT or name.startswith(("account_", "mfa_")):
            return None
        if not is_second_step_due(request.user):
            # It was set up meanwhile, here or in another browser.
            request.session[SECOND_STEP_DUE] = False
            return None
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=401)
            answer["HX-Redirect"] = resolve_url("mfa_activate_totp")
            return answer
        return redirect("mfa_activate_totp")
