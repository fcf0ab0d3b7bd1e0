"""Roles of an SOP that no account plays. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from groupbot.i18n import _, joined
from groupbot.sop.planned import Plan, Problem, Source


def voice_problems(plan: Plan, accounts: Mapping[str, str]) -> list[Problem]:
    """Warn when several roles would speak with one voice, since `accounts` (role -> account) lacks them."""
    first: dict[str, Source] = {}
    for delivery in plan.deliveries:
        if delivery.speaker and not accounts.get(delivery.speaker):
            first.setdefault(delivery.speaker, delivery.source)
    if len(first) <= 1:
        return []
    message = _("{roles} have no account: members hear them all from their group's own account.").format(
        roles=joined(plan.roles.get(role) or role for role in first)
    )
    hint = _("Say which accounts they are: {roles}, in chat 角色={pairs}.").format(
        roles=" ".join(f"--role {role}=ACCOUNT" for role in first), pairs=",".join(f"{role}=ACCOUNT" for role in first)
    )
    where = next(iter(first.values()))
    return [Problem(level="warning", code="role-without-account", message=message, hint=hint, where=where)]
