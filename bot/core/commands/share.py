"""Shares of the day's budget: what one community and one person may take of it, and who pays for a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.core.commands.payer import Payer
from bot.core.verdicts.call import Budget, Usage


class ShareLeft(Enum):
    """Whether a call fits into a payer's shares; `held`: it may, when calls that run give back what they hold."""

    FREE = "free"
    HELD = "held"
    COMMUNITY_SPENT = "this community's share"
    PERSON_SPENT = "your share"


@dataclass(frozen=True, slots=True)
class Taken:
    """What calls of a day took. `held`: the part of it that running ones have reserved."""

    tokens: int = 0
    usd: float = 0.0
    held_tokens: int = 0
    held_usd: float = 0.0

    def __add__(self, other: "Taken") -> "Taken":
        tokens, usd = self.tokens + other.tokens, self.usd + other.usd
        return Taken(tokens, usd, self.held_tokens + other.held_tokens, self.held_usd + other.held_usd)

    @property
    def settled(self) -> "Taken":
        """As it would be if all that runs gave everything back."""
        return Taken(self.tokens - self.held_tokens, self.usd - self.held_usd)

    def has_room(self, usage: Usage, share: tuple[float, float]) -> bool:
        """Whether so much more fits into a share of tokens and money."""
        tokens, usd = share
        return self.tokens + usage.tokens_in + usage.tokens_out <= tokens and self.usd + usage.usd <= usd


NOTHING = Taken()


@dataclass(frozen=True, slots=True)
class TakenBy:
    """What was taken by each community and by each person, by their marks (see `Payer.marks`)."""

    communities: Mapping[str, Taken]
    people: Mapping[str, Taken]

    def room(self, payer: Payer, usage: Usage, budget: Budget) -> ShareLeft:
        """Whether the call fits into the payer's shares. A name that is empty has no share: it is the operator's."""
        community, person = payer.marks
        shares = [(ShareLeft.COMMUNITY_SPENT, community, self.communities, budget.share(budget.community_usd))]
        shares.append((ShareLeft.PERSON_SPENT, person, self.people, budget.share(budget.person_usd)))
        room = ShareLeft.FREE
        for spent, mark, all_taken, share in shares:
            taken = all_taken.get(mark, NOTHING)
            if not mark or taken.has_room(usage, share):
                continue
            if not taken.settled.has_room(usage, share):
                return spent
            room = ShareLeft.HELD
        return room

    def choose(self, payers: Sequence[Payer], usage: Usage, budget: Budget) -> Payer | ShareLeft:
        """Of those whose shares have room, the one whose community has taken least today; else why nobody pays."""
        rooms = {payer: self.room(payer, usage, budget) for payer in payers}
        fitting = [payer for payer, room in rooms.items() if room is ShareLeft.FREE]
        if fitting:
            return min(fitting, key=lambda item: (self.communities.get(item.marks[0], NOTHING).usd, item.community))
        if ShareLeft.HELD in rooms.values():
            return ShareLeft.HELD
        is_persons = set(rooms.values()) == {ShareLeft.PERSON_SPENT}
        return ShareLeft.PERSON_SPENT if is_persons else ShareLeft.COMMUNITY_SPENT
