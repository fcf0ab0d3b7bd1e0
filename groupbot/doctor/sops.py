"""The project's SOPs: whether they lint clean, their materials are what they seem, their links well-formed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from groupbot.doctor.checks import Check, in_short
from groupbot.doctor.materials import HEAD, LARGEST, Fault, judge
from groupbot.i18n import _, os_reason
from groupbot.sop.document import LinkPart, Sop
from groupbot.sop.planned import SopError
from groupbot.sop.template import ScriptError, Template

ReadSop = Callable[[Path], Sop]
"""Read one SOP file; raises SopError."""
_SAMPLE_HOSTS = frozenset({"example.com", "example.org", "example.net", "www.example.com"})


def sop_checks(paths: Iterable[Path], read: ReadSop, *, largest: int = LARGEST) -> Iterator[Check]:
    """Yield what is found about each SOP file: itself, then its materials and links.

    `largest`: bytes of the largest file that every posting account can send.
    """
    for path in paths:
        name = f"sop:{path.name}"
        try:
            sop = read(path)
        except SopError as error:
            yield broken(name, path, error)
            continue
        warned = [problem.message for problem in sop.warnings]
        yield Check(
            name=name,
            ok=True,
            message=_("{file} can be launched.").format(file=path.name),
            hint=_("Look at: {warnings}").format(warnings=_some(warned)) if warned else "",
        )
        yield from material_checks(path.name, sop, largest=largest)
        yield from link_checks(path.name, sop)


def broken(name: str, path: Path, error: SopError) -> Check:
    """Return what keeps the SOP at `path` from being launched."""
    errors = [problem for problem in error.problems if problem.level == "error"]
    told = [_placed(problem.where.line, problem.message) for problem in errors]
    hints = [problem.hint for problem in errors if problem.hint]
    return Check(
        name=name,
        ok=False,
        message=_("{file} can't be launched: {problems}").format(file=path.name, problems=_some(told)),
        hint=hints[0] if hints else _("`groupbot sop check` shows every problem with its place."),
    )


def material_checks(file: str, sop: Sop, *, largest: int = LARGEST) -> Iterator[Check]:
    """Yield one failure per material that is not what it seems, or that all are well."""
    written = {material.written: Path(material.path) for material in sop.materials.values()}
    faults = {name: _fault(path, name, largest) for name, path in written.items()}
    yield from _told(f"materials:{file}", faults)
    if faults and not any(faults.values()):
        message = _("{file}: all materials ({n}) are what they seem.").format(n=len(faults), file=file)
        yield Check(name=f"materials:{file}", ok=True, message=message)


def link_checks(file: str, sop: Sop) -> Iterator[Check]:
    """Yield one failure per link that can't be opened, and advice on links that are unsafe or only samples.

    The network is not asked. A link whose variables have no default is judged by nobody here.
    """
    urls = list(dict.fromkeys(links_of(sop)))
    faults = {url: judge_link(url) for url in urls}
    yield from _told(f"links:{file}", faults)
    if urls and not any(faults.values()):
        yield Check(
            name=f"links:{file}",
            ok=True,
            message=_("{file}: all links ({n}) are well-formed.").format(n=len(urls), file=file),
            hint=link_advice(urls),
        )


def judge_link(url: str) -> Fault | None:
    """Return what is wrong with the syntax of `url`, None = nothing."""
    try:
        split = urlsplit(url)
        host, _port = split.hostname or "", split.port
    except ValueError:
        split, host = urlsplit(""), ""
    if split.scheme in {"http", "https"} and host and not any(mark.isspace() for mark in url):
        return None
    return Fault(
        message=_("{url!r} is no link that members can open.").format(url=url),
        hint=_("Write the whole address, as in https://example.com/camp."),
    )


def link_advice(urls: Iterable[str]) -> str:
    """Return what to think about in well-formed links, "" = nothing."""
    if samples := [url for url in urls if urlsplit(url).hostname in _SAMPLE_HOSTS]:
        return _("Only samples, give the real address: {urls}").format(urls=_some(samples))
    if plain := [url for url in urls if urlsplit(url).scheme == "http"]:
        return _("Better https, since members are warned of http: {urls}").format(urls=_some(plain))
    return ""


def links_of(sop: Sop) -> Iterator[str]:
    """Yield the links of `sop`, as far as the defaults of its variables make them whole."""
    values = {name: item.default for name, item in sop.variables.items() if item.default is not None}
    for step in sop.steps:
        for part in step.parts:
            if isinstance(part, LinkPart):
                yield from _filled(part.url, values)
                if part.thumbnail is not None:
                    yield from _filled(part.thumbnail, values)


def _filled(template: Template, values: Mapping[str, str]) -> Iterator[str]:
    try:
        url = template.render(values)
    except ScriptError:
        return
    if url:
        yield url


def _fault(path: Path, written: str, largest: int) -> Fault | None:
    try:
        with path.open("rb") as stream:
            return judge(written, path.stat().st_size, stream.read(HEAD), largest=largest)
    except OSError as error:
        return Fault(
            message=_("The material {file} can't be read: {reason}").format(file=written, reason=os_reason(error)),
            hint=_("Let the user who runs groupbot read it."),
        )


def _told(name: str, faults: Mapping[str, Fault | None]) -> Iterator[Check]:
    for fault in faults.values():
        if fault is not None:
            yield Check(name=name, ok=False, message=fault.message, hint=fault.hint)


def _placed(line: int | None, message: str) -> str:
    return _("line {line}: {message}").format(line=line, message=message) if line else message


def _some(texts: list[str]) -> str:
    return in_short(texts, most=3, sep=" ")
