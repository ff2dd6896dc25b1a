"""The table of verbs. A verb is hidden when only buttons say it."""

from dataclasses import dataclass, replace

from bot.core.asked import Standing
from bot.core.dispute import CLAIMS
from bot.core.option import Kind, Option


@dataclass(frozen=True, slots=True)
class Verb:
    """A command: its name, one line of help, its options, who may use it, and an example that works.

    `is_slow`: its answer may need arXiv or a model, so that a receipt comes first.
    """

    name: str
    help: str
    example: str
    options: tuple[Option, ...] = ()
    needs: Standing = Standing.MEMBER
    is_slow: bool = False
    is_hidden: bool = False


def _paper(*, required: bool = True) -> Option:
    help_words = "an arXiv id, link or DOI"
    return Option("paper", Kind.PAPER, help_words, "2611.01234", is_required=required, is_positional=True)


LENS = Option("lens", Kind.LENS, "the name of a lens", "plain", is_positional=True, most=40)
FULL = Option("full", Kind.FLAG, "read the full text, not the abstract alone", "on")
PAGE = Option("page", Kind.NUMBER, "the page", "2", least=1, most=9999, is_hidden=True)
NAME = Option("name", Kind.NAME, "the name of a follow (see follow list)", "cs.AI", is_positional=True, most=80)
NAMED = Option(
    "name", Kind.NAME, "the name of a follow (see follow list)", "cs.AI", is_required=True, is_positional=True, most=80
)
CHANNEL = Option("channel", Kind.CHANNEL, "another channel than this one", "papers", most=100)
CATEGORIES_HELP = "one or more arXiv categories"
# What a follow can be told; the defaults are those of `core.follow.Follow`.
FOLLOW_SETTINGS = (
    Option("lens", Kind.LENS, "the lens to judge through", "plain", most=40),
    Option("mode", Kind.CHOICE, "how a day is posted", "top", choices=("top", "every", "digest")),
    Option("cards", Kind.NUMBER, "cards a day in mode top", "5", most=25),
    Option("limit", Kind.NUMBER, "messages a day at most", "10", least=1, most=100),
    Option("threshold", Kind.NUMBER, "the least score of a card", "0", most=100),
    Option("types", Kind.CHOICES, "announcement types", "new,cross", choices=("new", "cross")),
    Option("require", Kind.LIST, "words of which one must be there", "labour,agents"),
    Option("refuse", Kind.LIST, "words that keep a paper out", "survey"),
    Option("hour", Kind.HOUR, "the posting hour", "09:00"),
    Option("zone", Kind.ZONE, "the time zone", "Europe/Berlin", most=60),
    Option("days", Kind.WEEKDAYS, "the days to post on", "mon-fri"),
    Option("report", Kind.FLAG, "the Cope Report on Mondays", "on"),
    Option("report_hour", Kind.HOUR, "the report's hour on Mondays", "09:00"),
)

_VERBS = (
    Verb(
        "verdict",
        "the verdict on a paper",
        "verdict 2611.01234",
        (_paper(), LENS, FULL),
        is_slow=True,
    ),
    Verb(
        "ask",
        "ask a paper a question; in its thread, or of any paper",
        "ask What was it compared with? paper=2611.01234",
        (
            Option(
                "question",
                Kind.WORDS,
                "what you want to know",
                "What was it compared with?",
                is_required=True,
                is_positional=True,
                most=1000,
            ),
            Option("paper", Kind.PAPER, "an arXiv id, link or DOI; in a thread, its own", "2611.01234"),
            Option("lens", Kind.LENS, "the name of a lens", "plain", most=40),
        ),
        is_slow=True,
    ),
    Verb("stop", "be silent in this thread until somebody addresses me again", "stop"),
    Verb(
        "dispute",
        "object to a claim of a verdict",
        "dispute 2611.01234 plain fallacy The text names its baseline.",
        (
            _paper(),
            Option("lens", Kind.LENS, "the name of a lens", "plain", is_required=True, is_positional=True, most=40),
            Option(
                "claim",
                Kind.CHOICE,
                "which claim",
                "fallacy",
                is_required=True,
                is_positional=True,
                choices=CLAIMS,
            ),
            Option(
                "reason",
                Kind.WORDS,
                "why it is wrong",
                "The text names its baseline.",
                is_required=True,
                is_positional=True,
                most=1000,
            ),
        ),
    ),
    Verb(
        "search",
        "search the verdicts that stand here",
        "search call center agents",
        (
            Option("words", Kind.WORDS, "words to look for", "agents", is_required=True, is_positional=True, most=80),
            Option("category", Kind.CATEGORIES, "only this arXiv category", "cs.AI"),
            Option("since", Kind.DATE, "only papers announced on or after that day", "2026-06-01"),
            Option("until", Kind.DATE, "only papers announced on or before that day", "2026-06-30"),
            Option("lens", Kind.LENS, "only this lens", "plain", most=40),
            Option("class", Kind.NAME, "only this class", "lullaby", most=60),
            PAGE,
        ),
    ),
    Verb(
        "recent",
        "the latest verdicts here",
        "recent",
        (Option("lens", Kind.LENS, "only this lens", "plain", most=40), PAGE),
    ),
    Verb(
        "report",
        "the Cope Report of this week so far, or of another",
        "report 2026-W22",
        (Option("week", Kind.WEEK, "a week", "2026-W22", is_positional=True),),
    ),
    Verb("lens list", "the lenses, one line each", "lens list"),
    Verb(
        "lens show",
        "what a lens asks of a text",
        "lens show plain",
        (
            Option("lens", Kind.LENS, "the name of a lens", "plain", is_required=True, is_positional=True, most=40),
            PAGE,
        ),
    ),
    Verb(
        "follow add",
        "follow arXiv categories here; shows a preview before it is on",
        "follow add cs.AI cs.CL lens=plain hour=09:00 zone=Europe/Berlin",
        (
            Option(
                "categories", Kind.CATEGORIES, CATEGORIES_HELP, "cs.AI", is_required=True, is_positional=True, most=400
            ),
            *FOLLOW_SETTINGS,
        ),
        needs=Standing.ADMIN,
        is_slow=True,
    ),
    Verb("follow list", "what this place follows", "follow list"),
    Verb(
        "follow edit",
        "change a follow",
        "follow edit cs.AI cards=3 hour=18:00",
        (NAMED, Option("categories", Kind.CATEGORIES, CATEGORIES_HELP, "cs.AI", most=400), *FOLLOW_SETTINGS),
        needs=Standing.ADMIN,
    ),
    Verb("follow on", "turn a follow on", "follow on cs.AI", (NAME,), needs=Standing.ADMIN),
    Verb("follow pause", "stop posting until follow on", "follow pause cs.AI", (NAME,), needs=Standing.ADMIN),
    Verb("follow mute", "no posts for a week", "follow mute cs.AI", (NAME,), needs=Standing.ADMIN),
    Verb("follow fewer", "fewer cards a day", "follow fewer cs.AI", (NAME,), needs=Standing.ADMIN),
    Verb(
        "follow preview",
        "what today would look like here",
        "follow preview cs.AI",
        (NAME, PAGE),
        needs=Standing.ADMIN,
        is_slow=True,
    ),
    Verb("follow now", "post the latest day now", "follow now cs.AI", (NAME,), needs=Standing.ADMIN),
    Verb("follow remove", "follow no longer", "follow remove cs.AI", (NAMED,), needs=Standing.ADMIN),
    Verb(
        "sharing",
        "whether members may share verdicts here",
        "sharing off",
        (
            Option(
                "state", Kind.CHOICE, "on or off", "off", is_required=True, is_positional=True, choices=("on", "off")
            ),
        ),
        needs=Standing.ADMIN,
    ),
    Verb("status", "how the feed is, what was posted, and why a day is silent", "status"),
    Verb(
        "feedback",
        "tell the people who run the bot",
        "feedback The lens plain misses code links.",
        (
            Option(
                "words",
                Kind.WORDS,
                "what you want to say",
                "well done",
                is_required=True,
                is_positional=True,
                most=2000,
            ),
        ),
    ),
    Verb(
        "help",
        "this screen, or one command in full",
        "help follow add",
        (Option("command", Kind.WORDS, "a command", "verdict", is_positional=True, most=60),),
    ),
    Verb(
        "analysis",
        "the full analysis of a paper",
        "analysis 2611.01234",
        (_paper(), LENS, PAGE),
        is_hidden=True,
        is_slow=True,
    ),
    Verb("agree", "agree with a verdict", "agree 2611.01234 plain", (_paper(), LENS), is_hidden=True),
    Verb("disagree", "disagree with a verdict", "disagree 2611.01234 plain", (_paper(), LENS), is_hidden=True),
    Verb("discuss", "open the thread of a paper", "discuss 2611.01234 plain", (_paper(), LENS), is_hidden=True),
    Verb(
        "steelman",
        "the strongest case for a paper",
        "steelman 2611.01234 plain",
        (_paper(required=False), LENS),
        is_hidden=True,
        is_slow=True,
    ),
    Verb(
        "changes",
        "what would change the lens's mind about a paper",
        "changes 2611.01234 plain",
        (_paper(required=False), LENS),
        is_hidden=True,
        is_slow=True,
    ),
    Verb("share", "post a verdict here for all", "share 2611.01234 plain", (_paper(), LENS), is_hidden=True),
)


FREE_WORDS = ("feedback", "ask", "dispute")


def _paged(verb: Verb) -> Verb:
    """Any answer may be longer than a platform's post, so that every verb takes a page; but for free words."""
    has_page = any(option.name == PAGE.name for option in verb.options) or verb.name in FREE_WORDS
    return verb if has_page else replace(verb, options=(*verb.options, PAGE))


def _elsewhere(verb: Verb) -> Verb:
    """What a place follows may be decided from another channel: one cannot type commands in a forum, say."""
    return replace(verb, options=(*verb.options, CHANNEL)) if verb.name.startswith("follow ") else verb


COMMANDS = tuple(_paged(_elsewhere(verb)) for verb in _VERBS)
