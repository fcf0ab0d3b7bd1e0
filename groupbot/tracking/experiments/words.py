"""What an experiment needs, how far it is and what it showed, in an operator's words."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.i18n import _, joined, ngettext
from groupbot.tracking.experiments.compared import Analysis, Arm, Comparison, Difference, Doubt, Verdict
from groupbot.tracking.experiments.design import Design, Unit
from groupbot.tracking.experiments.record import Progress, State
from groupbot.tracking.stage_words import stage_title


def state_word(state: State) -> str:
    """Name how an experiment stands."""
    return {State.PLANNED: _("planned"), State.RUNNING: _("running"), State.ENDED: _("ended")}[state]


def verdict_word(verdict: Verdict) -> str:
    """Name a verdict."""
    return {
        Verdict.NOT_YET: _("not yet"),
        Verdict.WINNER: _("a winner"),
        Verdict.NO_DIFFERENCE: _("no difference worth it"),
        Verdict.INSUFFICIENT: _("not enough evidence"),
    }[verdict]


def share(value: float | None) -> str:
    """Return a share as people read it; — for one of nobody."""
    return "—" if value is None else f"{value * 100:.1f}%"


def points(value: float) -> str:
    """Return a difference of shares, in percentage points."""
    return f"{value * 100:+.1f}"


def counted(unit: Unit, number: int) -> str:
    """Return a number of units."""
    if unit is Unit.GROUP:
        return ngettext("{n} group", "{n} groups", number).format(n=number)
    return ngettext("{n} person", "{n} people", number).format(n=number)


def horizon_line(design: Design, progress: Progress) -> str:
    """Tell how far it is."""
    done = _("{units} of {planned}").format(units=progress.units, planned=counted(design.unit, progress.planned))
    if progress.last is None:
        return done
    return _("{done}, until {day}").format(done=done, day=progress.last.isoformat())


def result_lines(design: Design, analysis: Analysis, progress: Progress) -> tuple[str, ...]:
    """Tell what it showed: the verdict first, then the variants, the differences and what makes them doubtful."""
    lines = [_sentence(design, analysis, progress)]
    if analysis.verdict is not Verdict.NOT_YET:
        lines += [_arm(design, arm) for arm in analysis.arms]
    lines += [_comparison(design, one, one.difference) for one in analysis.comparisons if one.difference]
    lines += [_doubt(design, doubt, progress) for doubt in analysis.doubts]
    return (*lines, *_basis(design, analysis))


def _sentence(design: Design, analysis: Analysis, progress: Progress) -> str:
    match analysis.verdict:
        case Verdict.NOT_YET:
            said = _("Not yet: {progress}. Whoever judges before the end finds differences that are none.")
            return said.format(progress=horizon_line(design, progress))
        case Verdict.WINNER if analysis.winner == design.control:
            return _("{control} stays: every other variant is worse.").format(control=design.control)
        case Verdict.WINNER:
            return _("{winner} wins.").format(winner=analysis.winner)
        case Verdict.NO_DIFFERENCE:
            said = _("No difference worth it: any there is is below {effect} points.")
            return said.format(effect=f"{design.effect * 100:.1f}")
        case Verdict.INSUFFICIENT:
            return _("Not enough evidence: it can't be said which variant is better.")


def _arm(design: Design, arm: Arm) -> str:
    if design.unit is Unit.GROUP:
        said = _("{variant}: {rate} on average over {units} ({reached} of {begun} people)")
        units = counted(design.unit, arm.units)
        rate = share(arm.rate)
        return said.format(variant=arm.variant, rate=rate, units=units, reached=arm.reached, begun=arm.begun)
    said = _("{variant}: {rate} ({reached} of {begun})")
    return said.format(variant=arm.variant, rate=share(arm.rate), reached=arm.reached, begun=arm.begun)


def _comparison(design: Design, one: Comparison, difference: Difference) -> str:
    said = _("{variant} against {control}: {points} points, in truth between {low} and {high} ({sure} sure)")
    text = said.format(
        variant=one.variant,
        control=design.control,
        points=points(difference.estimate),
        low=points(difference.low),
        high=points(difference.high),
        sure=f"{(1 - difference.alpha) * 100:.3g}%",
    )
    if one.uplift is not None:
        text += _("; relative {uplift} %").format(uplift=f"{one.uplift * 100:+.0f}")
    if one.is_shown and abs(difference.estimate) < design.effect:
        text += _("; smaller than what was said to be worth a change")
    return text


def _doubt(design: Design, doubt: Doubt, progress: Progress) -> str:
    return {
        Doubt.NOBODY_BEGUN: _("A variant has nobody who reached {stage}: there is nothing to compare."),
        Doubt.NOBODY_REACHED: _("Nobody reached {target}. Is it counted at all?"),
        Doubt.TOO_FEW_UNITS: _("So few groups could show no difference, however large."),
        Doubt.ALL_ALIKE: _("All groups have the same rate: nothing tells what luck alone would do."),
        Doubt.MORE_REACHED: _("More people reached {target} than {stage}: they are not counted alike."),
        Doubt.UNEVEN: _("Careful: the variants have more and fewer than the lot gave them. Find out why first."),
        Doubt.LOST: _("Careful: some groups that were given a variant have nobody in them; they are left out."),
        Doubt.FEWER: _("It ended with fewer than planned: {progress}."),
        Doubt.OPEN: _("Both no difference and one of {effect} points fit what was seen."),
    }[doubt].format(
        stage=stage_title(design.source),
        target=stage_title(design.target),
        effect=f"{design.effect * 100:.1f}",
        progress=horizon_line(design, progress),
    )


def _basis(design: Design, analysis: Analysis) -> Iterator[str]:
    """Yield what the comparison rests on."""
    if analysis.verdict is Verdict.NOT_YET:
        return
    if design.unit is Unit.GROUP:
        yield _("A group counts once, however large: its members hear the same words and each other.")
    if design.unit is Unit.CODE:
        yield _("Who saw which code was not drawn: it holds if both hung where the same people pass, at the same time.")
    if len(analysis.comparisons) > 1:
        yield _("Several variants were compared with {control}: each had to be clearer for it (Holm).").format(
            control=design.control
        )


def plan_lines(design: Design, *, units: int, people: int, factor: float) -> tuple[str, ...]:
    """Tell what each variant needs, and what that supposes."""
    said = _("Each of {variants} needs {units}, about {people} people who reach {stage}.")
    if design.unit is not Unit.GROUP:
        said = _("Each of {variants} needs {people} people who reach {stage}.")
    stage = stage_title(design.source)
    units_word = counted(design.unit, units)
    head = said.format(variants=joined(design.variants), units=units_word, people=people, stage=stage)
    aim = _("Then a change from {base} to {better} is found in {power} of cases, and one that is not there in {alpha}.")
    lines = [
        head,
        aim.format(
            base=share(design.base),
            better=share(design.base + design.effect),
            power=f"{design.power * 100:.0f}%",
            alpha=f"{design.alpha * 100:.3g}%",
        ),
    ]
    if design.unit is Unit.GROUP:
        supposed = _(
            "Supposed: {members} members a group, alike by {icc}: {factor} times the people that single ones take."
        )
        lines.append(supposed.format(members=f"{design.members:.0f}", icc=f"{design.icc:g}", factor=f"{factor:.1f}"))
    if len(design.variants) > 2:  # noqa: PLR2004 - one beside the control
        lines.append(
            _("Each comparison is held to {alpha}, since there are several.").format(
                alpha=f"{design.alpha / design.comparisons * 100:.2g}%"
            )
        )
    lines.append(_("It is judged once, at its end."))
    return tuple(lines)
