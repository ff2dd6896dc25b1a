"""What arXiv's page says of itself: which version it shows, and whether the converter broke off.

The version stands in `<base href="/html/<id>v<n>/">` (LaTeXML, until August 2026) and in `#watermark-tr` (both forms).
"""

import re

from selectolax.lexbor import LexborHTMLParser

from bot.core.errors import MalformedId
from bot.core.fulltext.fulltext import Extract, SectionKind
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.sources.fulltext.latexml import BROKEN

SHORT_MESSAGE = 200
A_SENTENCE = 8  # words
_UNENDED = re.compile(r"[a-z](?:,|-)?$")
_BREAKS_OFF = re.compile(r"had a fatal error|exited abruptly|may be truncated or damaged", re.IGNORECASE)


def version_of(page: LexborHTMLParser) -> int | None:
    """The version that the page shows; None where it does not say."""
    base, mark = page.css_first("base[href]"), page.css_first("#watermark-tr")
    for said in ((base.attributes.get("href") or "") if base else "", mark.text() if mark else ""):
        for word in said.split()[:1]:
            try:
                if (version := parse_arxiv_id(word.rstrip("/"))[1]) is not None:
                    return version
            except MalformedId:
                continue
    return None


def breaks_off(body: bytes, page: LexborHTMLParser) -> str:
    """Why the page is not the whole paper, in words for people; empty where nothing says so."""
    if _says_so(page):
        return "arXiv's HTML of it says that its making broke off"
    source = body.lower()
    if source.count(b"</article") < source.count(b"<article"):
        return "arXiv's HTML of it ends in the middle of the page"
    return ""


def stops_short(read: Extract) -> str:
    """Why what was read stops where no paper stops, within its last sentence and without references; else empty."""
    prose = [block.text for block in read.blocks if block.kind in (SectionKind.BODY, SectionKind.APPENDIX)]
    last = prose[-1] if prose else ""
    is_short = not read.references and len(last.split()) >= A_SENTENCE and _UNENDED.search(last) is not None
    return "arXiv's HTML of it ends in the middle of a sentence" if is_short else ""


def _says_so(page: LexborHTMLParser) -> bool:
    """Whether a message of the converter says that it died: in the paper, or between paper and foot of the page.

    The words are those of dginev/ar5iv (`dirty_branded_ar5iv_html`); arXiv's pages have the same. A paper that quotes
    them is none: only messages and what stands outside the paper's sections count.
    """
    messages = page.css(", ".join(f".{name}" for name in BROKEN) + ", .ltx_page_logo, .ltx_page_footer")
    if any(_BREAKS_OFF.search(message.text()) for message in messages):
        return True
    loose = page.css("article.ltx_document > p, article.ltx_document > div.ltx_para, .ltx_page_content > div")
    return any(len(words := lexbor_node.text()) < SHORT_MESSAGE and _BREAKS_OFF.search(words) for lexbor_node in loose)
