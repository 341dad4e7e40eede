"""A PDF that we sent somebody: a page with a button, opened by a link of their own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.signed_links import read_link
from regulars.customers.models import Customer
from regulars.customers.queries.duplicates import survivor_of
from regulars.library.actions.shares import note_opened
from regulars.library.queries.files import as_download, file_of, file_sent_by, share_with
from regulars.portal.pages import gone, kept_by_nobody, page
from regulars.portal.visits import THEMSELVES, is_void
from regulars.team.queries import the_named_business


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def article(request: HttpRequest, token: str) -> HttpResponse:
    """Looking says what it is; pressing hands it over, and counts it as read."""
    at = clock.now()
    link = read_link("article", token, at)
    if link is None or not link.message_id or is_void(link):
        return gone(request)
    customer_id = survivor_of(link.customer_id) or link.customer_id
    is_there = Customer.objects.still_there().filter(pk=customer_id).exists()
    file = file_sent_by(UUID(link.message_id)) if is_there else None
    if file is None:
        return gone(request)
    if request.method != "POST":
        shown = {"business": the_named_business(), "token": token, "file": file}
        return page(request, "article", shown)
    share = share_with(file.article, customer_id)
    if share is not None:
        note_opened(share, by=THEMSELVES, at=at)
    return kept_by_nobody(as_download(file_of(file.article)))
