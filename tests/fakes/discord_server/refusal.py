"""What Discord answers when it refuses: a status, its own code, and words."""

from typing import Any


class Refusal(Exception):
    """An error answer; `errors` are Discord's nested field errors of code 50035."""

    def __init__(
        self, status: int, code: int, message: str, *, errors: dict[str, Any] | None = None, wait: float | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.body: dict[str, Any] = {"message": message, "code": code}
        if errors is not None:
            self.body["errors"] = errors
        if wait is not None:
            self.body |= {"retry_after": wait, "global": False}


def invalid_form(path: str, code: str, message: str) -> Refusal:
    """50035 at a dotted path of the body."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(path.split(".")):
        errors = {part: errors}
    return Refusal(400, 50035, "Invalid Form Body", errors=errors)


def unauthorized() -> Refusal:
    """401, for a wrong or revoked token."""
    return Refusal(401, 0, "401: Unauthorized")


def missing_access() -> Refusal:
    """The channel cannot be seen."""
    return Refusal(403, 50001, "Missing Access")


def missing_permissions() -> Refusal:
    """It can be seen, and this may not be done in it."""
    return Refusal(403, 50013, "Missing Permissions")


def unknown(thing: str) -> Refusal:
    """404 for what is not there."""
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "User": 10013,
        "Webhook": 10015,
        "Interaction": 10062,
        "Application": 10002,
    }
    return Refusal(404, codes[thing], f"Unknown {thing.lower() if thing == 'Interaction' else thing}")
