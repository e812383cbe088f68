"""How templates become pages. Jinja does for each value, each macro and each include what few of them need; a page has
hundreds of them, so here the usual case goes straight through."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import Template
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]  # what `escape` makes a Markup of


def text_of(value: Any) -> str:
    """What a page says for a value: the same as `escape` of it, which makes a Markup of every piece of the page, to be
    joined and forgotten."""
    kind = type(value)
    if kind is str:
        escaped: str = escape_text(value)
        return escaped
    said: str = value if kind is Markup else escape(value)
    return said


class _Compiler(CodeGenerator):
    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.text_of(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Page(Context):
    def call(self, called: Any, /, *args: Any, **given: Any) -> Any:
        """A macro, which is what templates call most, is asked nothing about what it wants to be passed."""
        if type(called) is not Macro:
            return super().call(called, *args, **given)
        given.pop("_loop_vars", None)
        given.pop("_block_vars", None)
        return called(self.eval_ctx, *args, **given)


class Templates(Environment):
    code_generator_class = _Compiler
    context_class = _Page
    text_of = staticmethod(text_of)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self._loaded: dict[str, Template] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """None has globals of its own, so all share one table of them. The chain of two that Jinja makes is looked
        through anew with each import and each include."""
        return super().make_globals(d) if d else self.globals

    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> Template:
        """A page is put together of thirty templates; one that was loaded does not change any more."""
        if self.auto_reload or globals or type(name) is not str:
            return super().get_template(name, parent, globals)
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = super().get_template(name, parent)
        return found
