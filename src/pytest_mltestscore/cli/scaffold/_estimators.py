"""Models that code makes of known libraries, and whether the call can be written elsewhere.

`RandomForestClassifier(n_estimators=TREES)` can, if `TREES` is a constant of the module: then it
means the same in a test, and the module, which may train when imported, is not needed for it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ._columns import assigned
from ._facts import Estimator

_LIBRARIES = frozenset({"sklearn", "xgboost", "lightgbm", "catboost"})
_WITHOUT_MODELS = frozenset(
    [
        "cluster",
        "compose",
        "decomposition",
        "feature_extraction",
        "feature_selection",
        "impute",
        "manifold",
        "metrics",
        "model_selection",
        "pipeline",
        "preprocessing",
        "random_projection",
        "utils",
        "datasets",
        "base",
    ]
)
_PIPELINES = frozenset({"make_pipeline", "Pipeline"})
_NOT_SKLEARN_API = frozenset({"DMatrix", "QuantileDMatrix", "Dataset", "Booster", "Pool"})
_MOST_NODES = 200
_DEEPEST = 12
_TAKEN = frozenset(
    [
        *("pytest", "pd", "pl", "Path", "ROOT", "FEATURES", "features", "others", "rows", "train"),
        *(
            "test",
            "system",
            "untrained",
            "TEXT",
            "columns_of_text",
            "train_test_split",
            "MLSystem",
            "MLTestScoreSuite",
        ),
    ]
)
"""Names that the module which we write uses for something else."""


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean at the top of a module."""

    imported: dict[str, tuple[str, str]]
    """Module, and name in it; the name is empty for the module itself."""
    constants: dict[str, ast.Constant]


def names_of(tree: ast.Module) -> Names:
    """Return names that are imported anywhere, and constants that are assigned once."""
    nodes = list(ast.walk(tree))
    stored = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    assigned = Counter([*stored, *(n.arg for n in nodes if isinstance(n, ast.arg))])
    constants = {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name) and assigned[target.id] == 1
    }
    return Names({name: origin for n in nodes for name, origin in _imports(n)}, constants)


def _imports(node: ast.AST) -> Iterator[tuple[str, tuple[str, str]]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname or "." not in alias.name:
                yield alias.asname or alias.name, (alias.name, "")
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            yield alias.asname or alias.name, (node.module, alias.name)


def estimators_of(tree: ast.Module, path: str, names: Names) -> Iterator[Estimator]:
    """Yield the outermost calls that make a model."""
    makers = _makers(tree)
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.Call) and (title := _title(node, names))):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))
            continue
        call = _Resolved(names)
        resolved = call.expression(node, _DEEPEST)
        whole = resolved is not None
        elsewhere = "" if whole else _elsewhere(node, names)
        modules = [module for module, _, _ in sorted(call.imports)]
        packages = [module.partition(".")[0] for module in modules]
        yield Estimator(
            path,
            resolved if resolved is not None else node,
            imports=tuple(sorted(call.imports)) if whole else (),
            whole=whole,
            title=title,
            library=next((package for package in packages if package != "sklearn"), "sklearn"),
            elsewhere=elsewhere,
            picks=bool(elsewhere) or "sklearn.compose" in modules,
            made_by=makers.get(node, ""),
        )


def _makers(tree: ast.Module) -> dict[ast.AST, str]:
    """Return what functions return that can be called without arguments, with their names."""
    found: dict[ast.AST, str] = {}
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
            continue
        inside = list(ast.walk(function))
        returned = [node.value for node in inside if isinstance(node, ast.Return)]
        arguments = function.args
        required = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
        free = not (required or None in arguments.kw_defaults or function.decorator_list)
        if free and len(returned) == 1 and returned[0] is not None:
            name = getattr(returned[0], "id", "")
            values = [value for node in inside for n, value in assigned(node) if n == name]
            if len(values) < 2:
                found[values[0] if values else returned[0]] = function.name
    return found


def _elsewhere(call: ast.Call, names: Names) -> str:
    """Return the first step of a pipeline that is no call of a known library, as it is written."""
    for step in _steps(call, names):
        made = isinstance(step, ast.Call) and origin(step.func, names)[0]
        if not made and not isinstance(step, ast.Constant):
            shown = step.func if isinstance(step, ast.Call) else step
            root = shown.value if isinstance(shown, ast.Attribute) else shown
            return ast.unparse(shown) if isinstance(root, ast.Name) else ""
    return ""


def _steps(call: ast.Call, names: Names) -> list[ast.expr]:
    """Return the steps of a pipeline; none of another call."""
    _, name = origin(call.func, names)
    if name not in _PIPELINES:
        return []
    if name != "Pipeline":
        return call.args
    listed = [*call.args, *(k.value for k in call.keywords if k.arg == "steps")][:1]
    steps = listed[0].elts if listed and isinstance(listed[0], ast.List) else []
    return [step.elts[-1] for step in steps if isinstance(step, ast.Tuple) and step.elts]


def _title(call: ast.Call, names: Names) -> str:
    """Return the name of the class that predicts, or an empty text if the call makes no model."""
    module, name = origin(call.func, names)
    package, _, rest = module.partition(".")
    if package not in _LIBRARIES:
        return ""
    if name in _PIPELINES:
        steps = _steps(call, names)
        last = steps[-1] if steps else None
        return _title(last, names) if isinstance(last, ast.Call) else ""
    if not name[:1].isupper() or name in _NOT_SKLEARN_API:
        return ""
    return "" if rest.partition(".")[0] in _WITHOUT_MODELS else name


def origin(node: ast.expr, names: Names) -> tuple[str, str]:
    """Return module and name of what is called, both empty if that is not plain."""
    if isinstance(node, ast.Name):
        module, name = names.imported.get(node.id, ("", ""))
        return (module, name) if name else ("", "")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module, name = names.imported.get(node.value.id, ("", ""))
        return (f"{module}.{name}" if name else module, node.attr)
    return "", ""


class _Resolved:
    """An expression of literals and of calls of known libraries, and the imports that it needs."""

    def __init__(self, names: Names) -> None:
        self.imports: set[tuple[str, str, str]] = set()
        self._names = names
        self._left = _MOST_NODES

    def expression(self, node: ast.expr, deep: int) -> ast.expr | None:
        """Return the expression with constants in place of their names, or None."""
        self._left -= 1
        if not deep or self._left < 0:
            return None
        if isinstance(node, ast.Constant):
            return node if is_plain(node) else None
        if isinstance(node, ast.Name) and node.id in self._names.constants:
            return self.expression(self._names.constants[node.id], deep - 1)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operand = self.expression(node.operand, deep - 1)
            return ast.UnaryOp(ast.USub(), operand) if operand else None
        if isinstance(node, ast.List | ast.Tuple):
            items = [self.expression(item, deep - 1) for item in node.elts]
            found = [item for item in items if item]
            return type(node)(found, ast.Load()) if len(found) == len(items) else None
        if isinstance(node, ast.Dict):
            return self._dict(node, deep)
        return self._call(node, deep) if isinstance(node, ast.Call) else None

    def _dict(self, node: ast.Dict, deep: int) -> ast.expr | None:
        keys = [key and self.expression(key, deep - 1) for key in node.keys]
        values = [self.expression(value, deep - 1) for value in node.values]
        return ast.Dict(keys, [v for v in values if v]) if all([*keys, *values]) else None

    def _call(self, node: ast.Call, deep: int) -> ast.expr | None:
        called = self._known(node.func)
        arguments = [self.expression(argument, deep - 1) for argument in node.args]
        keywords = [(k.arg, k.arg and self.expression(k.value, deep - 1)) for k in node.keywords]
        if not called or not all(arguments) or not all(value for _, value in keywords):
            return None
        return ast.Call(
            node.func,
            [argument for argument in arguments if argument],
            [ast.keyword(name, value) for name, value in keywords if isinstance(value, ast.expr)],
        )

    def _known(self, node: ast.expr) -> bool:
        module, _ = origin(node, self._names)
        root = node.value if isinstance(node, ast.Attribute) else node
        if module.partition(".")[0] not in _LIBRARIES or not isinstance(root, ast.Name):
            return False
        if root.id in _TAKEN:
            return False
        self.imports.add((*self._names.imported[root.id], root.id))
        return True


def is_plain(node: ast.Constant) -> bool:
    """Whether a literal can be written down again as it is."""
    value = node.value
    if isinstance(value, str):
        return len(value) <= 200
    # A number of thousands of digits could not even be written down again.
    whole = isinstance(value, int) and abs(value) < 10**18
    return value is None or whole or (isinstance(value, float) and value - value == 0)
