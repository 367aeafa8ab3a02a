"""Every public thing says what it does, which errors it raises, and in which units its quantities are.

That each has a docstring at all is ruff's to see (D1 in pyproject.toml).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from test_layers import MODULES, SOURCE

#: Words by which a docstring says in what a quantity is counted.
_UNITS = re.compile(
    r"\b(units?|years?|days?|hours?|weeks?|mcg|mg|share|per|percent|columns|seconds|bytes|times|period|factor|amounts?)\b"
)
_QUANTITY = re.compile(r"\b(Decimal|float|Interval|DecimalText)\b")
_NAMED = re.compile(r"_(days|hours|years|per_day|per_iu|at)$")


def public(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Every public function, class and method, with its whole name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield f"{name}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{name}{node.name}.")


def things(kind: type) -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Those of one kind in the whole source, by module and name."""
    return [
        (f"{path.relative_to(SOURCE).as_posix()}: {name}", node)
        for path in MODULES
        for name, node in public(ast.parse(path.read_text("utf-8")))
        if isinstance(node, kind)
    ]


def raised(node: ast.AST, caught: frozenset[str] = frozenset()) -> Iterator[str]:
    """The errors that leave a function by its own `raise`; those that it catches itself do not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try):
            names = frozenset(
                part.id
                for one in child.handlers
                if one.type
                for part in ast.walk(one.type)
                if isinstance(part, ast.Name)
            )
            for inner in child.body:
                yield from raised(ast.Module([inner], []), caught | names)
            for inner in (*child.handlers, *child.orelse, *child.finalbody):
                yield from raised(inner, caught)
        elif isinstance(child, ast.Raise) and child.exc is not None:
            error = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            name = error.attr if isinstance(error, ast.Attribute) else ast.unparse(error)
            name = {"wrong": "DosenoteError", "_wrong": "DosenoteError"}.get(name, name)
            if name not in caught and name[:1].isupper():
                yield name
        elif not isinstance(child, (ast.FunctionDef, ast.Lambda)):
            yield from raised(child, caught)


def is_command(node: ast.FunctionDef) -> bool:
    """Whether its docstring is the help of a command, whose errors are exit codes."""
    return any(".command(" in (text := ast.unparse(one)) or ".group(" in text for one in node.decorator_list)


def test_errors_are_said() -> None:
    """A function that raises says "Raises" and the name of the error."""
    unsaid = []
    for name, node in things(ast.FunctionDef):
        assert isinstance(node, ast.FunctionDef)
        said = ast.get_docstring(node) or ""
        for error in sorted(set(raised(node)) - {"NotImplementedError"}):
            if not is_command(node) and not re.search(rf"\b[Rr]aises\b[^.]*\b{error}\b", said):
                unsaid.append(f"{name} raises {error}")
    assert unsaid == []


def test_units_are_said() -> None:
    """A class that holds a quantity says in what it is counted, where the name of the field does not."""
    unsaid = []
    for name, node in things(ast.ClassDef):
        fields = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.AnnAssign)]
        quantities = [
            ast.unparse(one.target)
            for one in fields
            if _QUANTITY.search(ast.unparse(one.annotation)) and not ast.unparse(one.target).startswith("_")
        ]
        said = ast.get_docstring(node) or ""  # type: ignore[arg-type]
        if any(not _NAMED.search(one) for one in quantities) and not _UNITS.search(said):
            unsaid.append(f"{name}: {', '.join(quantities)}")
    assert unsaid == []
