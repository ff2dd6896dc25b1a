"""Structures that latexml-oxide's own tests have, in invented pages: what is no text is none, nothing runs together."""

from bot.core.fulltext.fulltext import Extract
from bot.sources.fulltext.html import read_html
from bot.text.tex import readable
from tests.fakes import latexml


def read(body: str, front: str = "") -> Extract:
    return read_html(latexml.oxide_page(body, front=front), readable)


def texts(body: str) -> list[str]:
    return [block.text for block in read(body).blocks]


def test_short_and_long_descriptions_for_who_listens_accuse_nobody() -> None:
    descriptions = "".join(
        f'<span class="ltx_note ltx_nodisplay ltx_acm_description{kind}">The two doors look the same to anybody.</span>'
        for kind in ("_short", "")
    )
    extract = read(latexml.part("figure", "a", f"Two doors.{descriptions}"))
    assert (extract.hidden, [block.text for block in extract.blocks]) == ((), ["(a) Two doors."])


def test_blanks_that_a_listing_draws_are_blanks() -> None:
    assert texts(latexml.SPACED_LISTING) == ["for shelf"]


def test_the_number_of_a_formula_stands_behind_its_last_line() -> None:
    assert texts(latexml.FORMULA_OF_TWO_LINES) == ["f(x) +h(x) (1a)"]


def test_a_number_on_the_left_stays_before_its_formula() -> None:
    number = '<td rowspan="2" class="ltx_eqn_cell ltx_eqn_eqno ltx_align_left">(1a)</td>'
    row = '<tr class="ltx_eqn_row">{}<td class="ltx_td ltx_eqn_cell">{}</td></tr>'
    table = f'<table class="ltx_eqn_table"><tbody>{row.format(number, "a")}{row.format("", "b")}</tbody></table>'
    assert texts(table) == ["(1a) a b"]


def test_a_comment_at_the_side_does_not_run_into_its_line() -> None:
    assert texts(latexml.SIDE_COMMENT) == ["dust(a,b) ▹ Both shelves."]


def test_a_title_that_asks_gets_no_full_stop() -> None:
    assert texts(latexml.section(1, "First.") + latexml.ASKING_TITLE)[1] == "Does it hold? Every shelf does."


def test_pictures_set_in_a_formula_are_no_text() -> None:
    assert texts(latexml.section(1, f"See {latexml.formula(latexml.PANELS_IN_A_FORMULA)} here.")) == ["See here."]


def test_a_caption_that_is_its_letter_alone_says_nothing() -> None:
    assert texts(latexml.part("figure", "a", "")) == []


def test_what_stands_before_the_title_is_no_text_of_the_paper() -> None:
    page = latexml.oxide_page(latexml.section(1, "We count."))
    stray = b'<div class="ltx_para"><p class="ltx_p">1 9</p></div><h1 class="ltx_title ltx_title_document">'
    extract = read_html(page.replace(b'<h1 class="ltx_title ltx_title_document">', stray), readable)
    assert [block.text for block in extract.blocks] == ["We count."]


def test_acknowledgements_without_a_title_are_named() -> None:
    [block] = read(latexml.UNTITLED_THANKS).blocks
    assert (block.heading, block.text) == ("Acknowledgements", "The shelf fund paid.")


def test_a_label_that_was_not_found_is_shown_as_tex_shows_it() -> None:
    assert texts(latexml.section(1, f"As in {latexml.MISSING_LABEL} above.")) == ["As in ?? above."]


def test_a_reference_does_not_say_where_it_is_cited() -> None:
    assert read(latexml.CITED_ENTRY).references == ("[1] B. Writer. On shelves.",)
