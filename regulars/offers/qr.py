"""Codes to be scanned: the address of the till with the code, which any telephone opens."""

from io import BytesIO

import segno
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from regulars.core.instance import proved_public_url
from regulars.offers.codes import hyphened, spelled


def scanned(code: str) -> str:
    """What stands in the picture: an address, or the code alone while nobody reaches us by one."""
    home = proved_public_url()
    if not home:
        return code
    # Words have spaces between them, and no telephone opens an address with one.
    return f"{home.rstrip('/')}{reverse('till:home')}?code={hyphened(spelled(code))}"


def picture_of(code: str) -> SafeString:
    """The picture, black on white whatever the page is: cameras read no other."""
    # Drawn by us from a code of ours: nothing that anybody typed stands in it.
    return mark_safe(  # noqa: S308
        segno.make(scanned(code), error="m", micro=False).svg_inline(
            omitsize=True, border=2, dark="#000", light="#fff", svgclass="qr"
        )
    )


def drawn(code: str) -> str:
    """The same as a file of its own, for paper: black alone, at any size."""
    out = BytesIO()
    segno.make(scanned(code), error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()
