"""`groupbot risk`: train, judge and teach the scorers that find advertisements and negative messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from groupbot.cli.context import JsonOption
from groupbot.cli.output import WRONG_USE, fail, print_json, print_table
from groupbot.core.findings import Finding
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.risk.dataset import decoded, read_rows, read_texts
from groupbot.risk.evaluation import Evaluation, evaluated
from groupbot.risk.learning import corrected, key_of, unlearned
from groupbot.risk.model import Kind, Model
from groupbot.risk.model_file import ModelError, dumped, loaded
from groupbot.risk.shipped import shipped_model, shipped_scanner
from groupbot.risk.thresholds import aim

SEED = 20260518
"""Draws the bootstrap of `eval` unless another is given."""
_EXTRA = {"sklearn", "scipy"}

app = typer.Typer(no_args_is_help=True, help=_("Train, judge and teach what finds ads and negative messages."))

CsvFile = Annotated[Path, typer.Argument(metavar="FILE.csv", help=_("Columns text,label; 1 = a hit, 0 = none."))]
KindOption = Annotated[Kind, typer.Option("--kind", help=_("What a hit is."))]
ModelOption = Annotated[Path | None, typer.Option("--model", help=_("A trained model; the shipped one if not given."))]
OutOption = Annotated[Path, typer.Option("-o", "--output", help=_("Where the model is written."))]


@app.command("eval", help=_("Judge a model by labelled texts that it has not seen."))
def evaluate(
    file: CsvFile,
    kind: KindOption,
    *,
    model: ModelOption = None,
    seed: Annotated[int, typer.Option("--seed", help=_("Draws the samples of the interval."))] = SEED,
    as_json: JsonOption = False,
) -> None:
    """Print figures; the threshold is the model's own."""
    try:
        done = evaluated(_model(kind, model), read_rows(_text(file), file=file.name), seed=seed)
    except GroupbotError as error:
        fail(error)
    document = _evaluation(done)
    if as_json:
        print_json(document)
        return
    table = Table(_("Figure"), _("Value"))
    for name, value in document.items():
        if name != "ci":
            table.add_row(name, "—" if value is None else f"{value:.4g}")
    print_table(table, "")


@app.command("train", help=_("Train a model from labelled texts; its threshold is chosen by cross-validation."))
def train_model(
    file: CsvFile,
    kind: KindOption,
    output: OutOption,
    *,
    wanted: Annotated[
        str, typer.Option("--threshold-for", help=_("fpr=0.01: so many false alarms among honest texts; or f1."))
    ] = "fpr=0.01",
    as_json: JsonOption = False,
) -> None:
    """Write a model."""
    try:
        chosen = aim(wanted)
    except GroupbotError as error:
        fail(error, status=WRONG_USE)
    try:
        from groupbot.risk.training import train  # noqa: PLC0415 - the extra `risk-train` may not be installed

        model = train(read_rows(_text(file), file=file.name), kind, chosen, about={"file": file.name})
        _write(output, model)
    except GroupbotError as error:
        fail(error)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        fail(GroupbotError(_("Training needs scikit-learn."), hint="pip install 'groupbot[risk-train]'"))
    _tell(model, output, as_json=as_json)


@app.command("learn", help=_("Teach a model corrections, row by row; a later word on the same text counts."))
def learn(
    file: CsvFile,
    kind: KindOption,
    output: OutOption,
    *,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the model with its corrections."""
    try:
        taught = corrected(_model(kind, model), read_rows(_text(file), file=file.name))
        _write(output, taught)
    except GroupbotError as error:
        fail(error)
    _tell(taught, output, as_json=as_json)


@app.command("unlearn", help=_("Take corrections back: those on the texts of a file, or all of them."))
def unlearn(
    model: Annotated[Path, typer.Option("--model", help=_("A model with corrections."))],
    output: OutOption,
    *,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.csv]", help=_("Texts; without it everything."))] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the model as if the corrections had never been made."""
    try:
        taught = _read(model)
        keys = [key_of(text) for text in read_texts(_text(file), file=file.name)] if file else None
        left = unlearned(taught, frozenset(one.key for one in taught.corrections) if keys is None else frozenset(keys))
        _write(output, left)
    except GroupbotError as error:
        fail(error)
    _tell(left, output, as_json=as_json)


@app.command("scan", help=_("Show what the shipped scorers and phrases find in texts, and where."))
def scan(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=_("A column text; others are not read."))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Print each text with its score and findings."""
    try:
        texts = read_texts(_text(file), file=file.name)
        scanner = shipped_scanner()
    except GroupbotError as error:
        fail(error)
    rows = [(text, scanner.scan(text)) for text in texts]
    if as_json:
        print_json(
            [
                {"text": text, "score": done.score, "findings": [_finding(one, text) for one in done.findings]}
                for text, done in rows
            ]
        )
        return
    table = Table(_("Score"), _("Text"), _("Findings"))
    for text, done in rows:
        table.add_row(f"{done.score:.2f}", text, ", ".join(one.rule for one in done.findings))
    print_table(table, _("There are no texts in it."))


def _finding(one: Finding, text: str) -> dict[str, Any]:
    """Return a finding as the contract shows it."""
    return {
        "rule": one.rule,
        "kind": one.kind,
        "score": one.score,
        "evidence": one.evidence(text),
        "start": one.start,
        "end": one.end,
    }


def _evaluation(done: Evaluation) -> dict[str, Any]:
    """Return an evaluation as the contract shows it."""
    return {
        "n": done.n,
        "threshold": done.threshold,
        **{name: done.figures[name] for name in ("precision", "recall", "f1", "macro_f1", "auc", "fpr")},
        "ci": {"f1": list(done.f1_ci) if done.f1_ci else None},
        "per_second": round(done.per_second),
    }


def _model(kind: Kind, path: Path | None) -> Model:
    """Return the model at `path`, or the shipped one. Raises ModelError for one of another kind."""
    model = _read(path) if path else shipped_model(kind)
    if model.kind != kind:
        raise ModelError(
            _("{file} was trained for {kind}.").format(file=path, kind=model.kind),
            hint=_("Give its kind, or another model."),
        )
    return model


def _read(path: Path) -> Model:
    try:
        return loaded(path.read_bytes(), file=path.name)
    except OSError as error:
        raise _unreadable(path, error) from error


def _text(path: Path) -> str:
    try:
        return decoded(path.read_bytes(), file=path.name)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> GroupbotError:
    return GroupbotError(
        _("{file} can't be read: {reason}").format(file=path, reason=error.strerror), hint=_("Give the path of a file.")
    )


def _write(path: Path, model: Model) -> None:
    try:
        path.write_bytes(dumped(model))
    except OSError as error:
        raise GroupbotError(
            _("{file} can't be written: {reason}").format(file=path, reason=error.strerror), hint=""
        ) from error


def _tell(model: Model, path: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "model": str(path),
                "kind": model.kind,
                "threshold": model.threshold,
                "threshold_for": model.threshold_for,
                "corrections": len(model.corrections),
            }
        )
        return
    words = _("{file}: a hit from {threshold:.3f} on, {n} corrections")
    typer.echo(words.format(file=path, threshold=model.threshold, n=len(model.corrections)))
