"""Stages as people name them: by their names, their titles, or the usual Chinese words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from groupbot.errors import ConfigError
from groupbot.i18n import _, joined
from groupbot.settings.tracking import BUILT_IN, COUNTED, TrackingSettings

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("报名", "已报名", "登记"), "signed_up"),
    **dict.fromkeys(("到课", "签到", "出勤", "已到课"), "attended"),
    **dict.fromkeys(("付费", "付款", "支付", "成交", "已付", "已付款", "已支付", "下单"), "paid"),
    **dict.fromkeys(("退款", "退费", "已退款"), "refunded"),
}


def stage_called(word: str, settings: TrackingSettings) -> str:
    """Return the name of the stage that `word` means and that a conversion can reach. Raises ConfigError."""
    names = {*BUILT_IN, *(stage.name for stage in settings.stages)}
    titles = {stage.title: stage.name for stage in settings.stages if stage.title}
    said = word.strip()
    found = said.casefold() if said.casefold() in names else titles.get(said) or _WORDS.get(said, "")
    if found and found not in COUNTED:
        return found
    known = joined(sorted(names - {*COUNTED}))
    if found:
        raise ConfigError(
            _("{stage} is counted from what happens in groups; nobody reaches it by a mark.").format(stage=found),
            hint=_("Stages: {stages}.").format(stages=known),
        )
    raise ConfigError(
        _("There is no stage {stage}.").format(stage=said), hint=_("Stages: {stages}.").format(stages=known)
    )
