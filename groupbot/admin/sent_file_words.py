"""How files that were sent are spoken of, and what can be replied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from groupbot.admin.cards import CardOption
from groupbot.admin.declare import Option
from groupbot.admin.families.phone import problem_lines
from groupbot.campaign.sent_files import Inspected
from groupbot.chat.directory import Group
from groupbot.i18n import _, ngettext

_FAULTS = 10
_WARNINGS = 3
_DAYS = 9
_RUNS = 3
_TARGETS = 6


def faults(name: str, found: Inspected) -> str:
    """Return the errors of a file with the way out."""
    errors = problem_lines(found.problems, "error")
    count = ngettext("{file} has {n} error:", "{file} has {n} errors:", len(errors)).format(file=name, n=len(errors))
    shown = [*errors[:_FAULTS], *_more(len(errors) - _FAULTS)]
    way_out = _("Mend the marked cells and send the file again.") if found.marked else _("Mend it and send it again.")
    return "\n".join((count, *shown, way_out))


def preview(name: str, found: Inspected) -> str:
    """Return how a file would look from tomorrow on, day by day, and what to look at."""
    return "\n".join((name, *_days(found), *_look_at(found)))


def headline(name: str, found: Inspected) -> str:
    """Return what a card asks."""
    what = found.shown.text.headline if found.shown else _("it can't be shown before a launch says more")
    return _("{file}: {what}. What shall I do with it?").format(file=name, what=what)


def choices(runs: Sequence[str]) -> tuple[CardOption, ...]:
    """Return the replies; digits mean the same with every file: 2 and from 5 on are edits of what runs."""
    found = [(1, _("Launch it"), "launch"), (3, _("Only keep it"), "keep"), (4, _("Drop it"), "drop")]
    digits = (2, *range(5, 5 + _RUNS))
    found += [
        (digit, _("Change {campaign} to it").format(campaign=run), f"edit {run}")
        for digit, run in zip(digits, runs, strict=False)
    ]
    return tuple(CardOption(digit=digit, label=label, choice=choice) for digit, label, choice in sorted(found))


def launch_options(name: str, day: date, groups: Sequence[Group]) -> tuple[Option, ...]:
    """Return lines that launch an SOP on the groups of each squad and tag, or on all."""
    squads = dict.fromkeys(group.squad for group in groups if group.squad)
    tags = dict.fromkeys(tag for group in groups for tag in sorted(group.tags))
    targets = [(f'分组 "{squad}"', squad) for squad in squads] + [(f'标签 "{tag}"', tag) for tag in tags]
    found = [*targets[: _TARGETS - 1], ("全部", _("all groups"))]
    label = _("{target}, from {day} on")
    return tuple(
        Option(label=label.format(target=said, day=f"{day:%m-%d}"), line=f'/活动 启动 "{name}" {day:%m-%d} {words}')
        for words, said in found
    )


def _days(found: Inspected) -> Iterator[str]:
    days = found.shown.text.days if found.shown else ()
    for one in days[:_DAYS]:
        posts = ngettext("{n} post", "{n} posts", one.posts).format(n=one.posts)
        yield f"{one.text.splitlines()[0]} · {posts}"
    yield from _more(len(days) - _DAYS)


def _look_at(found: Inspected) -> Iterator[str]:
    warnings = problem_lines(found.problems, "warning")
    if warnings:
        yield _("Look at ({count}):").format(count=len(warnings))
        yield from warnings[:_WARNINGS]
        yield from _more(len(warnings) - _WARNINGS)


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield _("…{n} more").format(n=count)
