"""LaTeXML's own words: which classes mean what in the HTML that arXiv makes of a paper, and questions about nodes."""

import re

from selectolax.lexbor import LexborNode

from bot.sources.fulltext.visibility import WHITE, Colour, colour_of, contrast, gone

LEVELS = {
    "ltx_part": 1,
    "ltx_chapter": 1,
    "ltx_section": 1,
    "ltx_appendix": 1,
    "ltx_acknowledgements": 1,
    "ltx_subsection": 2,
    "ltx_subsubsection": 3,
    "ltx_paragraph": 4,
    "ltx_subparagraph": 5,
}
# Front matter as LaTeXML's and latexml-oxide's LaTeXML-structure-xhtml.xsl make it (`maketitle`, `pubnotes`, `dates`,
# `authors`, `ltx:classification`); `ltx_role_dedicatory` and dates in a title page as in arXiv's pages of August 2026;
# messages as the converter's log classes them (`ltx_WARNING`, `ltx_INFO`); numbers of lines are `ltx:tag`s of a line.
LEFT_OUT = {
    "ltx_authors",
    "ltx_creator",
    "ltx_contact",
    "ltx_author_before",
    "ltx_author_after",
    "ltx_sidebar_authors",
    "ltx_dates",
    "ltx_date",
    "ltx_role_dedicatory",
    "ltx_pubnotes",
    "ltx_pubnote",
    "ltx_title_document",
    "ltx_subtitle",
    "ltx_TOC",
    "ltx_classification",
    "ltx_keywords",
    "ltx_note_frontmatter",
    "ltx_WARNING",
    "ltx_INFO",
    "ltx_tag_listingline",
    "ltx_pagination",
    "ltx_page_footer",
    "ltx_page_header",
    "ltx_page_navbar",
    "ltx_listing_data",
    "ltx_role_footnotemark",
    "ltx_role_newpage",
    "ltx_note_mark",
    "ltx_note_type",
    "ltx_index",
    "ltx_bib_cited",
    "ltx_rdf",
}
SILENT = {"script", "style", "template", "noscript", "nav", "button", "head", "-comment", "metadata", "audio", "video"}
APART = {"ltx_para", "ltx_item", "ltx_theorem", "ltx_proof", "ltx_listing", "ltx_minipage"}
RUN_IN = {"ltx_runin", "ltx_title_theorem", "ltx_title_proof"}
FLOATS = {"ltx_figure", "ltx_table", "ltx_float"}
LOOSE_CLASSES = {"ltx_p", "ltx_tr", "ltx_td", "ltx_th", "ltx_listingline", "ltx_align_floatright"}
# What stands for what is seen: a blank that a listing draws as `␣`, a label that the converter did not find.
INSTEAD = {"ltx_lst_space": " ", "ltx_missing_label": "??"}
LOOSE = {"p", "div", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "foreignobject", "foreignObject"}
# A place-holder is `ltx_phantom` around what is hidden (LaTeXML-inline-xhtml.xsl); a description is ACM's, for who
# listens. Both are unseen by their nature: they are reported only where they tell a reader what to do.
UNSEEN_BY_NATURE = {"ltx_phantom", "ltx_acm_description", "ltx_acm_description_short"}
BROKEN = {"ltx_ERROR", "ltx_FATAL"}
# Words that their authors crossed out: ulem's as in ulem.sty.ltxml, and what HTML itself has.
STRUCK_OUT = {"ltx_ulem_sout", "ltx_ulem_xout", "s", "del", "strike"}
_ORDINAL = re.compile(r"st|nd|rd|th|[eè]|er|re|o|a")
_SHORT = re.compile(r"[-+−]?\w+|\W|\(.*\)")
_SHAPE = re.compile(r"\b(?:fill|stroke)(?:=[\"']|-color\s*:\s*|\s*:\s*)(#[0-9a-fA-F]{3,6}|[a-z]+)")


def classes_of(node: LexborNode) -> set[str]:
    """The classes of an element."""
    return set((node.attributes.get("class") or "").split())


def is_out_of_sight(node: LexborNode) -> bool:
    """Whether an element says of itself that it is not shown."""
    attributes = node.attributes
    style = attributes.get("style") or ""
    return "hidden" in attributes or "ltx_nodisplay" in classes_of(node) or bool(style and gone(style))


def is_loose(node: LexborNode, classes: set[str]) -> bool:
    """Whether it stands apart from the words around it, in the same block."""
    return node.tag in LOOSE or bool(classes & LOOSE_CLASSES) or "float:" in (node.attributes.get("style") or "")


def is_own_heading(node: LexborNode, classes: set[str]) -> bool:
    """Whether it is the title of the section around it, which was read before."""
    if "ltx_title" not in classes:
        return False
    parent = node.parent
    return parent is not None and bool(classes_of(parent) & (LEVELS.keys() | {"ltx_abstract", "ltx_bibliography"}))


def raised(tag: str, words: str, before: str, *, is_cited: bool) -> str:
    """What stands above or below the line, on it: `10^-3` is not `10-3`, and a note's mark is no digit."""
    if not words or (before[-1:].isdigit() and _ORDINAL.fullmatch(words)):
        return words
    if tag == "sup" and (is_cited or words.startswith("[")):
        return f" {words}" if words.startswith("[") else f" [{words}]"
    mark = "^" if tag == "sup" else "_"
    return f"{mark}{words}" if _SHORT.fullmatch(words) else f"{mark}({words})"


def innermost(node: LexborNode, kinds: set[str]) -> int:
    """Which element of those classes is the innermost around this one."""
    above = node.parent
    while above is not None and not classes_of(above) & kinds:
        above = above.parent
    return above.mem_id if above is not None else 0


def old_style(attributes: dict[str, str | None]) -> str:
    """What older attributes say, as a style."""
    named = (("color", "color"), ("bgcolor", "background-color"))
    said = [f";{name}:{attributes[key]}" for key, name in named if attributes.get(key)]
    return "".join(said)


def ground_of(picture: LexborNode) -> Colour | None:
    """White, unless a shape of the picture is filled with something darker: then what lies under a word is unknown."""
    for found in _SHAPE.finditer(picture.html or ""):
        colour = colour_of(found[1])
        is_plain = found[1] in ("none", "white") or (colour is not None and contrast(colour, WHITE) < 1.2)
        if not is_plain:
            return None
    return WHITE
