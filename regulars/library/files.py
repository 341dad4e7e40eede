"""A PDF of ours: told by what it holds, not by its name; nothing in it acts by itself (U1)."""

import re
import unicodedata
import zlib
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from regulars.library.errors import FileUnfit

MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 100
# Opened, they would run, send or start something, or carry another file along.
ACTING = (
    b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm", b"/ImportData",
    b"/GoToE",
)  # fmt: skip
_BEGINS = re.compile(rb"%PDF-[12]\.\d")
# Behind the end there may be line ends alone: what is put there makes it another file as well.
_ENDS = re.compile(rb"%%EOF[\s\0]*\Z")
_SPELLED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm\b.{0,2048}?stream\r?\n", re.DOTALL)
# What is packed may become so many times as long, and no more than so much in all.
MOST_UNPACKED = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pdf:
    """A file that was looked through and may be kept."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def checked_pdf(name: str, content: bytes) -> Pdf:
    """A PDF as it came, with a name that no folder minds; or why it is none that we hand on."""
    if not content:
        raise FileUnfit(_("This file is empty."), _("Choose it once more."))
    refuse_too_large(len(content))
    if not _BEGINS.match(content):
        raise FileUnfit(
            _("This is no PDF, whatever its name says."),
            _("Save it as a PDF in the program that made it, then choose that file."),
        )
    if not _ENDS.search(content[-1024:]):
        raise FileUnfit(
            _("This PDF breaks off, or something was put behind its end."),
            _("Save it anew as a PDF, then choose that file."),
        )
    _refuse_what_acts(content)
    return Pdf(plain_name(name), content)


def refuse_too_large(size: int) -> None:
    """Before anything of it is read."""
    if size > MOST_BYTES:
        raise FileUnfit(
            _("This file is too large: %(size)s MB.") % {"size": -(-size // (1024 * 1024))},
            _("At most %(most)s MB. Save it with smaller pictures.")
            % {"most": MOST_BYTES // (1024 * 1024)},
        )


def _refuse_what_acts(content: bytes) -> None:
    unpacked = _unpacked(content)
    # A sign may be spelled by its number, as in /J#61vaScript.
    for part in (content, unpacked):
        said = _SPELLED.sub(lambda found: bytes([int(found[1], 16)]), part)
        if any(one in said for one in ACTING):
            raise FileUnfit(
                _("This PDF does something when it is opened, or carries another file along."),
                _("Print it into a PDF anew: only what is to be read stays in it."),
            )
        if b"/Encrypt" in said:
            raise FileUnfit(
                _("This PDF is locked, so not everybody could open it."),
                _("Save it without a password or restrictions."),
            )


def _unpacked(content: bytes) -> bytes:
    """What stands in packed objects, which is where newer PDFs keep what they do."""
    found, room = [], MOST_UNPACKED
    for packed in _PACKED.finditer(content):
        try:
            part = zlib.decompressobj().decompress(content[packed.end() :], room)
        except zlib.error:
            continue
        found.append(part)
        room -= len(part)
        if room <= 0:
            raise FileUnfit(
                _("This PDF becomes far too large when it is opened."), _("Save it anew.")
            )
    return b"\n".join(found)


def plain_name(name: str) -> str:
    """Made plain first, then cut: no signs that cannot be seen, no folders, one ending."""
    folded = unicodedata.normalize("NFKC", name)
    seen = "".join(
        sign for sign in folded if unicodedata.category(sign)[0] not in "CZ" or sign == " "
    )
    stem = re.split(r"[\\/:]", seen)[-1]
    stem = re.sub(r"(\.pdf)+\s*$", "", stem, flags=re.IGNORECASE).strip(" .")
    stem = re.sub(r'["<>|?*%;]+', " ", stem)
    return f"{' '.join(stem.split())[:LONGEST_NAME] or 'article'}.pdf"
