"""The table of verbs. A verb is hidden when only buttons say it."""

from dataclasses import dataclass, replace

from bot.core.commands.event import Role
from bot.core.commands.options import Option, OptionKind
from bot.core.verdicts.dispute import CLAIM_NAMES, CLAIMS


@dataclass(frozen=True, slots=True)
class Verb:
    """A command: its name, one line of help, its options, who may use it, and an example that works.

    `is_slow`: its answer may need arXiv or a model, so that a receipt comes first. `is_of_thread`: it is said in a
    thread, where some platforms take no slash command.
    """

    name: str
    help: str
    example: str
    options: tuple[Option, ...] = ()
    needs: Role = Role.MEMBER
    is_slow: bool = False
    is_hidden: bool = False
    is_of_thread: bool = False


def _paper(*, required: bool = True) -> Option:
    help_words = "an arXiv id, link or DOI"
    return Option("paper", OptionKind.PAPER, help_words, "2611.01234", is_required=required, is_positional=True)


LENS = Option("lens", OptionKind.LENS, "the name of a lens", "plain", is_positional=True, most=40)
FULL = Option("full", OptionKind.FLAG, "read the full text, not the abstract alone", "on")
ANALYSIS = Option("analysis", OptionKind.FLAG, "the full analysis in place of the card", "on")
PAGE = Option("page", OptionKind.NUMBER, "the page", "2", least=1, most=9999, is_hidden=True)
NAME = Option("name", OptionKind.NAME, "the name of a follow", "cs.AI", is_positional=True, most=80)
NAMED = Option("name", OptionKind.NAME, "the name of a follow", "cs.AI", is_required=True, is_positional=True, most=80)
CHANNEL = Option("channel", OptionKind.CHANNEL, "another channel than this one", "papers", most=100)
CATEGORIES_HELP = "one or more arXiv categories"
# What a follow can be told; the defaults are those of `core.follow.Follow`.
FOLLOW_SETTINGS = (
    Option("lens", OptionKind.LENS, "the lens to judge through", "plain", most=40),
    Option(
        "mode",
        OptionKind.CHOICE,
        "how a day is posted: the top papers as cards, every paper a card, or one digest",
        "top",
        choices=("top", "every", "digest"),
    ),
    Option("cards", OptionKind.NUMBER, "how many cards a day, where the mode is top", "5", most=25),
    Option("limit", OptionKind.NUMBER, "messages a day at most", "10", least=1, most=100),
    Option(
        "threshold",
        OptionKind.NUMBER,
        "how near to the lens a paper must come for a card, up to 100; 0 for the lens's own",
        "0",
        most=100,
    ),
    Option(
        "types",
        OptionKind.CHOICES,
        "new papers, papers cross-listed from other categories, or both",
        "new,cross",
        choices=("new", "cross"),
    ),
    Option("require", OptionKind.LIST, "words of which a paper must have one", "labour,agents"),
    Option("refuse", OptionKind.LIST, "words that keep a paper out", "survey"),
    Option("hour", OptionKind.HOUR, "the posting hour", "09:00"),
    Option("zone", OptionKind.ZONE, "the time zone", "Europe/Berlin", most=60),
    Option("days", OptionKind.WEEKDAYS, "the days to post on", "mon-fri"),
    Option("report", OptionKind.FLAG, "the Cope Report on Mondays", "on"),
    Option("report_hour", OptionKind.HOUR, "the report's hour on Mondays", "09:00"),
)

_VERBS = (
    Verb(
        "verdict",
        "the verdict on a paper",
        "verdict 2611.01234",
        (_paper(), LENS, FULL, ANALYSIS),
        is_slow=True,
    ),
    Verb(
        "analysis",
        "the full analysis of a paper",
        "analysis 2611.01234",
        (_paper(), LENS, PAGE),
        is_slow=True,
    ),
    Verb(
        "ask",
        "a question about a paper, in its thread or by its id",
        "ask What was it compared with? paper=2611.01234",
        (
            Option(
                "question",
                OptionKind.WORDS,
                "what you want to know",
                "What was it compared with?",
                is_required=True,
                is_positional=True,
                is_asked=True,
                most=1000,
            ),
            Option("paper", OptionKind.PAPER, "an arXiv id, link or DOI; in a thread, its own", "2611.01234"),
            Option("lens", OptionKind.LENS, "the name of a lens", "plain", most=40),
        ),
        is_slow=True,
        is_of_thread=True,
    ),
    Verb("stop", "be silent in this thread until somebody addresses me again", "stop", is_of_thread=True),
    Verb(
        "dispute",
        "object to a claim of a verdict",
        "dispute 2611.01234 plain fallacy The text names its baseline.",
        (
            _paper(),
            Option(
                "lens", OptionKind.LENS, "the name of a lens", "plain", is_required=True, is_positional=True, most=40
            ),
            Option(
                "claim",
                OptionKind.CHOICE,
                "which claim",
                "fallacy",
                is_positional=True,
                is_asked=True,
                choices=CLAIMS,
                names=tuple(CLAIM_NAMES.values()),
            ),
            Option(
                "reason",
                OptionKind.WORDS,
                "why it is wrong",
                "The text names its baseline.",
                is_positional=True,
                is_asked=True,
                most=1000,
            ),
        ),
    ),
    Verb(
        "search",
        "search the papers posted here",
        "search call center agents",
        (
            Option(
                "words",
                OptionKind.WORDS,
                "words to look for",
                "agents",
                is_required=True,
                is_positional=True,
                is_asked=True,
                most=80,
            ),
            Option("category", OptionKind.CATEGORIES, "only this arXiv category", "cs.AI"),
            Option("since", OptionKind.DATE, "only papers announced on or after that day", "2026-06-01"),
            Option("until", OptionKind.DATE, "only papers announced on or before that day", "2026-06-30"),
            Option("lens", OptionKind.LENS, "only this lens", "plain", most=40),
            Option("class", OptionKind.NAME, "only this class", "lullaby", most=60),
            PAGE,
        ),
    ),
    Verb(
        "recent",
        "the latest papers here",
        "recent",
        (Option("lens", OptionKind.LENS, "only this lens", "plain", most=40), PAGE),
    ),
    Verb("similar", "papers posted here that are like one", "similar 2611.01234", (_paper(), PAGE)),
    Verb(
        "report",
        "the Cope Report of this week so far, or of another",
        "report 2026-W22",
        (Option("week", OptionKind.WEEK, "a week", "2026-W22", is_positional=True),),
    ),
    Verb("lens list", "the lenses, one line each", "lens list"),
    Verb(
        "lens show",
        "what a lens asks of a text",
        "lens show plain",
        (
            Option(
                "lens", OptionKind.LENS, "the name of a lens", "plain", is_required=True, is_positional=True, most=40
            ),
            PAGE,
        ),
    ),
    Verb(
        "follow add",
        "follow arXiv categories here; shows a preview before it is on",
        "follow add cs.AI cs.CL lens=plain hour=09:00 zone=Europe/Berlin",
        (
            Option(
                "categories",
                OptionKind.CATEGORIES,
                CATEGORIES_HELP,
                "cs.AI",
                is_required=True,
                is_positional=True,
                most=400,
            ),
            *FOLLOW_SETTINGS,
        ),
        needs=Role.ADMIN,
        is_slow=True,
    ),
    Verb("follow list", "what is followed here", "follow list"),
    Verb(
        "follow edit",
        "change a follow",
        "follow edit cs.AI cards=3 hour=18:00",
        (NAMED, Option("categories", OptionKind.CATEGORIES, CATEGORIES_HELP, "cs.AI", most=400), *FOLLOW_SETTINGS),
        needs=Role.ADMIN,
    ),
    Verb("follow on", "turn a follow on", "follow on cs.AI", (NAME,), needs=Role.ADMIN),
    Verb("follow pause", "stop posting until it is turned on again", "follow pause cs.AI", (NAME,), needs=Role.ADMIN),
    Verb("follow mute", "no posts for a week", "follow mute cs.AI", (NAME,), needs=Role.ADMIN),
    Verb("follow fewer", "fewer cards a day", "follow fewer cs.AI", (NAME,), needs=Role.ADMIN),
    Verb(
        "follow preview",
        "what today would look like here",
        "follow preview cs.AI",
        (NAME, PAGE),
        needs=Role.ADMIN,
        is_slow=True,
    ),
    Verb("follow now", "post the latest day now", "follow now cs.AI", (NAME,), needs=Role.ADMIN),
    Verb("follow remove", "stop following", "follow remove cs.AI", (NAMED,), needs=Role.ADMIN),
    Verb(
        "sharing",
        "whether members may share verdicts here",
        "sharing off",
        (
            Option(
                "state",
                OptionKind.CHOICE,
                "on or off",
                "off",
                is_required=True,
                is_positional=True,
                choices=("on", "off"),
            ),
        ),
        needs=Role.ADMIN,
    ),
    Verb("status", "how the feed is, what was posted, and why a day is silent", "status"),
    Verb(
        "feedback",
        "tell the people who run the bot",
        "feedback The lens plain misses code links.",
        (
            Option(
                "words",
                OptionKind.WORDS,
                "what you want to say",
                "well done",
                is_required=True,
                is_positional=True,
                is_asked=True,
                most=2000,
            ),
        ),
    ),
    Verb(
        "help",
        "all commands, or one in full",
        "help follow add",
        (Option("command", OptionKind.WORDS, "a command", "verdict", is_positional=True, most=60),),
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
    Verb(
        "open",
        "a paper of a menu, by its place in it",
        "open 0123456789abcdef012345678 1",
        (
            Option(
                "post",
                OptionKind.NAME,
                "the post",
                "0123456789abcdef012345678",
                is_required=True,
                is_positional=True,
                most=25,
            ),
            Option("rank", OptionKind.NUMBER, "the place", "1", is_required=True, is_positional=True, least=1, most=99),
        ),
        is_hidden=True,
        is_slow=True,
    ),
    Verb("about", "what this is, and through which lens it reads", "about plain", (LENS,), is_hidden=True),
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
