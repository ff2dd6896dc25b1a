"""A formula's TeX as tokens, and what is taken from them whole: groups in braces, options in brackets."""

import re

_TOKEN = re.compile(r"\\[A-Za-z@]+|\\.|[ \t\n]+|\d+(?:\.\d+)?|.", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\)%")


def without_comments(tex: str) -> str:
    """The TeX without what stands behind `%` in a line: the converter ends its lines so. The last line has none."""
    *lines, last = tex.split("\n")
    kept = ""
    pieces: list[str] = []
    for line in lines:
        start = kept + line.lstrip()
        found = _COMMENT.search(start)
        pieces.append(start[: found.start()] if found else start)
        kept = "" if found else "\n"
    return "".join([*pieces, kept, last.lstrip() if lines else last])


class Tokens:
    """The tokens of one TeX, read from left to right. `at`: the number of the next."""

    def __init__(self, tex: str) -> None:
        self._all: list[str] = _TOKEN.findall(tex)
        self.at = 0

    @property
    def is_left(self) -> bool:
        """Whether there is one more."""
        return self.at < len(self._all)

    def since(self, start: int) -> str:
        """The TeX from that token on, as far as it was read."""
        return "".join(self._all[start : self.at])

    def ahead(self, tokens: int) -> str:
        """The TeX of the next tokens."""
        return "".join(self._all[self.at : self.at + tokens])

    def peek(self) -> str:
        """The next token, which is not taken; empty behind the last."""
        return self._all[self.at] if self.at < len(self._all) else ""

    def next(self) -> str:
        """The next token; empty behind the last."""
        token = self.peek()
        self.at += 1
        return token

    def skip_blanks(self) -> None:
        """Pass over white space."""
        while self.peek().isspace():
            self.at += 1

    def is_next(self, token: str) -> bool:
        """Whether that token comes next; it is taken."""
        self.skip_blanks()
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def group(self) -> str:
        """The TeX of the group that comes next, without its braces; of the token that comes next, where none does."""
        if not self.is_next("{"):
            return self.single()
        start, depth = self.at, 1
        while self.at < len(self._all):
            token = self.next()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return "".join(self._all[start : self.at - 1])
        return "".join(self._all[start:])

    def single(self) -> str:
        """An argument without braces: one token, of a number its first digit."""
        token = self.next()
        if len(token) > 1 and token[0].isdigit():
            self.at -= 1
            self._all[self.at] = token[1:]
            return token[0]
        return token

    def option(self) -> str | None:
        """The TeX in the square brackets that come next."""
        if not self.is_next("["):
            return None
        start, depth = self.at, 0
        while self.at < len(self._all):
            token = self.next()
            depth += (token == "{") - (token == "}")
            if token == "]" and depth == 0:
                return "".join(self._all[start : self.at - 1])
        return "".join(self._all[start:])

    def take(self, letters: int) -> None:
        """Pass over so many letters of the TeX."""
        while letters > 0 and self.at < len(self._all):
            token = self._all[self.at]
            if len(token) > letters:
                self._all[self.at] = token[letters:]
                return
            letters -= len(token)
            self.at += 1
