"""Where others reach us: every link that we give away begins with the proved PUBLIC_URL.

The host that a request names is never asked (RELIABILITY A6): whoever writes it would choose where
our customers' links lead.
"""

from functools import lru_cache
from io import BytesIO
from urllib.parse import SplitResult, urlsplit

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import NoReverseMatch, reverse

from regulars.core.instance import proved_public_url

# The page that a kind of link opens, by the name of its address.
OPENS = {
    "unsubscribe": "portal:unsubscribe",
    "one_click": "portal:one_click",
    "preferences": "portal:preferences",
    "confirm": "portal:confirm",
    "expectations": "portal:expectations",
    "check_in": "portal:answer",
    "help": "portal:help",
    "why": "portal:why",
    "case": "portal:is_it_right",
    "article": "portal:article",
    "offers": "portal:offers",
    "ways": "portal:ways",
}
STAND_IN = "0" * 60
ONE_CLICK = b"List-Unsubscribe=One-Click"


def public_address(kind: str, token: str) -> str:
    """The whole address of a link, or nothing while nobody has proved where we are reached."""
    home = proved_public_url()
    if not home:
        return ""
    before, after = _route(kind)
    return f"{home.rstrip('/')}{before}{token}{after}"


@lru_cache(maxsize=16)
def _route(kind: str) -> tuple[str, str]:
    before, _token, after = reverse(OPENS[kind], args=[STAND_IN]).partition(STAND_IN)
    return before, after


def one_click_answers() -> bool:
    """Whether a mail program's one-click request would be taken here (RELIABILITY C2).

    Asks the whole stack, without the network, as Gmail would: from nowhere we know, without a
    cookie, with a token that opens nothing. The header is advertised only where this holds.
    """
    home = urlsplit(proved_public_url())
    if not home.hostname:
        return False
    try:
        address = reverse(OPENS["one_click"], args=[STAND_IN])
    except NoReverseMatch:
        return False
    answer = WSGIHandler().get_response(WSGIRequest(_as_a_mail_program(address, home)))
    return answer.status_code == 200


def _as_a_mail_program(address: str, home: SplitResult) -> dict[str, object]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": address,
        "HTTP_HOST": home.netloc,
        "SERVER_NAME": home.hostname,
        "SERVER_PORT": "443",
        "HTTP_X_FORWARDED_PROTO": home.scheme,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(ONE_CLICK)),
        "wsgi.url_scheme": home.scheme,
        "wsgi.input": BytesIO(ONE_CLICK),
    }
