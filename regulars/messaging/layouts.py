"""The sheet that a message is written on: MJML, the house's or the business's, made HTML once."""

import re
from html.parser import HTMLParser
from xml.parsers import expat

import mrml
from django.utils.translation import gettext as _

from regulars.messaging.errors import TextRefused
from regulars.messaging.marks import MARK, line_of, sole_field
from regulars.messaging.paper import address_fields

HOUSE = """<mjml lang="en" dir="auto">
<mj-head>
  <mj-title>{{ subject }}</mj-title>
  <mj-preview>{{ preheader }}</mj-preview>
  <mj-attributes>
    <mj-all font-family="'Source Sans 3', 'Segoe UI', system-ui, -apple-system, Roboto, sans-serif" />
    <mj-text font-size="17px" line-height="1.55" color="#2b2a26" padding="0 28px" />
    <mj-section padding="0" />
  </mj-attributes>
  <mj-style>
    :root { color-scheme: light dark; supported-color-schemes: light dark; }
    .words p { margin: 0 0 16px; }
    .words ul, .words ol { margin: 0 0 16px; padding-left: 24px; }
    .words li { margin: 0 0 6px; }
    .words h1, .words h2, .words h3 { font-family: Literata, Georgia, 'Times New Roman', serif; font-weight: 500; line-height: 1.25; margin: 24px 0 10px; }
    .words h1 { font-size: 26px; } .words h2 { font-size: 21px; } .words h3 { font-size: 18px; }
    .words a { color: #1d5f56; }
    .words blockquote { margin: 0 0 16px; padding: 0 0 0 14px; border-left: 3px solid #d9d2c3; font-family: Literata, Georgia, serif; font-style: italic; color: #2c4a78; }
    .words hr { border: 0; border-top: 1px solid #d9d2c3; margin: 24px 0; }
    .words code, .words pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 15px; white-space: pre-wrap; }
    .box { border-left: 3px solid #1d5f56; background: #f4f0e6; padding: 14px 18px 2px; margin: 0 0 16px; }
    .box h2 { margin: 0 0 6px !important; font-size: 18px !important; }
    .box.not_know { border-left: 3px dashed #77705f; }
    .box.doing { border-left-color: #2c4a78; }
    .box.next_update { border-left-color: #8a5a00; }
    .sign { margin: 8px 0 16px; } .sign td { vertical-align: middle; font-size: 17px; line-height: 1.45; } .sign p { margin: 0; }
    .sign .face { padding-right: 14px; width: 56px; } .sign img { border-radius: 28px; display: block; }
    .foot, .foot a { color: #6b6555; }
    .foot p { margin: 0 0 6px; }
    @media (max-width: 479px) { .words > div, .foot > div { padding-left: 0; padding-right: 0; } }
    @media (prefers-color-scheme: dark) {
      body, .sheet, .sheet > table, .around { background-color: #1d1c19 !important; }
      .paper, .paper > table { background: #262521 !important; background-color: #262521 !important; }
      .words div, .words td, .words h1, .words h2, .words h3, .brand div { color: #ece7da !important; }
      .words a { color: #7fc8bb !important; }
      .words blockquote { color: #a9c3ee !important; border-left-color: #4a473e !important; }
      .words hr { border-top-color: #4a473e !important; }
      .box { background: #302e28 !important; }
      .foot div, .foot a, .foot p { color: #b3ab98 !important; }
    }
  </mj-style>
</mj-head>
<mj-body background-color="#ece7db" width="600px" css-class="around">
  <mj-section padding="20px 0 0"></mj-section>
  <mj-section background-color="#fdfbf5" padding="24px 0 0" css-class="paper">
    <mj-column>
      <mj-text css-class="brand" font-family="Literata, Georgia, 'Times New Roman', serif" font-size="20px" padding="0 28px 18px">{% if business_name %}{{ business_name }}{% endif %}</mj-text>
    </mj-column>
  </mj-section>
  <mj-section background-color="#fdfbf5" padding="0 0 16px" css-class="paper">
    <mj-column>
      <mj-text css-class="words">{{ content }}</mj-text>
    </mj-column>
  </mj-section>
  <mj-section padding="16px 0 24px">
    <mj-column>
      <mj-text css-class="foot" font-size="14px" line-height="1.5" color="#6b6555">%(foot)s</mj-text>
    </mj-column>
  </mj-section>
</mj-body>
</mjml>
"""  # noqa: E501
LONGEST = 100_000
# Without this, mrml links the fonts that it knows from a server of their maker.
_PLAIN = mrml.RenderOptions(fonts={})
_WORDS = frozenset(
    "a b blockquote br div em h1 h2 h3 hr i img li ol p span strong table tbody td tr u ul".split()
)
_VOID = frozenset({"br", "hr", "img"})
_MJ = frozenset(
    "mjml mj-head mj-title mj-preview mj-attributes mj-all mj-class mj-style mj-breakpoint mj-font"
    " mj-body mj-section mj-column mj-group mj-wrapper mj-text mj-button mj-divider mj-spacer"
    " mj-image mj-table mj-hero mj-social mj-social-element mj-navbar mj-navbar-link".split()
)
_LINKS = frozenset({"href", "src", "background-url", "background"})
_GOOD_LINK = re.compile(
    r"(?:https://|mailto:|tel:|#)[^{}]*$"
    r"|\{\{ ?(?P<field>\w+) ?\}\}$",
    re.IGNORECASE,
)
_IN_STYLE = re.compile(r"@import|url\s*\(|expression\s*\(|</|javascript:", re.IGNORECASE)


def house_layout() -> str:
    """Paper on the counter's wood; who we are and the ways out at the foot."""
    change = _("Choose what you hear from us")
    leave = _("Stop these messages")
    answer = _("You would rather not hear from us? Answer this with the word stop.")
    foot = (
        "{% if business_name %}<p>{{ business_name }}{% if business_address %},"
        " {{ business_address }}{% endif %}</p>{% endif %}"
        f'{{% if preferences_url %}}<p><a href="{{{{ preferences_url }}}}">{change}</a></p>'
        "{% endif %}"
        f'{{% if unsubscribe_url %}}<p><a href="{{{{ unsubscribe_url }}}}">{leave}</a></p>'
        "{% endif %}"
        # Before the address is proved there are no links, and a no must be as easy without them.
        # Whoever is asked to confirm is on no list yet.
        f"{{% unless unsubscribe_url or confirm_url %}}<p>{answer}</p>{{% endunless %}}"
    )
    return HOUSE.replace("%(foot)s", foot)


def html_of(mjml: str) -> str:
    """MJML to the HTML that mail programs can show; a Refusal with the line where it is broken."""
    try:
        return str(mrml.to_html(mjml, render_options=_PLAIN).content)
    except OSError as error:
        raise _broken(_line_of_fault(mjml), "") from error


def check_layout(mjml: str) -> None:
    """Refuse what is not plain MJML: scripts, includes, style from elsewhere, a missing content."""
    if len(mjml) > LONGEST:
        raise TextRefused(
            _("The layout has %(count)s letters; %(most)s is the most.")
            % {"count": len(mjml), "most": LONGEST},
            _("Leave out what no message needs."), what=_("layout"),
        )  # fmt: skip
    places = [one for one in MARK.finditer(mjml) if sole_field(one[0]) == "content"]
    if len(places) != 1:
        raise TextRefused(
            _("The layout says {{ content }} %(count)s times; it must say it once.")
            % {"count": len(places)},
            _("Put {{ content }} into one <mj-text>."), what=_("layout"),
        )  # fmt: skip
    reader = _Reader()
    reader.feed(mjml)
    reader.close()
    reader.finish()


class _Reader(HTMLParser):
    """Walks a layout and stops at the first thing that has no place in one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._check(tag, attrs)
        if tag not in _VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._check(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            raise _broken(self.getpos()[0], f"</{tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if any(tag == "mj-style" for tag, _line in self.open) and _IN_STYLE.search(data):
            raise _not_here(self.getpos()[0], "mj-style")

    def handle_decl(self, decl: str) -> None:
        raise _not_here(self.getpos()[0], f"!{decl[:20]}")

    def unknown_decl(self, data: str) -> None:
        raise _not_here(self.getpos()[0], f"![{data[:20]}")

    def handle_pi(self, data: str) -> None:
        raise _not_here(self.getpos()[0], f"?{data[:20]}")

    def handle_comment(self, data: str) -> None:
        # Mail programs read conditions in comments.
        raise _not_here(self.getpos()[0], "!--")

    def finish(self) -> None:
        if self.open:
            raise _broken(self.open[-1][1], f"<{self.open[-1][0]}>")

    def _check(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if tag not in _MJ and tag not in _WORDS:
            raise _not_here(line, tag)
        for name, value in attrs:
            said = (value or "").strip()
            is_bad_link = name in _LINKS and said and not _leads_somewhere(said)
            if name.startswith("on") or is_bad_link or _IN_STYLE.search(said):
                raise _not_here(line, f"{tag} {name}")


def _leads_somewhere(said: str) -> bool:
    found = _GOOD_LINK.match(said)
    if found is None or found["field"] is None:
        return found is not None
    # Only the mail that asks whether it was them has a link to say so.
    return found["field"] in (address_fields() - {"confirm_url"}) | {"sender_face"}


def _not_here(line: int, found: str) -> TextRefused:
    return TextRefused(
        _("Line %(line)s of the layout: “<%(found)s>” has no place in a message.")
        % {"line": line, "found": found[:40]},
        _("Use MJML's own parts, plain words, and links that begin with https://."),
        what=_("layout"), line=line,
    )  # fmt: skip


def _broken(line: int, found: str) -> TextRefused:
    said = (
        _("Line %(line)s of the layout: “%(found)s” does not close what is open.")
        if found.startswith("</")
        else _("Line %(line)s of the layout: “%(found)s” is never closed.")
        if found
        else _("Line %(line)s of the layout is not MJML.")
    )
    return TextRefused(
        said % {"line": line, "found": found[:40]},
        _("Mend it there, or empty the layout: then the house's own is used."),
        what=_("layout"), line=line,
    )  # fmt: skip


def _line_of_fault(mjml: str) -> int:
    """Where the page stops being one; MJML's own reader does not say."""
    reader = expat.ParserCreate()
    try:
        reader.Parse(mjml.encode(), True)
    except expat.ExpatError as error:
        return error.lineno
    root = re.search(r"<mj(?!ml|-head|-body)", mjml)
    return line_of(mjml, root.start()) if root else 1
