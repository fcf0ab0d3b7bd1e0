"""Stages as people name them: by their names, their titles, or the usual Chinese words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groupbot.errors import ConfigError
from groupbot.i18n import _, joined
from groupbot.settings.tracking import BUILT_IN, COUNTED, TrackingSettings

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("报名", "已报名", "登记"), "signed_up"),
    **dict.fromkeys(("到课", "签到", "出勤", "已到课"), "attended"),
    **dict.fromkeys(("付费", "付款", "支付", "成交", "已付", "已付款", "已支付", "下单"), "paid"),
    **dict.fromkeys(("退款", "退费", "已退款"), "refunded"),
}


def built_in_titles() -> dict[str, str]:
    """Return what the built-in stages are called, by their names."""
    return {
        "joined": _("joined"),
        "replied": _("replied"),
        "signed_up": _("signed up"),
        "attended": _("attended"),
        "paid": _("paid"),
        "refunded": _("refunded"),
        "left": _("left"),
    }


def stage_title(name: str, settings: TrackingSettings | None = None) -> str:
    """Return what people call a stage: its own title, the usual word, else its name."""
    own = {stage.name: stage.title for stage in settings.stages} if settings else {}
    return own.get(name) or built_in_titles().get(name, name)


def stages_shown(names: Iterable[str], settings: TrackingSettings) -> str:
    """Return stages as they may be typed, each with what people call it."""
    titles = {name: stage_title(name, settings) for name in names}
    return joined(title if title == name else f"{title} ({name})" for name, title in titles.items())


def stage_called(word: str, settings: TrackingSettings) -> str:
    """Return the name of the stage that `word` means and that a conversion can reach. Raises ConfigError."""
    names = {*BUILT_IN, *(stage.name for stage in settings.stages)}
    titles = {stage.title: stage.name for stage in settings.stages if stage.title}
    said = word.strip()
    found = said.casefold() if said.casefold() in names else titles.get(said) or _WORDS.get(said, "")
    if found and found not in COUNTED:
        return found
    known = stages_shown((*(name for name in BUILT_IN if name not in COUNTED), *sorted(names - {*BUILT_IN})), settings)
    if found:
        raise ConfigError(
            _("{stage} is counted from what happens in groups; nobody reaches it by a mark.").format(stage=found),
            hint=_("Stages: {stages}.").format(stages=known),
        )
    raise ConfigError(
        _("There is no stage {stage}.").format(stage=said), hint=_("Stages: {stages}.").format(stages=known)
    )
