"""An entry that is odd costs itself: it is left out and named, and every other paper of the day stays as it is."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import AnnounceType, Batch
from bot.sources.api import parse_api
from bot.sources.feed import parse_feed
from bot.sources.listing import parse_listing
from tests.fakes.feeds import api_answer, atom, invent, new_page, rss

TUESDAY = date(2026, 6, 2)
PAPERS = [
    invent(1),
    invent(2, title="Sören’s Cupboards"),
    invent(3, type="cross"),
    invent(4, type="replace", version=2),
]
TAGS = {rss: (b"<item>", b"</item>"), atom: (b"<entry>", b"</entry>")}
LEFT_OUT = {
    "no kind of announcement": (
        (b"<arxiv:announce_type>new</arxiv:announce_type>", b""),
        (b"arXiv:2606.00002v1 Announce Type: new \nAbstract: ", b""),
    ),
    "no kind in its element alone, and an unknown one in its text": (
        (b"<arxiv:announce_type>new</arxiv:announce_type>", b""),
        (b"Announce Type: new", b"Announce Type: renewed"),
    ),
    "two kinds of announcement": ((b"Announce Type: new", b"Announce Type: replace"),),
    "no id": (
        (b"oai:arXiv.org:2606.00002v1", b"oai:arXiv.org:"),
        (b"abs/2606.00002", b""),
        (b"arXiv:2606.00002v1", b"arXiv:"),
    ),
    "a guid of another paper": ((b"oai:arXiv.org:2606.00002v1", b"oai:arXiv.org:2606.00009v1"),),
    "a guid of another version": ((b"oai:arXiv.org:2606.00002v1", b"oai:arXiv.org:2606.00002v3"),),
    "a link to another paper": ((b"abs/2606.00002", b"abs/2606.00009"),),
    "a version of eleven digits": ((b"2606.00002v1", b"2606.00002v12345678901"),),
    "no title": ((b"S\xc3\xb6ren\xe2\x80\x99s Cupboards", b""),),
    "no abstract": ((b"We arrange cupboard 2 where", b"</description><description>arXiv:"),),
    "a title of a million letters": ((b"S\xc3\xb6ren", b"o" * 1_000_000),),
    "a million authors": ((b"A. Author, B. Author", b"A. Author, " * 100_000),),
    "markup that is not closed": ((b"We arrange", b"<b>We arrange"),),
    "an entity that nobody knows": ((b"We arrange", b"&nobody;"),),
    "a number that is no character": ((b"We arrange", b"&#0;"),),
    "two titles": ((b"<title>S", b"<title>A Loose One</title><title>S"),),
    "two abstracts": ((b"<description>", b"<description>A loose one</description><description>"),),
    "its end twice": ((b"</title>", b"</title></channel></rss>"),),
}


def damaged(serialize, *changes: tuple[bytes, bytes], number: int = 2) -> bytes:  # type: ignore[no-untyped-def]
    """The day with changes in the entry of that number."""
    begin, end = TAGS[serialize]
    pieces = serialize(TUESDAY, PAPERS).split(begin)
    piece, mark, rest = pieces[number].partition(end)
    for old, new in changes:
        piece = piece.replace(old, new)
    pieces[number] = piece + mark + rest
    return begin.join(pieces)


def read(body: bytes) -> Batch:
    batch = parse_feed(body, "cs.AI").batch
    assert batch is not None
    return batch


def whole(serialize) -> Batch:  # type: ignore[no-untyped-def]
    return read(serialize(TUESDAY, PAPERS))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_an_odd_entry_is_left_out_and_named_and_the_others_stay(name: str) -> None:
    body = damaged(rss, *LEFT_OUT[name])
    assert body != rss(TUESDAY, PAPERS)
    batch = read(body)
    assert batch.entries == tuple(one for one in whole(rss).entries if str(one.paper.id) != "2606.00002")
    assert len(batch.left_out) == 1
    assert name == "no id" or name.startswith("a guid of another paper") or "2606.00002" in batch.left_out[0]
    assert batch.day == TUESDAY


@pytest.mark.parametrize("gap", [b"<br/>", b"<br />\n", b"<p/>", b"&lt;br/&gt;", b"&amp;nbsp;"])
def test_markup_before_the_abstract_is_no_part_of_it(gap: bytes) -> None:
    batch = read(damaged(rss, (b"Announce Type: new \nAbstract:", b"Announce Type: new " + gap + b"Abstract:")))
    assert batch == whole(rss)


LOOSE = (
    b"<published>1999-01-01T00:00:00Z</published>",
    b"<pubDate>Fri, 01 Jan 1999 00:00:00 -0400</pubDate>",
    b"<issued>1999-01-01</issued>",
)


@pytest.mark.parametrize("loose", LOOSE)
@pytest.mark.parametrize("serialize", [rss, atom])
def test_a_date_that_came_loose_from_an_entry_is_not_the_days(serialize, loose: bytes) -> None:  # type: ignore[no-untyped-def]
    tag, end = TAGS[serialize]
    body = serialize(TUESDAY, PAPERS)
    assert read(body.replace(tag, loose + tag, 1)) == whole(serialize)
    assert read(body.replace(end, end + loose, 1)).day == TUESDAY
    *rest, last = body.split(end)
    assert read(end.join(rest) + end + loose + last).day == TUESDAY


@pytest.mark.parametrize("serialize", [rss, atom])
@pytest.mark.parametrize(
    "loose",
    [
        *LOOSE,
        b"<title>A Loose One</title>",
        b"<image><title>A Picture</title></image>",
        b"<updated>1999-01-01T00:00:00Z</updated>",
        b"<lastBuildDate>Fri, 01 Jan 1999 00:00:00 -0400</lastBuildDate>",
        b"<link>https://arxiv.org/abs/2606.00099</link>",
        b"<guid isPermaLink='false'>oai:arXiv.org:2606.00099v1</guid>",
        b"<id>oai:arXiv.org:2606.00099v1</id>",
        b"<language>de</language>",
        b"<category>cs.ZZ</category>",
        b'<category term="cs.ZZ"/>',
        b"<description>arXiv:2606.00099v1 Announce Type: new \nAbstract: Loose.</description>",
        b"<summary>arXiv:2606.00099v1 Announce Type: new \nAbstract: Loose.</summary>",
        b"<dc:creator>Nobody</dc:creator>",
        b"<arxiv:announce_type>replace</arxiv:announce_type>",
    ],
)
def test_whatever_stands_around_the_entries_changes_neither_day_nor_category_nor_paper(serialize, loose: bytes) -> None:  # type: ignore[no-untyped-def]
    """Before the feed's own title, before the first entry, between two, and behind the last."""
    tag, end = TAGS[serialize]
    body = serialize(TUESDAY, PAPERS)
    for at in (body.index(b"<title>"), body.index(tag), body.index(end) + len(end), body.rindex(end) + len(end)):
        fetched = parse_feed(body[:at] + loose + body[at:], None)
        assert fetched.batch is not None
        assert fetched.day == TUESDAY
        assert (fetched.batch.category, fetched.batch.entries) == ("cs.AI", whole(serialize).entries)


@pytest.mark.parametrize("serialize", [rss, atom])
def test_two_entries_that_ran_together_cost_no_other_and_mix_no_words(serialize) -> None:  # type: ignore[no-untyped-def]
    tag, end = TAGS[serialize]
    body = serialize(TUESDAY, PAPERS)
    first = body.index(end)
    second = body.index(tag, first)
    for rest in (body[second + len(tag) :], body[body.index(b"<title>", second) :]):
        batch = read(body[:first] + rest)
        assert batch.entries == whole(serialize).entries[2:]
        assert len(batch.left_out) == 1


@pytest.mark.parametrize("serialize", [rss, atom])
def test_one_byte_that_is_no_utf_8_is_replaced_and_nothing_else(serialize) -> None:  # type: ignore[no-untyped-def]
    batch = read(damaged(serialize, (b"We arrange", b"We \xfcarrange"), number=1))
    first, *others = batch.entries
    assert first.paper.abstract.startswith("We \ufffdarrange cupboard 1")
    assert others == list(whole(serialize).entries[1:]), "Sören is not SĂśren"
    assert batch.left_out == ()


@pytest.mark.parametrize("declared", [b"us-ascii", b"iso-8859-1", b"bogus-8"])
def test_what_is_utf_8_is_read_as_that_whatever_it_declares(declared: bytes) -> None:
    body = rss(TUESDAY, PAPERS).replace(b"encoding='UTF-8'", b"encoding='" + declared + b"'")
    assert read(body) == whole(rss)


@pytest.mark.parametrize("declared", [b"idna", b"undefined", b"bogus-8"])
def test_a_wrong_byte_costs_no_day_where_what_is_declared_is_no_encoding_of_texts(declared: bytes) -> None:
    body = damaged(rss, (b"We arrange", b"We \xfcarrange")).replace(
        b"encoding='UTF-8'", b"encoding='" + declared + b"'"
    )
    batch = read(body)
    assert (len(batch.entries), batch.left_out) == (4, ())
    assert batch.entries[1].paper.abstract.startswith("We \ufffdarrange")


def test_a_control_character_is_replaced() -> None:
    batch = read(damaged(rss, (b"We arrange", b"We \x00\x0barrange")))
    assert len(batch.entries) == 4
    assert batch.entries[1].paper.abstract.startswith("We \ufffd\ufffdarrange")


def test_the_same_paper_twice_and_not_alike_is_named_and_the_first_stands() -> None:
    batch = read(rss(TUESDAY, [*PAPERS, invent(2, type="replace", title="Another", version=1)]))
    assert batch.entries == whole(rss).entries
    assert batch.left_out == ("2606.00002 (it is there twice, and not alike)",)


def test_the_date_of_an_atom_feed_is_what_most_entries_say() -> None:
    for wrong in (b"1999-01-01T00:00:00-04:00", b"yesterday", b"9999-01-01T00:00:00-04:00"):
        begun = damaged(atom, (b"<published>2026-06-02T00:00:00-04:00", b"<published>" + wrong), number=1)
        assert read(begun) == whole(atom)


def test_a_day_in_which_every_entry_is_odd_is_malformed_and_no_quiet_day() -> None:
    body = rss(TUESDAY, PAPERS).replace(b"Announce Type: ", b"Announce Type: re")
    with pytest.raises(SourceUnavailable, match="No entry of the feed can be read") as caught:
        parse_feed(body, "cs.AI")
    assert caught.value.outcome == Outcome.MALFORMED


def test_an_odd_entry_of_the_api_costs_no_other_paper() -> None:
    answer = api_answer(PAPERS)
    for old, new in (
        (b"abs/2606.00002v1", b"abs/none"),
        (b"S\xc3\xb6ren\xe2\x80\x99s Cupboards", b""),
        (b"<title>S", b"<title>&x;"),
    ):
        assert sorted(map(str, parse_api(answer.replace(old, new), 4))) == ["2606.00001", "2606.00003", "2606.00004"]


def test_an_entry_of_the_listing_without_an_id_is_named_and_the_others_stay() -> None:
    page = new_page(TUESDAY, PAPERS)
    odd = re.sub(rb"(/abs/|/html/)2606\.00002(v1)?", rb"\1gone", page)
    assert odd != page
    listing = parse_listing(odd, "cs.AI")
    assert listing.entries == tuple(one for one in parse_listing(page, "cs.AI").entries if str(one.id) != "2606.00002")
    assert [day for day, _ in listing.left_out] == [TUESDAY]
    assert (listing.shown, listing.total) == (4, 4)


NASTY = (
    "<", ">", "&", "</item>", "<item>", "</entry>", "<entry>", "<item></item>", "</channel>", "</rss>", "<!--", "-->",
    "<![CDATA[", "]]>", "<channel>", "<feed>", "<title>x</title>", "<image><title>x</title></image>", "\0", "\x0b",
    "<br/>", "&#xD800;", "<?xml version='1.0'?>", "<!DOCTYPE x>", "xmlns:arxiv='x'", "<x:y/>", "<pubDate>x</pubDate>",
    "v99999999999", "arXiv:", "2606.00099", "Announce Type: cross", "Abstract:", "<guid>x</guid>", "\ud7ff", "\u202e",
    "<published>1999-01-01T00:00:00Z</published>", "<arxiv:announce_type>x</arxiv:announce_type>",
)  # fmt: skip
junk = st.one_of(st.sampled_from(NASTY).map(str.encode), st.binary(max_size=12), st.just(b""))


@settings(max_examples=300, deadline=None)
@given(
    serialize=st.sampled_from([rss, atom]),
    number=st.integers(1, len(PAPERS)),
    begin=st.floats(0, 1),
    length=st.one_of(st.just(0), st.integers(0, 400)),
    new=st.lists(junk, max_size=3).map(b"".join),
)
def test_one_entry_damaged_in_whatever_way_leaves_every_other_as_it_is(serialize, number, begin, length, new) -> None:  # type: ignore[no-untyped-def]
    tag, end = TAGS[serialize]
    body = serialize(TUESDAY, PAPERS)
    starts = [found.start() for found in re.finditer(re.escape(tag), body)]
    start, stop = starts[number - 1], body.index(end, starts[number - 1]) + len(end)
    at = start + int(begin * (stop - start))
    until = min(at + length, stop)
    batch = read(body[:at] + new + body[until:])
    sound = whole(serialize)
    mine = sound.entries[number - 1].paper.id
    others = [one for one in sound.entries if one.paper.id != mine]
    assert batch.day == sound.day
    assert [one for one in batch.entries if one in others] == others
    assert len(batch.entries) <= len(others) + 2, "a damaged entry may fall apart, and makes no other"
    assert all(one.type in AnnounceType for one in batch.entries)


@pytest.mark.parametrize("opened", [b"<!--", b"<![CDATA[", b"<!--" * 1000])
@pytest.mark.parametrize("serialize", [rss, atom])
def test_a_comment_that_never_ends_costs_its_own_entry_alone(serialize, opened: bytes) -> None:  # type: ignore[no-untyped-def]
    body, (tag, _) = serialize(TUESDAY, PAPERS), TAGS[serialize]
    at = body.index(tag) + len(tag)
    sound = whole(serialize)
    assert list(read(body[:at] + opened + body[at:]).entries) == list(sound.entries[1:])


def test_what_is_torn_behind_the_last_entry_costs_no_entry() -> None:
    body = rss(TUESDAY, PAPERS)
    at = body.rindex(b"</item>") + len(b"</item>")
    assert list(read(body[:at] + b"<" + body[at:]).entries) == list(whole(rss).entries)
