"""What sheets can say and a YAML file may say too: what a step waits for, playbooks, replies, the last day."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.sop.document import Playbook, Reply, Trigger
from groupbot.sop.notes import Notes
from groupbot.sop.places import Places
from groupbot.sop.schema import PlaybookModel, ReplyModel, TriggerModel
from groupbot.sop.timenode import Day, TimeNodeError
from groupbot.sop.timetext import parse_day
from groupbot.sop.yaml_file import Place

_MINUTE = 60


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
            found.append(Reply(keywords=tuple(model.keywords), text=text, source=places.at(place)))
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
