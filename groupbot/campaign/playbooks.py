"""Contingency plans of campaigns: which row of an SOP's playbooks is meant by a kind of trouble, or by a message. Pure.

Operators name a trouble in their own words (有人说是骗子, 扫码进不来); a kind is recognised in them by its signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from groupbot.chat.hanzi import simplified
from groupbot.i18n import _

if TYPE_CHECKING:
    from groupbot.sop.document import Sop

FRAUD, REFUND, COMPLAINT, NEGATIVE = "fraud", "refund", "complaint", "negative"
ADS, FLOOD = "ads", "flood"
ACCOUNT, ENTRY, FULL = "account", "entry", "full"
_SIGNS: Mapping[str, re.Pattern[str]] = {
    FRAUD: re.compile(r"骗|诈|割韭菜|传销|假货|虚假|维权|举报|曝光|scam|fraud"),
    REFUND: re.compile(r"退款|退钱|退费|退货|refund"),
    COMPLAINT: re.compile(r"投诉|吐槽|不满|差评|质疑|客诉|抱怨|complain"),
    ADS: re.compile(r"广告|拉人|加好友|引流|发链接|外链|刷单|advert|\bads?\b|spam"),
    FLOOD: re.compile(r"刷屏|人太多|消息太多|太吵|闲聊|flood"),
    ACCOUNT: re.compile(r"封号|限制|掉线|频繁|登录|号被封|机器人|banned|offline|account"),
    ENTRY: re.compile(r"进不(?:来|去|了|群)|扫码|二维码|入群|失效|过期|活码|can'?t (?:get in|join)|expired|qr"),
    FULL: re.compile(r"满员|群满|满群|人满|满了|满人|full"),
    NEGATIVE: re.compile(r"负面|舆情|黑粉|闹事|争吵|吵架|骂|带节奏|挑衅|negative|quarrel|troll"),
}
"""Gravest first: what a message or a symptom shows of several kinds is of the first."""
_INSTEAD: Mapping[str, tuple[str, ...]] = {
    FRAUD: (COMPLAINT, NEGATIVE),
    REFUND: (COMPLAINT, NEGATIVE),
    COMPLAINT: (NEGATIVE,),
    NEGATIVE: (COMPLAINT,),
    FULL: (ENTRY,),
}
"""What serves where no row is about the kind itself."""
_NUMBERED = re.compile(r"(?:^|(?<=[\s;；。]))\s*(?:\d{1,2}\s*[.、．)）]|[①-⑳]|[(（]\d{1,2}[)）]|[-•·])\s*")
_SCRIPT = re.compile(r"(?:话术|回复|文案|统一口径|口径|script|say)\s*[:：]\s*(?P<words>.+)", re.DOTALL | re.IGNORECASE)
_QUOTED = re.compile(r"[“「『\"](?P<words>[^”」』\"]{4,})[”」』\"]")
_ALIKE = 2
"""Pairs of characters that a message and a symptom must share at least, where no sign tells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contingencies:
    """The playbooks of one campaign. `sop` is its text that runs."""

    campaign: str
    sop: Sop


@dataclass(frozen=True, kw_only=True, slots=True)
class Playbook:
    """What to do in one kind of trouble. `words`: ready to copy, "" = none are told; `picture`: absolute, "" = none."""

    campaign: str
    symptom: str
    steps: tuple[str, ...]
    words: str = ""
    picture: str = ""

    @property
    def text(self) -> str:
        """Return it as people read it in chat."""
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(self.steps, start=1))
        script = _("Words to copy:") + "\n" + self.words if self.words else ""
        head = _("Playbook “{symptom}” ({campaign}):").format(symptom=self.symptom, campaign=self.campaign)
        return "\n".join(filter(None, (head, steps, script)))


def playbook_for(kind: str, campaigns: Iterable[Contingencies]) -> Playbook | None:
    """Return the first playbook about `kind`, else about what comes next to it, else None."""
    rows = tuple(_rows(campaigns))
    for wanted in (kind, *_INSTEAD.get(kind, ())):
        for book in rows:
            if wanted in kinds_of(book.symptom):
                return book
    return None


def playbook_about(text: str, campaigns: Iterable[Contingencies]) -> Playbook | None:
    """Return the playbook that fits a member's message: of its kind, else the one that shares most with it."""
    campaigns = tuple(campaigns)
    for kind in kinds_of(text):
        if book := playbook_for(kind, campaigns):
            return book
    pairs = _pairs(text)
    best = max(_rows(campaigns), key=lambda book: len(pairs & _pairs(book.symptom)), default=None)
    return best if best is not None and len(pairs & _pairs(best.symptom)) >= _ALIKE else None


def kinds_of(text: str) -> tuple[str, ...]:
    """Return the kinds of trouble that `text` shows, gravest first."""
    folded = _folded(text)
    return tuple(kind for kind, sign in _SIGNS.items() if sign.search(folded))


def steps_of(text: str) -> tuple[str, ...]:
    """Return the single steps of a cell: its numbered points, else its lines."""
    pieces = _NUMBERED.split(text.strip())
    if len(pieces) <= 1:
        pieces = text.split("\n")
    return tuple(piece.strip(" ;；\n") for piece in pieces if piece.strip(" ;；\n"))


def _rows(campaigns: Iterable[Contingencies]) -> Iterator[Playbook]:
    for campaign in campaigns:
        for row in campaign.sop.playbooks:
            script = _SCRIPT.search(row.words)
            quoted = script or _QUOTED.search(row.words)
            told = row.words[: script.start()] if script else row.words
            material = campaign.sop.materials.get(row.picture)
            yield Playbook(
                campaign=campaign.campaign,
                symptom=row.symptom,
                steps=steps_of(told),
                words=quoted["words"].strip(' “”「」"') if quoted else "",
                picture=str(material.path) if material is not None and material.path else "",
            )


def _folded(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text).casefold())


def _pairs(text: str) -> frozenset[str]:
    letters = [sign for sign in _folded(text) if sign.isalnum()]
    return frozenset(map("".join, pairwise(letters)))


def backed_up(book: Playbook, backup: Sequence[str]) -> str:
    """Return the text of `book` with the groups that take people in meanwhile."""
    return book.text + ("\n" + _("Backup entry: {groups}").format(groups=", ".join(backup)) if backup else "")
