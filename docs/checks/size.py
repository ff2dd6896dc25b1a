"""How many lines of code stand in `bot/`: `python docs/checks/size.py [CHECKOUT ...]`, a row for each.

A line counts that holds code: no blank one, no comment, and none of a docstring. What stands in data files (lenses,
word lists, prompts) is no code.
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

NO_CODE = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(source: str) -> int:
    """How many lines of a module hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            lines.difference_update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return len(lines)


def main() -> None:
    """A row for each checkout: modules, lines of code, and the rooms that hold them."""
    for name in sys.argv[1:] or ["."]:
        root = Path(name).resolve() / "bot"
        counted = {path: code_lines(path.read_text(encoding="utf-8")) for path in sorted(root.rglob("*.py"))}
        by_layer: dict[str, int] = {}
        for path, lines in counted.items():
            layer = path.relative_to(root).parts[0]
            by_layer[layer] = by_layer.get(layer, 0) + lines
        layers = ", ".join(f"{layer} {lines}" for layer, lines in sorted(by_layer.items(), key=lambda item: -item[1]))
        sys.stdout.write(f"{name}: {len(counted)} modules, {sum(counted.values())} lines of code ({layers})\n")


if __name__ == "__main__":
    main()
