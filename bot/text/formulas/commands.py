"""TeX's commands by what is done with them when a formula is read: the words of `mathematics`."""

from typing import Final


def names(words: str) -> frozenset[str]:
    """The names in a line of them."""
    return frozenset(words.split())


BLANKS: Final = {
    ",", ":", ";", ">", " ", "quad", "qquad", "enspace", "enskip", "thinspace", "medspace", "thickspace", "space",
    "nobreakspace", "hfill", "hfil",
}  # fmt: skip
SPACES: Final = names("hspace mspace hskip mskip kern mkern")
NOTHING: Final = {
    "!", "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "limits", "nolimits", "nonumber", "notag",
    "strut", "mathstrut", "relax", "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "Bigl", "biggl",
    "Biggl", "bigr", "Bigr", "biggr", "Biggr", "bigm", "Bigm", "biggm", "Biggm", "hline", "allowbreak", "nobreak",
    "null", "protect", "negthinspace", "negmedspace", "negthickspace", "centering", "boldmath", "unboldmath",
    "normalsize", "small", "footnotesize", "scriptsize", "tiny", "large", "Large", "begingroup", "endgroup",
    "displaylimits", "par",
}  # fmt: skip
# Between words: fonts and breaks, which say nothing.
SILENT: Final = names(
    "bf it sc tt em rm sf sl bfseries mdseries itshape scshape slshape upshape ttfamily sffamily rmfamily selectfont "
    "xspace noindent indent newline linebreak pagebreak newpage clearpage smallskip medskip bigskip large Large LARGE "
    "huge Huge raggedright ignorespaces unskip uppercase lowercase MakeUppercase MakeLowercase textmd textup "
    "textnormal textsl texttt mbox hbox makebox fbox framebox underline uline mathrm operatorname thanks phantom"
)
UNSEEN: Final = {
    "phantom": 1, "hphantom": 1, "vphantom": 1, "label": 1, "rule": 2, "vspace": 1, "includegraphics": 1,
    "@includegraphicx": 1,
}  # fmt: skip
PANELS: Final = names("subfigure subtable")  # pictures set in an array: the converter shows them beside it
AS_IT_IS: Final = names(
    "smash rlap llap clap mathrlap mathllap mathclap ensuremath mathbin mathrel mathord mathopen mathclose mathpunct "
    "mathinner boxed fbox framebox underbrace underbracket substack subarray lefteqn underparen mathmakebox"
)
TEXTS: Final = names(
    "text mbox hbox textrm textit textsf texttt textsc textnormal textup textsl textmd emph makebox textbf intertext "
    "shortintertext"
)
FRACTIONS: Final = names("frac dfrac tfrac cfrac nicefrac sfrac sfracx flatfrac")
BINOMIALS: Final = names("binom dbinom tbinom")
ARROWS: Final = {
    "xrightarrow": "→", "xleftarrow": "←", "xRightarrow": "⇒", "xLeftarrow": "⇐", "xleftrightarrow": "↔",
    "xLeftrightarrow": "⇔", "xmapsto": "↦", "xhookrightarrow": "↪", "xlongequal": "=",
}  # fmt: skip
INFIX: Final = {"over", "choose", "above", "atop"}
HELD: Final = {
    "pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖", "cases": "{}",
    "dcases": "{}", "rcases": "{}", "numcases": "{}", "psmallmatrix": "()", "bsmallmatrix": "[]",
}  # fmt: skip
ALIGNED: Final = names(
    "aligned alignedat split gathered align gather eqnarray alignat flalign multline multlined equation math "
    "displaymath"
)
TABLES: Final = names("matrix smallmatrix array tabular subarray")
WITH_COLUMNS: Final = names("array tabular subarray alignedat alignat")
KETS: Final = {"ket": "|{}⟩", "bra": "⟨{}|", "braket": "⟨{}⟩", "abs": "|{}|", "norm": "‖{}‖"}
