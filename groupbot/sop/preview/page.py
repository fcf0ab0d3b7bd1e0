"""The preview as one HTML page that needs nothing else: no script, style or picture from anywhere.

Everything from the SOP is escaped: in the overview as HTML, for the view of one group as JSON that the page's script
only ever shows as text. Pictures stand in that JSON once, however often they are posted.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from groupbot.core.content import Part
from groupbot.i18n import _, joined, present
from groupbot.sop.planned import PlannedTask, Problem
from groupbot.sop.preview.album import Album
from groupbot.sop.preview.calendar import Day, Post, Preview
from groupbot.sop.preview.page_parts import SCRIPT, STYLE
from groupbot.sop.preview.said import message, weekday

_VERSIONS = 3
"""Different wordings of one post that the overview shows; the view of a group has its own."""
_NAMED = 8
"""Groups that are named above their wording."""
_BARS = 48
"""Busiest hours that are drawn."""


_NO_PICTURES = Album(pictures={})


def page(shown: Preview, roles: Mapping[str, str], album: Album = _NO_PICTURES) -> str:
    """Return the page. `roles`: role -> what operators call it; pictures that are not in `album` are only named."""
    words = {
        "pick": _("Search a group"),
        "nobody": _("No such group"),
        "left": _("left out: too late"),
        "everyone": _("All groups"),
    }
    policy = f"default-src 'none'; style-src '{_digest(STYLE)}'; script-src '{_digest(SCRIPT)}'; img-src data:"
    pieces = [
        f'<!doctype html><html lang="{"zh-CN" if present() == "zh" else "en"}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(shown.title)}</title><style>{STYLE}</style></head><body>",
        f"<header><h1>{escape(shown.title)}</h1><p>{escape(_summary(shown))}</p>",
        f'<input id="pick" type="search" list="groups" placeholder="{(pick := escape(words["pick"]))}"',
        f' aria-label="{pick}" autocomplete="off">',
        '<datalist id="groups">',
        *(f'<option value="{escape(group)}"></option>' for group in shown.groups),
        '</datalist></header><main id="all">',
        *_problems(shown.problems),
        *_hours(shown),
        *_contents(shown.days),
        *(piece for day in shown.days for piece in _day(day, roles, album, of=len(shown.groups))),
        *_undated(shown),
        '</main><main id="one" hidden></main>',
        f'<script id="data" type="application/json">{_json(_data(shown, roles, album) | {"words": words})}</script>',
        f"<script>{SCRIPT}</script></body></html>",
    ]
    return "".join(pieces)


def _summary(shown: Preview) -> str:
    posts = sum(len(post.groups) for day in shown.days for post in day.posts)
    said = _("{posts} posts to {groups} groups in {days} days · {zone} · {version}").format(
        posts=posts, groups=len(shown.groups), days=len(shown.days), zone=shown.timezone, version=shown.version
    )
    busiest = shown.busiest
    if busiest is None:
        return said
    return said + " · " + _("busiest hour: {hour}, {n} messages").format(hour=f"{busiest[0]:%m-%d %H:00}", n=busiest[1])


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    if problems:
        yield f'<details class="problems" open><summary>{escape(_("To look at"))} ({len(problems)})</summary><ul>'
        for problem in problems:
            yield f'<li class="{problem.level}"><b>{escape(problem.code)}</b> {escape(problem.message)}'
            yield f"<br><i>{escape(problem.hint)}</i></li>" if problem.hint else "</li>"
        yield "</ul></details>"


def _hours(shown: Preview) -> Iterator[str]:
    if not shown.per_hour:
        return
    most = max(shown.per_hour.values())
    chosen = sorted(sorted(shown.per_hour.items(), key=lambda pair: -pair[1])[:_BARS])
    yield f'<details class="hours"><summary>{escape(_("Messages per hour"))}</summary>'
    for hour, count in chosen:
        yield f"<div><span>{hour:%m-%d %H:00}</span>"
        yield f'<meter min="0" max="{most}" value="{count}"></meter><span>{count}</span></div>'
    yield "</details>"


def _contents(days: Sequence[Day]) -> Iterator[str]:
    if len(days) > 1:
        yield "<nav>"
        yield from (f'<a href="#d{day.day}">{_called(day)}</a>' for day in days)
        yield "</nav>"


def _called(day: Day) -> str:
    return escape(f"{day.day:%m-%d} {weekday(day.day.weekday())}")


def _day(day: Day, roles: Mapping[str, str], album: Album, *, of: int) -> Iterator[str]:
    yield f'<section id="d{day.day}"><h2>{_called(day)}</h2>'
    for item in day.by_time:
        if isinstance(item, Post):
            yield from _post(item, roles, album, of=of)
        else:
            yield _task(item)
    yield "</section>"


def _post(post: Post, roles: Mapping[str, str], album: Album, *, of: int) -> Iterator[str]:
    """Yield the card of a post; `of`: how many groups there are in all."""
    yield f"<article><h3><time>{post.due:%H:%M}</time> {escape(post.step)} <small>{escape(post.phase)}</small></h3>"
    for number, parts in enumerate(post.versions[:_VERSIONS]):
        if len(post.versions) > 1 or len(post.groups) < of:
            yield f'<p class="of">{escape(_whose(post, number))}</p>'
        for part in parts:
            kind, words = message(part.content, roles)
            picture = album.number(part.content)
            seen = "" if picture is None else f'<img data-picture="{picture}" alt="">'
            yield f'<p class="say">{f"<em>{escape(kind)}</em> " if kind else ""}{escape(words)}{seen}</p>'
    yield f"<footer>{escape(' · '.join(_facts(post)))}</footer></article>"


def _whose(post: Post, version: int) -> str:
    """Return the groups that get this wording, by name: the first of them."""
    groups = [group for group, own in zip(post.groups, post.version_of, strict=True) if own == version]
    return joined(groups[:_NAMED] + ["…"] * (len(groups) > _NAMED))


def _facts(post: Post) -> Iterator[str]:
    if post.speaker:
        yield post.speaker
    yield _("{n} groups").format(n=len(post.groups))
    if len(post.versions) > 1:
        yield _("{n} wordings").format(n=len(post.versions))
    if post.last_at > post.due:
        yield _("last group has it at {time}").format(time=f"{post.last_at:%H:%M:%S}")
    if post.left_out:
        yield _("{n} groups left out: too late").format(n=post.left_out)


def _undated(shown: Preview) -> Iterator[str]:
    if not (shown.undated or shown.triggers):
        return
    yield f"<section><h2>{escape(_('Without a time'))}</h2>"
    yield from map(_task, shown.undated)
    for trigger in shown.triggers:
        yield f"<article><h3>{escape(trigger.step)} <small>{escape(trigger.condition or trigger.kind)}</small></h3>"
        yield f'<p class="say">{escape(trigger.text)}</p></article>'
    yield "</section>"


def _task(task: PlannedTask) -> str:
    at = f"<time>{task.due:%H:%M}</time> " if task.due else ""
    who = " · ".join(text for text in (task.assignee, task.group) if text)
    return (
        f'<article class="task"><h3>{at}{escape(task.step)} <small>{escape(who)}</small></h3>'
        f'<p class="do">{escape(task.text)}</p></article>'
    )


def _data(shown: Preview, roles: Mapping[str, str], album: Album) -> dict[str, object]:
    """Return what the view of one group needs: posts with their wordings, and for each group which and when."""
    numbers = {group: number for number, group in enumerate(shown.groups)}
    audiences: dict[tuple[str, ...], int] = {}
    posts = []
    for number, day in enumerate(shown.days):
        for post in day.posts:
            row: dict[str, object] = {
                "d": number,
                "t": f"{post.due:%H:%M}",
                "s": post.speaker or post.step,
                "w": [[_said(part, roles, album) for part in parts] for parts in post.versions],
                "g": audiences.setdefault(post.groups, len(audiences)),
                "b": [round((one.begins - post.due).total_seconds()) for one in post.expected],
            }
            if len(post.versions) > 1:
                row["v"] = post.version_of
            if post.left_out:
                row["x"] = [at for at, one in enumerate(post.expected) if one.is_left_out]
            posts.append(row)
    return {
        "days": [f"{day.day:%m-%d} {weekday(day.day.weekday())}" for day in shown.days],
        "groups": shown.groups,
        "audiences": [[numbers[group] for group in groups] for groups in audiences],
        "posts": posts,
        "pictures": album.addresses,
    }


def _said(part: Part, roles: Mapping[str, str], album: Album) -> list[object]:
    """Return kind, words and gap of a message, and the number of its picture where it is one that is shown."""
    number = album.number(part.content)
    return [*message(part.content, roles), part.gap_s, *([] if number is None else [number])]


def _json(value: object) -> str:
    """Return JSON that can't end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _digest(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
