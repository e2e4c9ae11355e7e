"""From the source of a test file to facts, by its syntax tree alone."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from .facts import FileFacts, Hook, Marker, TestFacts, words_of
from .failing import CanFail
from .names import Names, dotted
from .references import named_in_text

Function = ast.FunctionDef | ast.AsyncFunctionDef

_MOST_NAMES = 400
_SUITE = "MLTestScoreSuite"
_WORD = re.compile(r"[a-z]+|[0-9]+")


def read(source: bytes, path: str) -> FileFacts:
    """Return the facts of a file.

    Raises
    ------
    ValueError, SyntaxError
        If it is no Python that can be parsed; the message says why.
    """
    try:
        return _File(_parsed(source), path).facts()
    except (RecursionError, MemoryError):
        raise ValueError("nested too deeply") from None


def _parsed(source: bytes) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as invalid escapes, which are not our business
            return ast.parse(source)
    except SyntaxError:
        raise
    except (ValueError, LookupError) as error:  # null bytes; an encoding that does not exist
        raise ValueError(str(error)) from None


class _File:
    """One module on its way to facts."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        self.tree = tree
        self.path = path
        self.names = Names(tree)
        self.can_fail = CanFail(tree, self.names)
        self.suites: list[str] = []
        self.markers = self._assigned_markers(tree.body)

    def facts(self) -> FileFacts:
        tests = tuple(self._tests(self.tree.body, (), self.markers, ()))
        hooks = tuple(
            Hook(node.name, node.lineno)
            for node in _functions(self.tree.body)
            if node.name.startswith("pytest_")
        )
        return FileFacts(
            path=self.path,
            tests=tests,
            suites=tuple(self.suites),
            hooks=hooks,
            words=frozenset(self._all_words()) if hooks else frozenset(),
        )

    def _tests(
        self,
        body: list[ast.stmt],
        classes: tuple[ast.ClassDef, ...],
        markers: tuple[Marker, ...],
        docs: tuple[str, ...],
    ) -> Iterator[TestFacts]:
        for node in _definitions(body):
            if isinstance(node, ast.ClassDef):
                if self._holds_tests(node):
                    own = (*self._decorators(node), *self._assigned_markers(node.body))
                    doc = ast.get_docstring(node) or ""
                    inner = (*classes, node)
                    self._note_suite(inner)
                    yield from self._tests(node.body, inner, (*own, *markers), (*docs, doc))
            elif node.name.startswith("test"):
                yield self._test(node, classes, markers, docs)

    def _test(
        self,
        node: Function,
        classes: tuple[ast.ClassDef, ...],
        markers: tuple[Marker, ...],
        docs: tuple[str, ...],
    ) -> TestFacts:
        texts = (ast.get_docstring(node) or "", *docs)
        return TestFacts(
            path=self.path,
            name=node.name,
            classes=tuple(outer.name for outer in classes),
            line=node.lineno,
            doc=_once(iter(_first_words(texts[0]))),
            references=_once(item for text in texts for item in named_in_text(text)),
            imports=self.names.imports,
            calls=_once(self.names.calls(node)),
            fixtures=_once(a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)),
            names=_once(_names_in(node)),
            markers=(*self._decorators(node), *markers),
            properties=_once(_properties(node)),
            can_fail=self.can_fail(node),
        )

    def _holds_tests(self, node: ast.ClassDef) -> bool:
        if node.name.startswith("Test") or self._is_suite(node):
            return True
        return any(base.endswith("TestCase") for base in self._bases(node))

    def _bases(self, node: ast.ClassDef) -> list[str]:
        return [self.names.resolve(dotted(base)) for base in node.bases]

    def _is_suite(self, node: ast.ClassDef) -> bool:
        return any(base.rpartition(".")[2] == _SUITE for base in self._bases(node))

    def _note_suite(self, classes: tuple[ast.ClassDef, ...]) -> None:
        if self._is_suite(classes[-1]):
            self.suites.append("::".join((self.path, *(outer.name for outer in classes))))

    def _decorators(self, node: Function | ast.ClassDef) -> tuple[Marker, ...]:
        return tuple(m for decorator in node.decorator_list for m in self._markers(decorator))

    def _assigned_markers(self, body: list[ast.stmt]) -> tuple[Marker, ...]:
        """Return the markers of `pytestmark = ...`, one or a list of them."""
        return tuple(
            marker
            for node in body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if dotted(target) == "pytestmark"
            for marker in self._markers(node.value)
        )

    def _markers(self, expression: ast.expr) -> Iterator[Marker]:
        """Yield the markers in an expression, those of `pytest.param(marks=...)` among them."""
        called: set[ast.expr] = set()
        for node in ast.walk(expression):
            if isinstance(node, ast.Call):
                called.add(node.func)
                name = self.names.marker(node.func)
                if name:
                    keywords = [keyword.value for keyword in node.keywords]
                    yield Marker(name, tuple(_strings(node.args)), tuple(_strings(keywords)))
            elif isinstance(node, ast.Attribute | ast.Name) and node not in called:
                name = self.names.marker(node)
                if name:
                    yield Marker(name)

    def _all_words(self) -> Iterator[str]:
        for name in _names_in(self.tree):
            yield from words_of(name)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from words_of(node.value)


def _definitions(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """Yield functions and classes, those under `if` and `try` too."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        elif isinstance(node, ast.If | ast.Try):
            handlers = [s for h in getattr(node, "handlers", ()) for s in h.body]
            yield from _definitions([*node.body, *handlers, *node.orelse])


def _functions(body: list[ast.stmt]) -> Iterator[Function]:
    return (n for n in _definitions(body) if not isinstance(n, ast.ClassDef))


def _names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def _properties(node: Function) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and dotted(call.func).endswith("record_property"):
            yield from _strings([*call.args, *(keyword.value for keyword in call.keywords)])


def _strings(given: list[ast.expr]) -> Iterator[str]:
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _first_words(text: str) -> list[str]:
    return _WORD.findall(text.strip().partition("\n")[0].casefold())


def _once(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST_NAMES]
