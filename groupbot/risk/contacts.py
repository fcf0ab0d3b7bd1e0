"""Ways to be reached outside of the group: 微信号, QQ, phone numbers, and digits that were disguised."""

from __future__ import annotations

import re

from groupbot.core.findings import Finding
from groupbot.risk.views import Places, Views, span

WECHAT, QQ, PHONE, HIDDEN = "wechat-id", "qq", "phone", "hidden-digits"
SCORES = {WECHAT: 0.6, QQ: 0.5, PHONE: 0.4, HIDDEN: 0.7}
_NUMERALS = str.maketrans("一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖零〇", "1112223344556677889900")
"""Numerals written as Hanzi, each for one digit: lengths, and with them places, stay the same."""
_RUN = re.compile(r"[a-z0-9]{5}")
_DIGITS = re.compile(r"[0-9]{7,}")
_RULES = (
    (
        WECHAT,
        re.compile(r"(?:加微信?号?|加[vw]x?|微信|微信号|[vw]x|v信|weixin|wechat)(?:号|是|id|同号|联系)?[a-z0-9]{6,20}"),
    ),
    (QQ, re.compile(r"(?:qq|扣扣|企鹅|q群|扣群|群号|群)(?:群|号|号码|是)?[1-9][0-9]{4,10}(?![0-9])")),
    (PHONE, re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")),
)


def may_reach(seen: Views) -> str:
    """Return the skeleton with numerals as digits when something in it is long enough to reach somebody, else ""."""
    plain = seen.skeleton.translate(_NUMERALS)
    return plain if _RUN.search(plain) else ""


def contacts_in(seen: Views, where: Places) -> list[Finding]:
    """Return a finding for each way to be reached, and for digits that were disguised."""
    plain = may_reach(seen)
    if not plain:
        return []
    found = [
        _finding(rule, where, *hit.span())
        for rule, pattern in _RULES
        for hit in pattern.finditer(plain if rule != WECHAT else seen.skeleton)
    ]
    disguised = (hit for hit in _DIGITS.finditer(plain) if _is_disguised(seen, where, hit))
    return [*found, *(_finding(HIDDEN, where, *hit.span()) for hit in disguised)]


def _is_disguised(seen: Views, where: Places, hit: re.Match[str]) -> bool:
    """Return whether the number was not simply typed: a blank or a dash every few digits is how people write one."""
    first, last = span(where.skeleton, *hit.span())
    typed = re.sub(r"(?<=[0-9]{2})[ -](?=[0-9]{2})", "", seen.raw[first:last])
    return not re.fullmatch(r"[0-9]+", typed)


def _finding(rule: str, where: Places, start: int, end: int) -> Finding:
    first, last = span(where.skeleton, start, end)
    return Finding(rule=rule, kind="ads", score=SCORES[rule], start=first, end=last)
