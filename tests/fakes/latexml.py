"""Invented papers as arXiv's HTML has them: every structure that LaTeXML makes, in its own words and classes.

`paper()` is a whole page; `sections(count)` makes a long one of sentences that differ.
"""

FRAME = """<!DOCTYPE html><html lang="en">
<head>
<meta content="text/html; charset=utf-8" http-equiv="content-type"/>
<title>{title}</title>
<!--Generated on Mon Jun  1 10:00:00 2026 by LaTeXML (version 0.8.8) http://dlmf.nist.gov/LaTeXML/.-->
<base href="/html/{id}v{version}/"/></head>
<body>
<nav class="ltx_page_navbar">
<nav class="ltx_TOC"><ol class="ltx_toclist"><li class="ltx_tocentry ltx_tocentry_section">
<a class="ltx_ref" href="#S1"><span class="ltx_text ltx_ref_title">1 Introduction</span></a></li></ol></nav></nav>
<div class="ltx_page_main">
<div class="ltx_page_content"><div id="target-section" class="section"><a id="license-tr"
 href="https://info.arxiv.org/help/license/index.html#licenses-available">License: CC BY 4.0</a>
<div id="watermark-tr">arXiv:{id}v{version} [cs.AI] 01 Jun 2026</div></div>
<article class="ltx_document ltx_authors_1line">
<h1 class="ltx_title ltx_title_document">{title}</h1>
<div class="ltx_authors">
<span class="ltx_creator ltx_role_author"><span class="ltx_personname">Ann Author
</span><span class="ltx_author_notes"><span class="ltx_contact ltx_role_affiliation">University of Shelves</span></span></span>
</div>
{body}
</article>
</div>
<footer class="ltx_page_footer"><div class="ltx_page_logo">Generated on Mon Jun 1 by <a class="ltx_LaTeXML_logo"
 href="http://dlmf.nist.gov/LaTeXML/">LATEXML</a></div></footer>
</div>
</body></html>"""

ABSTRACT = """<div class="ltx_abstract">
<h6 class="ltx_title ltx_title_abstract">Abstract</h6>
<p class="ltx_p" id="id1.id1">We fill cupboards with <math alttext="n^{2}" class="ltx_Math" display="inline" id="id1.m1"><semantics>
<msup><mi>n</mi><mn>2</mn></msup><annotation encoding="application/x-tex">n^{2}</annotation></semantics></math> drawers.</p>
</div>"""

INTRODUCTION = """<section class="ltx_section" id="S1">
<h2 class="ltx_title ltx_title_section"><span class="ltx_tag ltx_tag_section">1 </span>Introduction</h2>
<div class="ltx_para" id="S1.p1">
<p class="ltx_p" id="S1.p1.1">Cupboards are old <cite class="ltx_cite ltx_citemacro_citep">[<a class="ltx_ref" href="#bib.bib1"
 title="">1</a>]</cite>.<span class="ltx_note ltx_role_footnote" id="footnote1"><sup class="ltx_note_mark">1</sup><span
 class="ltx_note_outer"><span class="ltx_note_content"><sup class="ltx_note_mark">1</sup><span class="ltx_tag ltx_tag_note">1</span>The
 oldest one is lost.</span></span></span> Drawers are younger.</p>
</div>
<div class="ltx_para" id="S1.p2">
<ul class="ltx_itemize" id="S1.I1">
<li class="ltx_item" id="S1.I1.i1" style="list-style-type:none;"><span class="ltx_tag ltx_tag_item">•</span>
<div class="ltx_para" id="S1.I1.i1.p1"><p class="ltx_p" id="S1.I1.i1.p1.1">We count shelves.</p></div></li>
<li class="ltx_item" id="S1.I1.i2" style="list-style-type:none;"><span class="ltx_tag ltx_tag_item">•</span>
<div class="ltx_para" id="S1.I1.i2.p1"><p class="ltx_p" id="S1.I1.i2.p1.1">We weigh doors.</p></div></li>
</ul>
</div>
<section class="ltx_subsection" id="S1.SS1">
<h3 class="ltx_title ltx_title_subsection"><span class="ltx_tag ltx_tag_subsection">1.1 </span>Shelves</h3>
<div class="ltx_para" id="S1.SS1.p1">
<p class="ltx_p" id="S1.SS1.p1.1">The load is</p>
<table class="ltx_equation ltx_eqn_table" id="S1.E1">
<tbody><tr class="ltx_equation ltx_eqn_row ltx_align_baseline">
<td class="ltx_eqn_cell ltx_eqn_center_padleft"></td>
<td class="ltx_eqn_cell ltx_align_center"><math alttext="L=\\frac{w}{s}" class="ltx_Math" display="block" id="S1.E1.m1"><semantics>
<mrow><mi>L</mi><mo>=</mo><mfrac><mi>w</mi><mi>s</mi></mfrac></mrow></semantics></math></td>
<td class="ltx_eqn_cell ltx_eqn_center_padright"></td>
<td class="ltx_eqn_cell ltx_eqn_eqno ltx_align_middle ltx_align_right" rowspan="1"><span
 class="ltx_tag ltx_tag_equation ltx_align_right">(1)</span></td>
</tr></tbody>
</table>
<p class="ltx_p" id="S1.SS1.p1.2">where <math alttext="s" class="ltx_Math" display="inline" id="S1.SS1.p1.2.m1"><mi>s</mi></math> is the span.</p>
</div>
<figure class="ltx_table" id="S1.T1">
<figcaption class="ltx_caption ltx_centering"><span class="ltx_tag ltx_tag_table">Table 1: </span>Loads of two shelves.</figcaption>
<table class="ltx_tabular ltx_centering ltx_guessed_headers ltx_align_middle">
<thead class="ltx_thead"><tr class="ltx_tr" id="S1.T1.1.1.1"><th class="ltx_td ltx_align_left ltx_th ltx_th_column ltx_border_tt">Shelf</th>
<th class="ltx_td ltx_align_right ltx_th ltx_th_column ltx_border_tt">Load</th></tr></thead>
<tbody class="ltx_tbody"><tr class="ltx_tr" id="S1.T1.1.2.1"><td class="ltx_td ltx_align_left ltx_border_t">oak</td>
<td class="ltx_td ltx_align_right ltx_border_t"><math alttext="93.1" class="ltx_Math" display="inline"><mn>93.1</mn></math></td></tr></tbody>
</table>
</figure>
<figure class="ltx_figure" id="S1.F1"><img alt="Refer to caption" class="ltx_graphics ltx_img_landscape" height="100" src="x1.png" width="200"/>
<figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_figure">Figure 1: </span>A cupboard from the left.</figcaption>
</figure>
</section>
</section>"""

THEOREM = """<section class="ltx_section" id="S2">
<h2 class="ltx_title ltx_title_section"><span class="ltx_tag ltx_tag_section">2 </span>Theory</h2>
<div class="ltx_theorem ltx_theorem_theorem" id="Thmtheorem1">
<h6 class="ltx_title ltx_runin ltx_title_theorem"><span class="ltx_tag ltx_tag_theorem"><span
 class="ltx_text ltx_font_bold">Theorem 1</span></span><span class="ltx_text ltx_font_bold"> (Fullness).</span></h6>
<div class="ltx_para" id="Thmtheorem1.p1"><p class="ltx_p"><span class="ltx_text ltx_font_italic">Every cupboard is finite.</span></p></div>
</div>
<div class="ltx_proof"><h6 class="ltx_title ltx_runin ltx_font_italic ltx_title_proof">Proof.</h6>
<div class="ltx_para" id="S2.p1"><p class="ltx_p">We count. <span class="ltx_ERROR undefined">\\shelfmacro</span>The count ends. ∎</p></div>
</div>
<section class="ltx_paragraph" id="S2.SS0.SSS0.Px1">
<h5 class="ltx_title ltx_title_paragraph">Scope.</h5>
<div class="ltx_para" id="S2.SS0.SSS0.Px1.p1"><p class="ltx_p">Wardrobes are left out.</p></div>
</section>
</section>"""

BACK = """<section class="ltx_bibliography" id="bib">
<h2 class="ltx_title ltx_title_bibliography">References</h2>
<ul class="ltx_biblist">
<li class="ltx_bibitem" id="bib.bib1"><span class="ltx_tag ltx_role_refnum ltx_tag_bibitem">[1]</span>
<span class="ltx_bibblock">B. Writer.
</span><span class="ltx_bibblock">On shelves.
</span><span class="ltx_bibblock"><em class="ltx_emph ltx_font_italic">Journal of Cupboards</em>, 2001.</span></li>
</ul>
</section>
<section class="ltx_appendix" id="A1">
<h2 class="ltx_title ltx_title_appendix"><span class="ltx_tag ltx_tag_appendix">Appendix A </span>Longer Proofs</h2>
<div class="ltx_para" id="A1.p1"><p class="ltx_p">Here the doors are weighed again.</p></div>
<section class="ltx_subsection" id="A1.SS1">
<h3 class="ltx_title ltx_title_subsection"><span class="ltx_tag ltx_tag_subsection">A.1 </span>Hinges</h3>
<div class="ltx_para" id="A1.SS1.p1"><p class="ltx_p">Hinges are light.</p></div>
</section>
</section>"""

WHOLE = ABSTRACT + INTRODUCTION + THEOREM + BACK


def page(body: str, *, id: str = "2606.00001", version: int = 1, title: str = "On Cupboards") -> bytes:
    """A page of arXiv around what LaTeXML made."""
    return FRAME.format(body=body, id=id, version=version, title=title).encode()


def section(number: int, *paragraphs: str, heading: str = "Part") -> str:
    """A section of plain paragraphs."""
    shown = "".join(
        f'<div class="ltx_para" id="S{number}.p{at}"><p class="ltx_p" id="S{number}.p{at}.1">{words}</p></div>\n'
        for at, words in enumerate(paragraphs, 1)
    )
    tag = f'<span class="ltx_tag ltx_tag_section">{number} </span>'
    return (
        f'<section class="ltx_section" id="S{number}">\n<h2 class="ltx_title ltx_title_section">{tag}{heading} {number}'
        f"</h2>\n{shown}</section>\n"
    )


def formula(tex: str) -> str:
    """An inline formula with its MathML, which is longer than what it says."""
    atoms = "".join(f"<mi>{letter}</mi><mo>+</mo>" for letter in "abcd")
    return (
        f'<math alttext="{tex}" class="ltx_Math" display="inline"><semantics><mrow>{atoms}</mrow>'
        f'<annotation encoding="application/x-tex">{tex}</annotation></semantics></math>'
    )


def sentence(number: int) -> str:
    """The invented sentence number so and so, with a formula in it."""
    tex = f"\\alpha_{{{number % 97}}}\\leq\\frac{{{number}}}{{\\beta}}"
    shown = formula(f"\\left(\\sqrt{{\\frac{{x_{{{number}}}}}{{2}}}}\\right)" if number % 3 == 0 else tex)
    return (
        f"In cupboard {number} the {number % 13}th drawer holds {shown} boxes, which is {number % 7} more than before."
    )


def sections(pages: int) -> str:
    """A paper as long as so many printed pages (3,000 signs each), in sections of four pages."""
    a_section = 4 * 30
    total = pages * 30
    return "".join(
        section(
            at // a_section + 1,
            *(
                " ".join(sentence(number) for number in range(begin, min(begin + 6, total)))
                for begin in range(at, min(at + a_section, total), 6)
            ),
        )
        for at in range(0, total, a_section)
    )
