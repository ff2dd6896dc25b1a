"""Invented days in the form of arXiv's feed."""

ITEM = """<item><title>Invented system {number}</title><link>https://arxiv.org/abs/2606.{number:05}</link>
<description>arXiv:2606.{number:05}v1 Announce Type: {kind} \nAbstract: We present system {number}. It is invented.
</description><guid isPermaLink="false">oai:arXiv.org:2606.{number:05}v1</guid><category>cs.AI</category>
<pubDate>{date} 00:00:00 -0400</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type></item>"""
FEED = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel>
<title>cs.AI updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.AI</link><description>cs.AI</description>
<pubDate>{date} 00:00:00 -0400</pubDate>{entries}</channel></rss>"""
KINDS = ("new", "new", "cross", "replace")


def feed(date: str, first: int, count: int) -> str:
    """A small day in the form of arXiv's RSS."""
    numbers = range(first, first + count)
    items = [ITEM.format(number=number, date=date, kind=KINDS[number % len(KINDS)]) for number in numbers]
    return FEED.format(date=date, entries="".join(items))


DAYS = [feed("Mon, 01 Jun 2026", 1, 24), feed("Tue, 02 Jun 2026", 101, 60)]
