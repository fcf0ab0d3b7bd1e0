"""What sheets can say and a YAML file may say too: what a step waits for, playbooks, replies, the last day."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.i18n import _
from groupbot.sop.days_off import WEEKEND, WORKDAYS
from groupbot.sop.document import Playbook, Reply, Trigger
from groupbot.sop.notes import Notes
from groupbot.sop.places import Places
from groupbot.sop.planned import Source
from groupbot.sop.schema import PlaybookModel, ReplyModel, TriggerModel
from groupbot.sop.timenode import Day, TimeNodeError
from groupbot.sop.timetext import WEEKDAYS, parse_day
from groupbot.sop.yaml_file import Place

_MINUTE = 60
_SEVERAL = {"workdays": WORKDAYS, "weekend": WEEKEND}
_CHINESE = ("一1", "二2", "三3", "四4", "五5", "六6", "日天7")


def read_trigger(model: TriggerModel | None, places: Places, place: Place, notes: Notes) -> Trigger | None:
    """Return what a step waits for, None when it waits for no more than its time."""
    if model is None:
        return None
    after = places.duration(model.after, (*place, "trigger", "after"), notes)
    minutes = int(after.total_seconds() // _MINUTE) if after else 0
    return Trigger(kind=model.kind, condition=model.condition, count=model.count, minutes=minutes)


def read_playbooks(models: Sequence[PlaybookModel], places: Places) -> tuple[Playbook, ...]:
    """Return the playbooks in the order of the file."""
    return tuple(
        Playbook(
            symptom=model.symptom, words=model.words, picture=model.picture, source=places.at(("playbooks", number))
        )
        for number, model in enumerate(models)
    )


def read_replies(
    models: Sequence[ReplyModel], places: Places, notes: Notes, variables: frozenset[str]
) -> tuple[Reply, ...]:
    """Return the replies whose words can be read, in the order of the file."""
    found = []
    for number, model in enumerate(models):
        place = ("replies", number)
        text = notes.script(model.text, places.text_at((*place, "text")), declared=variables)
        if text is not None:
            source = places.at(place)
            found.append(Reply(keywords=tuple(model.keywords), text=text, picture=model.picture, source=source))
    return tuple(found)


def read_last_day(text: str | None, places: Places, notes: Notes) -> Day | None:
    """Return the day on which steps without an end stop repeating."""
    if text is None:
        return None
    try:
        return parse_day(text)
    except TimeNodeError as error:
        notes.refused("bad-time", error, places.at(("last_day",)))
        return None


def read_weekdays(words: Sequence[str] | None, where: Source, notes: Notes) -> frozenset[int] | None:
    """Return the weekdays (0 = Monday) that `words` name, None where nothing is said."""
    if words is None:
        return None
    found: set[int] = set()
    for word in words:
        days = _weekdays_of(word.strip().casefold())
        if not days:
            message = _("`{text}` is no weekday.").format(text=word)
            notes.error("bad-value", message, where, hint=_("Write mon, tue … sun, workdays or weekend."))
        found |= days
    return frozenset(found) or None


def _weekdays_of(word: str) -> frozenset[int]:
    if word in _SEVERAL:
        return _SEVERAL[word]
    if word in {"工作日", "周末"}:
        return WORKDAYS if word == "工作日" else WEEKEND
    for start in ("周", "星期", "礼拜"):
        if word.startswith(start):
            return frozenset(number for number, signs in enumerate(_CHINESE) if word[len(start) :] in tuple(signs))
    return frozenset(number for number, name in enumerate(WEEKDAYS) if len(word) > 2 and word.startswith(name))  # noqa: PLR2004 - mon
