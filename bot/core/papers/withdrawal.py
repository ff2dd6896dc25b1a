"""Whether words say that their own paper is withdrawn; arXiv has no flag for it.

Authors write the notice as they like, arXiv's administrators in their own form. What was taken back from somewhere
else ("withdrawn from the proceedings"), an earlier version, or another paper is no withdrawal.
"""

import re

LONGEST_COMMENT = 2000
LONGEST_NOTICE = 300  # a longer abstract that begins with a bare "Withdrawn due to" is about something else
_BEGIN = r"[^\w\"\u201c]{0,20}(?:(?:bf|it|em|emph|textbf|textit)\b\W{0,9})?"  # marks, TeX's too, and no quotation
_NOUN = (
    r"(?:arxiv )?(?:paper|submission|article|manuscript|pre-?print|e-?print|work|version|note|letter|report|draft"
    r"|document)s?"
)
_ADVERBS = r"(?:,? ?(?:now|hereby|therefore|thus|unfortunately|temporarily|permanently|already|voluntarily),? ){0,2}"
_BY = r"by (?:[\w'-]+ ){0,3}(?:authors?|submitters?|owners?|arxiv|admin\w*|us|me)\b"
_ELSEWHERE = (
    rf"(?!,? ?(?:{_BY} ?)?,? ?(?:by mistake\b|as an? (?:[\w-]+ ){{1,4}}submission\b|from (?!(?:the )?arxiv)"
    r"|before\b|prior to\b|after (?:\w+ )?(?:accept|review)))"
)
_WHY = (
    rf"(?= ?(?:$|[.,:;!)\]*}}\u2013\u2014-])| {_BY}"
    r"| (?:due|because|since|as|owing|until|pending|for|and|while|to|upon|on|at the|in (?:favou?r|view|order|light))\b)"
)
_GONE = rf"(?:(?:withdrawn|retracted){_ELSEWHERE}|removed by arxiv)"
_IS = rf"(?:has|have|is|are|was|were) ?{_ADVERBS}(?:been |being )?{_ADVERBS}"
_THIS = re.compile(
    rf"(?:^|[.;:,([*{{]){_BEGIN}"
    rf"(?:this {_NOUN} (?:(?:has|have) ?{_ADVERBS}been {_ADVERBS}{_GONE}|{_IS}{_GONE}{_WHY})"
    r"|(?:the (?:[\w-]+ )?(?:authors?|submitters?)|we|i|authors?) "
    rf"(?:have |has |am |are |hereby |wish to |want to |would like to |decided to ){{0,3}}{_ADVERBS}"
    rf"(?:withdr(?:aw|aws|ew|awn|awing)|retract(?:s|ed|ing)?) (?:this|the present) {_NOUN}\b(?!['\u2019])"
    rf"{_ELSEWHERE})",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"^(?=(?P<figures>(?:[\d ,.;+&]|pages?\b|pp\b|figures?\b|tables?\b|and\b)*))(?P=figures)"  # and no way back
    rf"{_BEGIN}(?:arxiv admin (?:note|comment): ?)?"
    rf"(?:(?:(?:the|our) )?{_NOUN} {_IS}{_GONE}(?:{_WHY}| \()|(?:{_NOUN} )?{_GONE}{_WHY}(?! and [\w-]+ {_NOUN}\b))",
    re.IGNORECASE,
)


def says_withdrawn(comment: str, abstract: str) -> bool:
    """Whether a paper's comment, or the beginning of its abstract, both collapsed, is a notice of its withdrawal."""
    comment = comment[:LONGEST_COMMENT]
    notices = [comment, abstract] if len(abstract) <= LONGEST_NOTICE else [comment]
    return any(_THIS.search(text) or _BARE.match(text) for text in notices) or _THIS.match(abstract) is not None
