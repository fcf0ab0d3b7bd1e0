"""How cases and incidents are worded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.admin.alert_rules import cut
from groupbot.admin.cards import CardOption
from groupbot.admin.risk_actions import Done
from groupbot.core.findings import Finding
from groupbot.i18n import _, joined, ngettext
from groupbot.inbound.risk_ports import Situation
from groupbot.risk.incidents import Entry, Incident, IncidentState, Spread, What
from groupbot.risk.ladder import Action, Concern

SHOWN = 120
"""Signs of a message that a card shows."""
_MOST_SIGNS = 4
_MOST_LINES = 30


def concern_word(concern: Concern) -> str:
    """Return what a concern is called."""
    return {
        Concern.ADS: _("advertisement"),
        Concern.NEGATIVE: _("negative message"),
        Concern.FLOOD: _("flood"),
    }[concern]


def kind_word(kind: str) -> str:
    """Return what the kind of an incident is called."""
    known = {
        "fraud": _("accusation of fraud"),
        "refund": _("refund demand"),
        "complaint": _("complaint"),
        "negative": _("negative message"),
    }
    return known.get(kind, kind)


def state_word(incident: Incident) -> str:
    """Return how far an incident is."""
    return {
        IncidentState.OPEN: _("open"),
        IncidentState.ACKED: _("somebody takes care"),
        IncidentState.RESOLVED: _("over"),
    }[incident.state]


def sign_word(rule: str) -> str:
    """Return what a rule finds; a keyword's rule and a plugin's are shown as they are."""
    known = {
        "model:ads": _("words like in advertisements"),
        "model:negative": _("words like in complaints"),
        "link": _("link"),
        "hidden-link": _("disguised link"),
        "invite": _("invitation into another group"),
        "wechat-id": _("WeChat id"),
        "qq": _("QQ number"),
        "phone": _("phone number"),
        "hidden-digits": _("disguised number"),
        "qr-code": _("QR code"),
        "qr-invite": _("QR code of a group or person"),
        "card": _("somebody's card"),
        "mini-program": _("mini-program"),
        "forward": _("forwarded chat"),
        "newcomer": _("just joined"),
        "flood": _("many messages at once"),
        "same-in-groups": _("the same in several groups"),
        "join-burst": _("many joins at once"),
    }
    return known.get(rule, rule.removeprefix("keyword:"))


def short(text: str) -> str:
    """Return a message in one line, as long as a card shows."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def signs(findings: Iterable[Finding]) -> str:
    """Return what was found, the surest first."""
    ranked = sorted(findings, key=lambda found: -found.score)
    words = dict.fromkeys(f"{sign_word(found.rule)} {found.score:.0%}" for found in ranked)
    return joined(list(words)[:_MOST_SIGNS])


def case_text(situation: Situation) -> str:
    """Return what a card tells of a case: who said what where, why it was found, and what was done."""
    event, case, ruling = situation.event, situation.case, situation.ruling
    who = short(event.sender.name) or event.sender.id
    lines = [
        f"{situation.group.name} · {who} · {concern_word(case.concern)} {case.score:.0%}",
        f"“{short(event.text)}”" if event.text else f"[{event.kind}]",
        _("Why: {signs}").format(signs=signs(case.findings)) if case.findings else "",
        _("Found again within a day: {count}.").format(count=case.repeats) if case.repeats else "",
        _("One of our own, so nothing is done by itself.") if case.is_protected else "",
        done_word(ruling.action),
        _("To be done by hand: {why}.").format(why=ruling.hindrance) if ruling.by_hand else "",
    ]
    return "\n".join(filter(None, lines))


def done_word(action: Action) -> str:
    """Return what was done by itself, "" below a warning."""
    return {
        Action.WARN: _("The member was warned."),
        Action.REMOVE: _("The member is being removed."),
        Action.BLOCK: _("The member is being removed from every group, and kept out."),
    }.get(action, "")


def case_options(situation: Situation) -> tuple[CardOption, ...]:
    """Return the numbered decisions on a case."""
    if situation.ruling.action >= Action.REMOVE:
        choices = [("right", _("Right")), ("wrong", _("False alarm: undo")), ("block", _("Block everywhere"))]
        choices = choices[:2] if situation.ruling.action is Action.BLOCK else choices
    else:
        is_it = _("It is: remove") if situation.case.concern is not Concern.ADS else _("It is an ad: remove")
        choices = [
            ("remove", is_it),
            ("wrong", _("False alarm")),
            ("block", _("Block everywhere")),
            ("right", _("Leave it")),
        ]
    return tuple(CardOption(digit=n, label=label, choice=choice) for n, (choice, label) in enumerate(choices, start=1))


def told(done: Done, text: str) -> str:
    """Return what an action did; `text` holds {groups}."""
    lines = [text.format(groups=joined(done.groups))] if done.groups else []
    if done.by_hand:
        words = _("By hand, please, in {groups}: {why}.")
        lines.append(words.format(groups=joined(done.by_hand), why=done.hindrance))
    return "\n".join(lines) or _("Nothing to do in any group.")


def headline(incident: Incident) -> str:
    """Return an incident in one line."""
    who = short(incident.name) or incident.member
    return f"{incident.number} · {kind_word(incident.kind)} · {incident.group} · {who} · {state_word(incident)}"


def incident_text(incident: Incident, earlier: int = 0) -> str:
    """Return what a card tells of an incident."""
    lines = [
        _("Incident {line}").format(line=headline(incident)),
        f"“{incident.excerpt}”",
        _("Said 1:1 to {account}; the group has not seen it.").format(account=incident.account)
        if incident.private
        else "",
        _("Owner: {name}").format(name=incident.owner) if incident.owner else "",
        _("Earlier incidents of this member: {count}").format(count=earlier) if earlier else "",
        _("Playbook: {words}").format(words=incident.words) if incident.words else "",
    ]
    return "\n".join(filter(None, lines))


def many_text(incidents: Sequence[Incident]) -> str:
    """Return the reminder of incidents that nobody takes care of, a line each."""
    lines = [_("Nobody takes care of these either:"), *cut((headline(one) for one in incidents), _MOST_LINES)]
    return "\n".join((*lines, _("/风险 列表 shows all, /风险 确认 with a number takes one.")))


def incident_options() -> tuple[CardOption, ...]:
    """Return the numbered decisions on an incident."""
    choices = (("ack", _("I take care of it")), ("resolve", _("It is over")), ("wrong", _("False alarm")))
    return tuple(CardOption(digit=n, label=label, choice=choice) for n, (choice, label) in enumerate(choices, start=1))


def entry_line(entry: Entry, zone: ZoneInfo) -> str:
    """Return one line of an incident's history."""
    what = {
        What.OPENED: _("opened"),
        What.SAID: _("said"),
        What.CHASED: _("reminded"),
        What.ESCALATED: _("told the admin group"),
        What.ACKED: _("taken care of"),
        What.RESOLVED: _("over"),
        What.FALSE_ALARM: _("false alarm"),
    }[entry.what]
    return " ".join(filter(None, (f"{_local(entry.at, zone):%m-%d %H:%M}", what, entry.by, entry.text)))


def spread_text(spread: Spread) -> str:
    """Return what is told of incidents that spread."""
    words = ngettext(
        "Complaints spread: {members} in {n} group ({groups}); incidents {numbers}",
        "Complaints spread: {members} in {n} groups ({groups}); incidents {numbers}",
        len(spread.groups),
    )
    members = ngettext("{n} member", "{n} members", len(spread.members)).format(n=len(spread.members))
    return words.format(
        members=members,
        n=len(spread.groups),
        groups=joined(sorted(spread.groups)),
        numbers=joined(map(str, spread.numbers)),
    )


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone)
