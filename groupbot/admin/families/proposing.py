"""Edits by chat: proposed, said in words with their counts, confirmed, applied."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from groupbot.admin.declare import Answer, Call, Option, Plan
from groupbot.admin.families.phone import page
from groupbot.admin.operator_desk import OperatorDesk
from groupbot.admin.services import Services
from groupbot.errors import CampaignError
from groupbot.i18n import _

if TYPE_CHECKING:  # imports the reader of SOPs, which is there once the desk is open
    from groupbot.campaign.proposal import Proposal

Propose = Callable[[OperatorDesk, Call], Awaitable["Proposal"]]
"""Make the proposal that a call asks for."""
Settled = Callable[[Call, str, str], str]
"""Return the line of a call with one more answer: `answer` or `take`, and what is to be said there."""


class Edits:
    """The plan and the handler of commands that change a running campaign."""

    def __init__(self, services: Services, propose: Propose, settled: Settled | None = None) -> None:
        self._services = services
        self._propose = propose
        self._settled = settled

    async def plan(self, call: Call) -> Plan:
        """Return what would change, or what must be chosen first. Raises CampaignError for what can't be done."""
        desk = await self._services.desk()
        proposal = await self._propose(desk, call)
        words = import_module("groupbot.admin.families.proposal_words")
        if self._settled is not None and (proposal.questions or proposal.conflicts):
            return Plan(text=words.question(proposal), options=tuple(self._options(call, proposal)))
        if not proposal.ok:
            raise CampaignError(page(words.refusal(proposal)))
        if proposal.empty:
            raise CampaignError(_("Nothing changes."), hint=page(words.locked(proposal)))
        counts = proposal.counts
        keys = counts.inserted | counts.moved | counts.cancelled
        reach = {f"{proposal.edit.campaign} v{proposal.follows}", *proposal.groups, *keys}
        if proposal.edit.source:  # a file that was saved again since says something else than was shown
            reach.add(f"{proposal.edit.source} {proposal.edit.sop.version}")
        posts_to = len(proposal.groups) if words.says_anew(proposal) else 0
        return Plan(text=page(words.diff(proposal)), reach=frozenset(reach), posts_to=posts_to)

    async def apply(self, call: Call) -> Answer:
        """Carry the change out."""
        desk = await self._services.desk()
        applied = await desk.apply(await self._propose(desk, call))
        done, campaign = applied.done, applied.proposal.edit.campaign
        text = _("{campaign} is changed: {inserted} new, {moved} changed, {cancelled} taken out.").format(
            campaign=campaign, inserted=done.inserted, moved=done.moved, cancelled=done.cancelled
        )
        options = (
            Option(label=_("What is next"), line=f"/活动 接下来 10 {campaign}"),
            Option(label=_("Undo"), line=f"/活动 撤销 {campaign}"),
        )
        return Answer(text=text, options=options)

    def _options(self, call: Call, proposal: Proposal) -> Iterator[Option]:
        """Yield the replies to the first question, or conflict when nothing else is asked."""
        if self._settled is None:
            return
        for question in proposal.questions[:1]:
            for one in question.candidates:
                label = f"{one.old} ({one.certainty:.0%})"
                yield Option(label=label, line=self._settled(call, "answers", f"{question.new}={one.old}"))
            yield Option(label=_("a new step"), line=self._settled(call, "answers", f"{question.new}=new"))
        for conflict in proposal.conflicts[:1] if not proposal.questions else ():
            words = import_module("groupbot.admin.families.proposal_words")
            for side, label in (("mine", _("As it runs: {what}")), ("file", _("As in the file: {what}"))):
                what = words.side(conflict.mine if side == "mine" else conflict.theirs)
                yield Option(
                    label=label.format(what=what), line=self._settled(call, "take", f"{conflict.place}={side}")
                )
