"""A model as one file: compressed arrays and a header in JSON; nothing in it is executed when it is read.

Weights are kept in eight bits, finer near nought: 1 MB instead of 4, at no measurable loss.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.risk.features import BITS, Buckets
from groupbot.risk.model import KINDS, Correction, Guard, Model, Overlay, Samples, Weights, empty_weights

FORMAT = 2
_STEPS = 127
Arrays = Mapping[str, NDArray[Any]]


class ModelError(GroupbotError):
    """A file is no model, or one of another version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Packed:
    codes: NDArray[np.int8]
    largest: float


def dumped(model: Model) -> bytes:
    """Return `model` as the bytes of a file; `loaded` is the inverse but for rounding."""
    packed = _packed(model.weights)
    header = {
        "format": FORMAT,
        "bits": BITS,
        "kind": model.kind,
        "largest": packed.largest,
        "bias": model.bias,
        "threshold": model.threshold,
        "threshold_for": model.threshold_for,
        "sure": model.sure,
        "overlay_bias": model.overlay.bias if model.overlay else None,
        "corrections": [{"key": one.key, "by": one.by} for one in model.corrections],
        "about": dict(model.about),
    }
    corrections = Samples.of([one.found for one in model.corrections], [one.label for one in model.corrections])
    delta = model.overlay.delta if model.overlay else empty_weights()
    changed = np.flatnonzero(delta)
    arrays: dict[str, Any] = {
        "header": np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), dtype=np.uint8),
        "weights": packed.codes,
        "changed": changed.astype(np.uint32),
        "delta": delta[changed],
        **_samples("replay", model.replay),
        **_samples("guard", model.guard.samples),
        "guard_odds": model.guard.odds.astype(np.float32),
        **_samples("learned", corrections),
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def loaded(data: bytes, *, file: str) -> Model:
    """Return the model in `data`; `file` is its name for messages. Raises ModelError for anything else."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _model(arrays, json.loads(arrays["header"].tobytes()))
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(
            _("{file} is no model that can be used here.").format(file=file),
            hint=_("Make one with `groupbot risk train FILE.csv --kind ads -o MODEL`."),
        ) from error


def _model(arrays: Arrays, header: Mapping[str, Any]) -> Model:
    if header["format"] != FORMAT or header["bits"] != BITS or header["kind"] not in KINDS:
        raise ValueError(header["format"])
    learned = _unpacked_samples("learned", arrays)
    notes: Sequence[Mapping[str, str]] = header["corrections"]
    overlay = None
    if header["overlay_bias"] is not None:
        delta = empty_weights()
        delta[arrays["changed"]] = arrays["delta"]
        overlay = Overlay(delta=delta, bias=header["overlay_bias"])
    return Model(
        kind=header["kind"],
        weights=_unpacked(_Packed(codes=arrays["weights"], largest=header["largest"])),
        bias=header["bias"],
        threshold=header["threshold"],
        threshold_for=header["threshold_for"],
        sure=header["sure"],
        replay=_unpacked_samples("replay", arrays),
        guard=Guard(samples=_unpacked_samples("guard", arrays), odds=arrays["guard_odds"].astype(np.float64)),
        about=header["about"],
        overlay=overlay,
        corrections=tuple(
            Correction(key=note["key"], by=note["by"], found=found, label=label)
            for note, found, label in zip(notes, learned.rows(), learned.labels.tolist(), strict=True)
        ),
    )


def _packed(weights: Weights) -> _Packed:
    largest = float(np.abs(weights).max()) or 1.0
    sizes = np.sqrt(np.abs(weights) / largest) * _STEPS
    return _Packed(codes=(np.sign(weights) * np.rint(sizes)).astype(np.int8), largest=largest)


def _unpacked(packed: _Packed) -> Weights:
    shares = packed.codes.astype(np.float32) / np.float32(_STEPS)
    weights: Weights = np.sign(shares) * shares * shares * np.float32(packed.largest)
    return weights


def _samples(name: str, samples: Samples) -> dict[str, NDArray[Any]]:
    """Return arrays of small numbers: gaps between buckets, sizes of rows."""
    return {
        f"{name}_gaps": np.diff(samples.found, prepend=np.uint32(0)),
        f"{name}_sizes": np.diff(samples.ends, prepend=0).astype(np.uint32),
        f"{name}_labels": samples.labels,
    }


def _unpacked_samples(name: str, arrays: Arrays) -> Samples:
    found: Buckets = np.cumsum(arrays[f"{name}_gaps"], dtype=np.uint32)
    ends = np.cumsum(arrays[f"{name}_sizes"], dtype=np.int64)
    return Samples(found=found, ends=ends, labels=arrays[f"{name}_labels"])
