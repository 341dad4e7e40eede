"""Where providers call us: proved first, kept raw, handled later (RELIABILITY W1)."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from regulars.core import clock
from regulars.messaging.actions.events import keep_event
from regulars.messaging.channels.hearing import NotTheirs, event_sources, verified

log = logging.getLogger("regulars.hooks")


@csrf_exempt
@require_POST
def hear(request: HttpRequest, provider: str) -> HttpResponse:
    """401 for what is not proved; 200 for what is, also the second time."""
    if provider not in event_sources:
        raise Http404
    body, at = request.body, clock.now()
    source = event_sources[provider]
    try:
        signed = verified(request.headers, body, secrets=source.secrets(), at=at)
    except NotTheirs as error:
        log.warning("a call for %s was not believed: %s", provider, error)
        return HttpResponse(status=401)
    keep_event(provider, signed, body, at=at)
    return HttpResponse(status=200)
