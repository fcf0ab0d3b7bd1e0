"""Stage: what members say is judged, and what the ladder wants is handed on, before any command or plugin hears it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from loguru import logger

from groupbot.chat.directory import Directory, Group
from groupbot.core.clock import Clock
from groupbot.core.content import Text
from groupbot.core.events import AnyEvent, MembersJoined, MessageReceived
from groupbot.core.findings import Finding
from groupbot.errors import StoreError
from groupbot.inbound.risk_ports import Around, Context, Handling, Judge, Judged, Newcomers, Past, Situation
from groupbot.risk.expected import ExpectedAnswers
from groupbot.risk.ladder import ENTRIES, Action, Case, Concern, Rule, complains, concern_of, decide, within
from groupbot.risk.rules import Rules
from groupbot.risk.samples import is_honest


class RiskStage:
    """Judge each message in the groups of config.toml, by the account that posts there, or one that hears for it.

    Who is warned of, removed or blocked for a message is not answered: nobody behind this stage sees it. Of what is
    said 1:1 only complaints count, and of those only the ones of members: they call people as if said in their group.
    """

    name = "risk"
    limit_s = 15.0
    """A picture is fetched and read within two seconds; the rest takes less than a tenth of one."""

    def __init__(  # noqa: PLR0913 - the composition root fills each
        self,
        *,
        judge: Judge,
        rules: Rules,
        handling: Handling,
        newcomers: Newcomers,
        expected: ExpectedAnswers,
        past: Past,
        directory: Directory,
        around: Around,
        ours: Container[str],
        clock: Clock,
    ) -> None:
        self._judge = judge
        self._rules = rules
        self._handling = handling
        self._newcomers = newcomers
        self._directory = directory
        self._around = around
        self._ours = ours
        self._clock = clock
        self._expected = expected
        self._past = past
        self._recalled = False

    async def handle(self, event: AnyEvent) -> bool:
        """Judge one message, or who came; True when the message was acted on."""
        match event:
            case MessageReceived(group=str(chat), sender=sender) if sender.id not in self._ours:
                if (group := self._watched(event.account, chat)) is not None:
                    await self._recall(event.at)
                    return await self._message(event, group)
            case MessageReceived(group=None, sender=sender) if sender.id not in self._ours:
                await self._private(event)
            case MembersJoined(group=chat):
                if (group := self._joined(event.account, chat)) is not None:
                    await self._recall(event.at)
                    await self._came(event, group)
        return False

    async def _recall(self, before: datetime) -> None:
        """Take up, once, what an earlier process knew: who is new, and which groups were asked for answers."""
        if self._recalled:
            return
        self._recalled, now = True, self._clock.now()
        try:
            await self._take_up(now, before)
        except StoreError:
            self._recalled = False
            raise

    async def _take_up(self, now: datetime, before: datetime) -> None:
        for group, content, at in await self._past.posted(now - self._expected.lasts()):
            self._expected.posted(group, (content,), at)
        for group, member, at in await self._past.joins(now - timedelta(seconds=self._rules.settings.newcomer_s)):
            if at < before:
                self._judge.joined(group, [member], at)

    def _watched(self, account: str, chat: str) -> Group | None:
        """Return the group, when members are judged there by this account."""
        group = self._directory.get(self._directory.name_of(account, chat))
        if group is None or self._around.ears(group) != account or self._directory.chat_id(account, group.name) != chat:
            return None
        return group if self._around.watches(group) else None

    def _joined(self, account: str, chat: str) -> Group | None:
        """Return the group, when joins that this account reports are looked at."""
        group = self._directory.get(self._directory.name_of(account, chat))
        return group if group is not None and group.tells_joins(account) and self._around.watches(group) else None

    async def _message(self, event: MessageReceived, group: Group) -> bool:
        looks = self._rules.of(Concern.ADS, group.name).most > Action.OBSERVE
        judged = await self._judge.judge(event, Context(group=group.name, looks=looks))
        acted = Action.OBSERVE
        for concern in Concern:
            rule, done = self._rules.of(concern, group.name), Action.OBSERVE
            if rule.most is Action.OBSERVE:
                _observe(event, group, concern, judged, rule)
            elif acted >= Action.WARN and concern is Concern.FLOOD:
                continue  # one message is answered for once: an advertiser is not warned of the flood, too
            elif case := await self._case(event, group, concern, judged):
                done = await self._handle_case(event, group, case, rule)
            self._sample(event, group, concern, judged, rule, done)
            acted = max(acted, done)
        return acted >= Action.WARN

    def _sample(
        self, event: MessageReceived, group: Group, concern: Concern, judged: Judged, rule: Rule, done: Action
    ) -> None:
        """Count an honest message for the threshold that its group draws itself; short answers are no talk."""
        score, band = judged.scores.get(concern), self._rules.bands.get(concern)
        if concern is Concern.FLOOD or event.kind != Text.kind or score is None or band is None:
            return
        on_signs = done > Action.OBSERVE and score < rule.threshold
        if not is_honest(score, band.threshold, judged.findings, acted_on_signs=on_signs):
            return
        if not self._expected.is_open(group.name, event.at) and not self._around.is_ours(
            event.account, event.sender.id
        ):
            self._rules.samples.hear((group.name, concern), event.sender.id, score, event.at)

    async def _private(self, event: MessageReceived) -> None:
        """Call people for a member who complains to an account alone."""
        open_to = [group for group in self._directory.groups if self._calls_people(group)]
        if not open_to or self._around.is_ours(event.account, event.sender.id):
            return
        judged = await self._judge.judge(event, Context(group="", looks=False, is_private=True))
        rules = [self._rules.of(Concern.NEGATIVE, group.name) for group in open_to]
        if not any(complains(judged.scores.get(Concern.NEGATIVE, 0.0), judged.findings, rule) for rule in rules):
            return  # only then is it worth a look into the store
        named = {group.name: group for group in open_to}
        home = next((named[name] for name in await self._handling.homes(event.sender.id) if name in named), None)
        if home is not None and (case := await self._case(event, home, Concern.NEGATIVE, judged)):
            await self._handle_case(event, home, case, self._rules.of(Concern.NEGATIVE, home.name))

    def _calls_people(self, group: Group) -> bool:
        return self._around.watches(group) and self._rules.of(Concern.NEGATIVE, group.name).most >= Action.ALERT

    async def _handle_case(self, event: MessageReceived, group: Group, case: Case, rule: Rule) -> Action:
        """Have done what the ladder wants, and return it."""
        if event.account != group.account:  # it hears in another's place, and may know our people by other ids
            rule = replace(rule, most=min(rule.most, Action.ALERT))
        can = self._around.can(event.account)
        ruling = decide(case, rule, can)
        if ruling.wanted is Action.OBSERVE:
            return Action.OBSERVE
        if ruling.wanted >= Action.ALERT and case.concern is not Concern.NEGATIVE:  # worth a look into the store
            repeats = await self._handling.repeats(event.sender.id, case.concern, self._clock.now())
            case = replace(case, repeats=repeats)
            ruling = decide(case, rule, can)
        if ruling.wanted > Action.ALERT:
            ruling = within(ruling.wanted, can, await self._around.standing(event.account, group.name))
        await self._handling.take(Situation(event=event, group=group, case=case, ruling=ruling))
        return ruling.action

    async def _case(self, event: MessageReceived, group: Group, concern: Concern, judged: Judged) -> Case | None:
        """Return the case of one concern, None where nothing speaks for one."""
        findings = tuple(found for found in judged.findings if _speaks(found, concern))
        score = judged.scores.get(concern, 0.0)
        if not findings and not score:
            return None
        member, negative = event.sender.id, self._rules.of(Concern.NEGATIVE, group.name)
        return Case(
            concern=concern,
            score=score,
            findings=findings,
            is_protected=self._around.is_ours(event.account, member),
            is_newcomer=await self._is_newcomer(group.name, member, findings, event.at),
            is_expected=self._expected.is_open(group.name, event.at),
            complains=complains(judged.scores.get(Concern.NEGATIVE, 0.0), judged.findings, negative),
        )

    async def _is_newcomer(self, group: str, member: str, findings: Sequence[Finding], at: datetime) -> bool:
        """Tell whether the member is new; asked of the store only where it matters."""
        if not any(found.rule in ENTRIES for found in findings):
            return False
        joined = await self._newcomers.joined_at(group, member)
        return joined is not None and at - joined <= timedelta(seconds=self._rules.settings.newcomer_s)

    async def _came(self, event: MembersJoined, group: Group) -> None:
        members = [person.id for person in event.members if person.id not in self._ours]
        if not members:
            return
        await self._handling.came(group, members)
        found = [] if event.found_late else self._judge.joined(group.name, members, event.at)
        if found and self._rules.of(Concern.FLOOD, group.name).most >= Action.ALERT:
            await self._handling.burst(group, found[-1])


def _observe(event: MessageReceived, group: Group, concern: Concern, judged: Judged, rule: Rule) -> None:
    """Log what would have been found, so that somebody can judge the scorers before letting them act."""
    score = judged.scores.get(concern, 0.0)
    if score >= rule.threshold:
        log = logger.bind(action="risk-observed", concern=concern, group=group.name, message=event.message_id)
        log.info("would be judged {score:.2f}", score=score)


def _speaks(found: Finding, concern: Concern) -> bool:
    """Tell whether a finding counts for a concern: what complains is one thing, all the rest another."""
    return (concern_of(found.kind) is Concern.NEGATIVE) == (concern is Concern.NEGATIVE)
