"""What a browser keeps of us for when there is no connection: one page, and who hands it out.

The same for everybody and of nobody: no name, no number, no sign-in. The database is not asked.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.insight.choices import Tier

PARTS = ("src/main.css", "src/offline.js")
FONTS = (
    "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal",
    "@fontsource-variable/literata/files/literata-latin-wght-normal",
    "@fontsource/literata/files/literata-latin-400-italic",
)
CHANNELS = ("visit", "call", "note", "email", "text")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page that shows what a device has kept of today; it fills itself there."""
    return HttpResponse(_page(translation.get_language()))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """What the browser runs beside our pages: it answers with the kept page when we cannot."""
    page = reverse("desk:offline")
    kept = [page, *_assets()]
    stamp = sha256((_page(translation.get_language()) + "".join(kept)).encode()).hexdigest()[:16]
    given = json.dumps({"stamp": stamp, "page": page, "kept": kept})
    code = (Path(__file__).parent / "worker.js").read_text(encoding="utf-8")
    answer = HttpResponse(f"const GIVEN = {given};\n{code}", content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How a telephone puts us on its home screen."""
    icon = {"src": static("core/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    return JsonResponse(
        {
            "name": "Regulars",
            "short_name": _("Today"),
            "description": _("Whom to reach today, and why."),
            "id": "/",
            "start_url": reverse("desk:today"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#faf9f5",
            "theme_color": "#1f3a32",
            "icons": [icon],
        },
        content_type="application/manifest+json",
    )


@lru_cache(maxsize=8)
def _page(_language: str | None) -> str:
    given = {
        "tiers": Tier.values,
        "channels": CHANNELS,
        "style": _address(_made()[PARTS[0]]["file"]),
        "script": _address(_made()[PARTS[1]]["file"]),
    }
    # Without the request: who is signed in must not stand on a page that everybody may keep.
    return render_to_string("desk/today/offline.html", given)


@lru_cache(maxsize=1)
def _made() -> dict[str, dict[str, object]]:
    place = settings.PACKAGE / "core" / "static" / "dist" / "manifest.json"
    found: dict[str, dict[str, object]] = json.loads(place.read_text(encoding="utf-8"))
    return found


def _assets() -> list[str]:
    """The addresses of what the kept page is made of."""
    return sorted({_address(file) for part in PARTS for file in _files(part)} | set(_fonts()))


def _files(name: str) -> Iterator[object]:
    entry = _made()[name]
    yield entry["file"]
    imports = entry.get("imports", [])
    assert isinstance(imports, list)
    for other in imports:
        yield from _files(other)


def _fonts() -> Iterator[str]:
    for name in FONTS:
        yield _address(_made()[f"node_modules/{name}.woff2"]["file"])


def _address(file: object) -> str:
    return static(f"dist/{file}")
