"""From what was found in a message to what is done about it, one rung after the other. Pure.

observe < log < alert < warn < remove < block. A rung does what those below it do: a removed member's case is on the
audit and before people, who can undo it. Nobody is removed for one sign alone, and nobody in a message that complains;
of staff, leaders and the bot's own accounts people are told, no more. What the account can't do where it is becomes an
alert that asks a person to do it by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from groupbot.chat.capabilities import UNSEEN, Capabilities, Standing, obstacle
from groupbot.core.actions import RemoveMembers
from groupbot.core.content import Text
from groupbot.core.findings import Finding
from groupbot.i18n import _
from groupbot.risk.behaviour import BURST, FLOOD, NEWCOMER, SPREAD

CARD, MINI_PROGRAM, FORWARD = "card", "mini-program", "forward"
"""Rules of findings: somebody's contact card, a mini-program, a merged forward of another chat."""
SIGNAL = 0.5
"""A weaker finding is no signal of its own: a lone phone number, a link to who knows where."""
SURE_WORDS = 0.7
"""From which score on a word of fraud or refund calls a person, whatever the scorer makes of the rest."""
INDEPENDENT = 2
"""Signals of different sources without which nobody is removed at the first time."""


class Action(IntEnum):
    """The rungs."""

    OBSERVE = 0
    """Nothing is done and nobody is told."""
    LOG = 1
    """A row of the audit."""
    ALERT = 2
    """People are asked, with context and numbered decisions; of a negative message: an incident."""
    WARN = 3
    """The member is told, in the group, not too often."""
    REMOVE = 4
    """The member is taken out of the group."""
    BLOCK = 5
    """Out of all groups, and out again whenever the member comes back."""


NAMES: Mapping[str, Action] = {action.name.lower(): action for action in Action}
"""As config.toml names them."""


class Concern(StrEnum):
    """What a case is about."""

    ADS = "ads"
    NEGATIVE = "negative"
    """For people: nobody is punished for it."""
    FLOOD = "flood"


URGENT = frozenset({"fraud", "refund"})
"""Kinds of negative findings that come before all others."""
COMPLAINTS = frozenset({"fraud", "refund", "complaint", "negative"})
"""Kinds of findings that are for people."""
ENTRIES = frozenset({"qr-code", "qr-invite", "invite", CARD, MINI_PROGRAM})
"""Rules that find what leads out of the group by one touch; a forward does by what it holds. Written out here, as the
next: what finds them takes half a second to import, which posts would wait for at every start."""
OUT = ENTRIES | {FORWARD, "link", "hidden-link", "wechat-id", "qq", "phone", "hidden-digits"}
"""Rules that find any way out of the group."""
WORDS = ("model:", "keyword:")
"""How the rules begin that read the words."""
_CONDUCT = frozenset({NEWCOMER, SPREAD, FLOOD, BURST})
_MANY = frozenset({FLOOD, SPREAD})
"""What many short answers that were asked for look like."""


def concern_of(kind: str) -> Concern:
    """Return what a finding of `kind` is about; kinds of plugins that nobody knows are about advertisements."""
    if kind in {"flood", "burst"}:
        return Concern.FLOOD
    return Concern.NEGATIVE if kind in COMPLAINTS else Concern.ADS


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """How far the bot goes by itself for one concern in one group.

    `threshold`: score (0..1) from which on something is done; `sure`: from which on two signals remove a member.
    `at_once`: codes, invitations and cards by newcomers are acted on from the first minute, whatever their score.
    """

    most: Action = Action.OBSERVE
    threshold: float = 0.8
    sure: float = 0.95
    at_once: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One message as the ladder sees it. `score` is the fused one of its concern.

    `is_protected`: staff, a leader, one of the bot's accounts. `repeats`: earlier cases of this member and concern
    within the memory of the settings that no person called wrong. `is_expected`: the SOP itself asked this group for
    answers, and its window is open. `complains`: the message is a negative one, too.
    """

    concern: Concern
    score: float
    findings: tuple[Finding, ...] = ()
    is_protected: bool = False
    is_newcomer: bool = False
    repeats: int = 0
    is_expected: bool = False
    complains: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What is done. `wanted` is more than `action` where the account lacks the ability: `hindrance` says why, and a
    person does it by hand.
    """

    action: Action
    wanted: Action
    hindrance: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether a person is asked to do what the account can't."""
        return self.wanted > self.action


def decide(case: Case, rule: Rule, can: Capabilities, standing: Standing = UNSEEN) -> Ruling:
    """Return what is done about `case` by an account of these abilities that stands so in the group."""
    wanted = _wanted(case, rule)
    return within(wanted, can, standing)


def within(wanted: Action, can: Capabilities, standing: Standing = UNSEEN) -> Ruling:
    """Return `wanted`, or the alert that it becomes where the account can't do it."""
    if wanted <= Action.ALERT:
        return Ruling(action=wanted, wanted=wanted)
    content = Text(text="") if wanted is Action.WARN else RemoveMembers(members=())
    hindrance = obstacle(content, can, standing)
    if wanted >= Action.REMOVE and not can.stable_ids:
        hindrance = _("the platform gives members new ids, so nobody is acted on by id")
    if hindrance:
        return Ruling(action=Action.ALERT, wanted=wanted, hindrance=hindrance)
    return Ruling(action=wanted, wanted=wanted)


def complains(score: float, findings: Iterable[Finding], rule: Rule) -> bool:
    """Return whether a message with that negative score is for people, by the rule for negative messages."""
    return score >= rule.threshold or any(one.kind in URGENT and one.score >= SURE_WORDS for one in findings)


def signals(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the independent sources that speak: the words, a way out of the group, conduct, plugins' own rules.

    A keyword and the scorer read the same words, so they are one source; all plugins together are one.
    """
    return frozenset(_source(finding.rule) for finding in findings if finding.score >= SIGNAL)


def counted(case: Case) -> Case:
    """Return `case` without what only shows that many answered as they were asked to.

    Whoever brings a link, a code or a card did not just answer.
    """
    if not case.is_expected or any(finding.rule in OUT for finding in case.findings):
        return case
    left = tuple(finding for finding in case.findings if finding.rule not in _MANY)
    score = 0.0 if case.concern is Concern.FLOOD or not left else case.score
    return replace(case, findings=left, score=score)


def _wanted(case: Case, rule: Rule) -> Action:
    case = counted(case)
    spared = case.is_protected or case.complains or case.concern is Concern.NEGATIVE
    most = min(rule.most, Action.ALERT) if spared else rule.most
    if case.complains and case.concern is Concern.ADS and not any(one.rule in OUT for one in case.findings):
        return Action.OBSERVE  # angry words and advertisements share some; who complains only has a complaint
    if _acts_at_once(case, rule):
        return min(most, Action.REMOVE)
    if case.concern is Concern.NEGATIVE:
        return most if complains(case.score, case.findings, rule) else Action.OBSERVE
    if case.score < rule.threshold:
        return Action.OBSERVE
    return min(most, _earned(case, rule))


def _earned(case: Case, rule: Rule) -> Action:
    """Return the highest rung that the case itself justifies."""
    if any(finding.rule == BURST for finding in case.findings):
        return Action.ALERT  # it is the group's doing, not the one member's who came last
    if case.repeats:
        return Action.BLOCK if len(signals(case.findings)) >= INDEPENDENT else Action.REMOVE
    if case.score >= rule.sure and len(signals(case.findings)) >= INDEPENDENT:
        return Action.REMOVE
    return Action.WARN


def _acts_at_once(case: Case, rule: Rule) -> bool:
    """Tell whether a newcomer brought a way out of the group: being new and bringing it are two signals."""
    if not rule.at_once or not case.is_newcomer or case.concern is not Concern.ADS:
        return False
    return any(finding.rule in ENTRIES for finding in case.findings)


def _source(rule: str) -> str:
    if rule in OUT:
        return "out"
    if rule in _CONDUCT:
        return "conduct"
    return "words" if rule.startswith(WORDS) else "plugins"
