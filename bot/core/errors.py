"""Everything that can go wrong, each with what the person can do about it.

`str(error)` is a sentence that may be shown to a person; `remedy` is the next step. Neither ever holds a secret.
"""

from datetime import datetime, timedelta


class CopeCheckError(Exception):
    """Any error of ours: what happened, and what to do next; `command`: what may have been meant, to be pressed."""

    def __init__(self, what: str, remedy: str = "", *, command: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.command = command

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class SettingsError(CopeCheckError):
    """A setting is missing, misspelt or impossible. The command ends with exit code 2."""


class LensError(CopeCheckError):
    """A lens file is wrong; the message names file, key and remedy."""


class MalformedId(CopeCheckError):
    """A text holds no arXiv id."""


class CommandError(CopeCheckError):
    """What a person typed is no command of ours, or lacks something; the remedy says what to type."""


class Refused(CopeCheckError):
    """A person may not do that, or not now; the remedy says the next step."""


class PaperNotFound(CopeCheckError):
    """The id is well formed and arXiv knows no such paper."""


class StoreError(CopeCheckError):
    """The store cannot be opened, is newer than the program, or is of another kind."""


class OldStore(StoreError):
    """The store is older than the program, and only `copecheck run` brings it up to date."""


class LeaseLost(CopeCheckError):
    """A step ended after its lease: somebody else has the job now, and this ending does not count."""


ASKED_AGAIN = "It is asked for again."


class SourceUnavailable(CopeCheckError):
    """arXiv could not be read. `outcome` is the stable name of what happened; `retry_at` what the server asked for."""

    def __init__(self, outcome: str, what: str, remedy: str = ASKED_AGAIN, retry_at: datetime | None = None) -> None:
        super().__init__(what, remedy)
        self.outcome = outcome
        self.retry_at = retry_at


class DayGone(SourceUnavailable):
    """A past day is older than what arXiv's listing still shows: asking again will not help."""


class Unreadable(CopeCheckError):
    """A form of a paper's text is not there or holds nothing to read; `is_passing`: asking later may help."""

    def __init__(self, what: str, *, is_passing: bool = False) -> None:
        super().__init__(what)
        self.is_passing = is_passing


class PlatformError(CopeCheckError):
    """A chat platform did not take a post. `retry_after` is the platform's own wish, if it has one."""

    def __init__(self, what: str, remedy: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(what, remedy)
        self.retry_after = retry_after


class SendUnknown(PlatformError):
    """The connection broke after sending: the post may or may not be there. Look before sending again."""


class LookUnavailable(PlatformError):
    """The platform cannot be asked for a key just now; the post waits."""


class RateLimited(PlatformError):
    """The platform said, without any effect, to come back after `retry_after`."""


class PlatformDown(PlatformError):
    """The platform certainly did not take the post (refused connection, 5xx before any effect)."""


class PlaceClosed(PlatformError):
    """Channel gone, archived, or permission missing: everything for this place waits until it is mended."""


class PostRejected(PlatformError):
    """The platform will never take this post as it is."""


class AnswerExpired(PostRejected):
    """The private way back to who asked is closed, whatever our clock says of it."""


class PostGone(PostRejected):
    """The post was deleted where it stood: nothing is left to edit, and nobody has to look."""


class FormRefused(PostRejected):
    """The platform takes no post of this form, certainly without effect; a plainer or shorter one may be taken."""


# What the library says of a file that is no TOML, by how it begins.
_TOML = {
    "Cannot": "It stands there twice: keep one.",
    "Invalid value": 'Write texts in quotation marks, like "words".',
    "Invalid statement": 'Write each line as name = value, like lens = "plain".',
    "Expected '='": 'Write each line as name = value, like lens = "plain".',
    "Unescaped": "Write texts with a \\ in single quotation marks.",
}


def toml_remedy(error: ValueError) -> str:
    """What to do about a file that is no TOML."""
    return next((remedy for start, remedy in _TOML.items() if str(error).startswith(start)), "Correct that line.")


# Exceptions of connections by the names of their classes, special ones first: no library is named here.
_CONNECTION = (
    (("ClientConnectorDNSError", "gaierror"), "its name is not known here"),
    (("ClientSSLError", "SSLError"), "its certificate is not accepted"),
    (("TimeoutError",), "no answer in time"),
    (("ClientConnectorError", "ConnectionRefusedError"), "nobody answers"),
    (("ContentTypeError", "ClientPayloadError", "ValueError"), "the answer cannot be read"),
    (("ClientError", "OSError"), "the connection broke off"),
)


def connection_words(error: BaseException) -> str:
    """Why a connection came to nothing, in plain words; what the exception is called is for the log alone."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return next((words for known, words in _CONNECTION if names & set(known)), "the answer cannot be read")
