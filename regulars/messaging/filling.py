"""Reads and fills what stands in curly brackets, with Liquid cut down to fields and conditions.

Liquid takes a tenth of a second to import: `marks.py` and `texts.py` do it where they need it.
"""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TextIO

from django.utils.translation import gettext as _
from liquid import Environment
from liquid.ast import Node
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, strip, truncate, upcase
from liquid.builtin.tags import case_tag, if_tag, unless_tag
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.output import LimitedStringIO
from liquid.stringify import to_liquid_string
from liquid.template import BoundTemplate
from markupsafe import escape

from regulars.messaging.errors import TextRefused
from regulars.messaging.marks import FILTERS, Read, date_filter, line_of, unreadable


class _Strict(Environment):
    """Liquid with nothing but fields and conditions in it."""

    block_nesting_limit = 10
    context_depth_limit = 12
    loop_iteration_limit = 100
    local_namespace_limit = 1_000
    output_stream_limit = 256 * 1024

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (
            content.Literal, output.Output, illegal.Illegal,
            if_tag.IfTag, unless_tag.UnlessTag, case_tag.CaseTag,
        ):  # fmt: skip
            self.add_tag(tag)
        named = {
            "capitalize": capitalize, "date": date_filter, "default": default,
            "downcase": downcase, "strip": strip, "truncate": truncate, "upcase": upcase,
        }  # fmt: skip
        for name in FILTERS:
            self.add_filter(name, named[name])


class _EscapedNode(output.OutputNode):
    """Whatever is put out, words of the text included, is text and never markup."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        said = to_liquid_string(self.expression.evaluate(context), autoescape=False)
        return buffer.write(escape(said))


class _EscapedOutput(output.Output):
    node_class = _EscapedNode


class _Page(_Strict):
    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.add_tag(_EscapedOutput)


IN_PAGE = _Page()
IN_TEXT = _Strict()


def fields_read(what: str, source: str, known: Collection[str]) -> Read:
    """What the brackets of a text say, or a refusal with the line."""
    try:
        template = IN_TEXT.from_string(source)
    except LiquidError as error:
        raise unreadable(what, source, _start_of(error)) from error
    except RecursionError as error:
        raise unreadable(what, source, 0) from error
    read = Read(needed=set(needed_fields(template)))
    for node in _nodes(template.nodes, RenderContext(template)):
        for expression in _expressions(node.expressions()):
            _check(what, source, expression, known, read)
    return read


def needed_fields(template: BoundTemplate) -> Iterator[str]:
    """Fields that stand alone: whoever has none of it would read a gap."""
    for node in template.nodes:
        said = getattr(node, "expression", None)
        if not isinstance(said, FilteredExpression) or not isinstance(said.left, Path):
            continue
        if not any(one.name == "default" for one in said.filters or ()):
            yield str(said.left.path[0])


def filled(template: BoundTemplate, values: dict[str, Any]) -> str:
    """One customer's plain values put in."""
    out = LimitedStringIO(limit=template.env.output_stream_limit or 0)
    try:
        template.render_with_context(RenderContext(template, globals=values), out)
    except LiquidError as error:
        raise TextRefused(
            _("With this customer's values the message grows too large."),
            _("Shorten what stands in their fields."),
        ) from error
    return out.getvalue()


def _start_of(error: LiquidError) -> int:
    return max(error.token.start_index, 0) if error.token is not None else 0


def _nodes(nodes: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(node.children(context, include_partials=False), context)


def _expressions(expressions: Iterable[Any]) -> Iterator[Expression]:
    for expression in expressions:
        yield expression
        yield from _expressions(expression.children())


def _check(
    what: str, source: str, expression: Expression, known: Collection[str], read: Read
) -> None:
    if isinstance(expression, Path):
        read.fields.add(_field_of(what, source, expression, known))
    elif isinstance(expression, RangeLiteral):
        raise unreadable(what, source, _position(expression))
    elif isinstance(expression, FilteredExpression):
        for one in expression.filters or ():
            if one.name not in FILTERS:
                raise _no_such_filter(what, source, one.name, _position(expression))


def _field_of(what: str, source: str, path: Path, known: Collection[str]) -> str:
    name = str(path.path[0])
    line = line_of(source, _position(path))
    if len(path.path) != 1:
        raise TextRefused(
            _("Line %(line)s of the %(what)s: “%(found)s” reaches into a field; fields are plain.")
            % {"line": line, "what": what, "found": str(path)[:60]},
            _("Choose one of the fields beside the text."),
            what=what, line=line,
        )  # fmt: skip
    if name in known:
        return name
    near = get_close_matches(name, known, n=1)
    raise TextRefused(
        _("Line %(line)s of the %(what)s: there is no field “%(name)s”.")
        % {"line": line, "what": what, "name": name[:60]},
        _("Did you mean {{ %(near)s }}?") % {"near": near[0]}
        if near
        else _("Choose one of the fields beside the text."),
        what=what, line=line,
    )  # fmt: skip


def _no_such_filter(what: str, source: str, name: str, position: int) -> TextRefused:
    line = line_of(source, position)
    return TextRefused(
        _("Line %(line)s of the %(what)s: “%(name)s” cannot be done to a field.")
        % {"line": line, "what": what, "name": name[:60]},
        _("These can: %(names)s.") % {"names": ", ".join(FILTERS)},
        what=what, line=line,
    )  # fmt: skip


def _position(expression: Expression) -> int:
    token = getattr(expression, "token", None)
    return max(token.start_index, 0) if token is not None else 0
