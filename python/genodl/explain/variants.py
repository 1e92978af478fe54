"""What variants do to a network's output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._errors import ShapeError
from ..sequence import concatenate, reverse_complement
from ..sequence.allele_windows import check_reference, write_alleles
from ..sequence.dna import DNA
from ..sequence.genome import Genome
from ..sequence.variant import Variant, as_variants
from ..sequence.windowing import check_genome
from .scores import SCORES

_LETTERS_AT_ONCE = 1 << 22


@dataclass
class VariantEffects:
    """One row per variant scored, in the order given.

    Attributes
    ----------
    variants : list of Variant (n)
    effect : float (n, ...)
        The score, of the shape of the model's output.
    reference, alternative : float (n, ...)
        Output of the model for the two alleles.
    kept : int64 (n,)
        Which of the variants given the rows stand for; some are missing with ``mismatch="skip"``.
    swapped : bool (n,)
        Where the genome holds ALT: there `reference` is of ALT and `alternative` of REF.
    score : str
    """

    variants: list[Variant]
    effect: np.ndarray
    reference: np.ndarray
    alternative: np.ndarray
    kept: np.ndarray
    swapped: np.ndarray
    score: str

    def __len__(self) -> int:
        return len(self.variants)

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame; outputs with several numbers become columns such as effect_0."""
        try:
            import pandas
        except ImportError:
            raise ImportError("VariantEffects.to_pandas: needs pandas. Install it with: pip install pandas") from None
        columns: dict[str, Any] = {
            field: [getattr(v, field) for v in self.variants] for field in ("chrom", "pos", "id", "ref", "alt")
        }
        for name in ("effect", "reference", "alternative"):
            values = getattr(self, name).reshape(len(self), -1)
            single = values.shape[1] == 1
            columns.update({name if single else f"{name}_{i}": values[:, i] for i in range(values.shape[1])})
        return pandas.DataFrame({**columns, "swapped": self.swapped})

    def __repr__(self) -> str:
        lines = [f"VariantEffects: {len(self):,} variants, {self.score}"]
        for variant, effect in list(zip(self.variants, self.effect.reshape(len(self), -1), strict=True))[:5]:
            lines.append(f"  {variant}  {' '.join(f'{e:+.4g}' for e in effect[:4])}{' ...' * (len(effect) > 4)}")
        return "\n".join(lines + ["  ..."] * (len(self) > 5))


def variant_effects(
    model: Any,
    genome: Genome,
    variants: Any,
    score: str = "deltascore",
    both_strands: bool = True,
    *,
    output: int | str | None = None,
    length: int | None = None,
    mismatch: str = "error",
    batch_size: int = 256,
) -> VariantEffects:
    """Scores variants by a network: its output with the alternative against that with the reference allele.

    Parameters
    ----------
    model : Model
        With one DNA input.
    genome : Genome
    variants : Variants, Variant, or iterable of Variant or (chrom, pos, ref, alt) tuples (n)
        Insertions and deletions too: `gd.sequence.apply_variants` says how windows are made.
    score : "deltascore", "difference", "logit" or "logfold"
        (alt - ref) * max(0, ref, alt), as DeepBind; alt - ref; difference of log-odds; log2(alt / ref).
    both_strands : bool, default True
        The model's output is the mean of those for both strands.
    output : int or str, optional
        Which output of a model with several.
    length : int, optional
        Of the windows; the model's input tells it, unless it takes any length.
    mismatch : "error", "skip" or "swap"
        When the genome does not hold REF; as for `gd.sequence.apply_variants`. Checked for all variants
        before the first is scored.
    batch_size : int

    Returns
    -------
    VariantEffects

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.write_fasta("tiny.fa", ["ACGTTGCAACTTGATTACA"], ids=["chr1"])
    >>> genome = gd.sequence.Genome("tiny.fa")
    >>> gc = gd.layers.Lambda(lambda x: gd.ops.mean(x[:, :, 1] + x[:, :, 2], axis=1, keepdims=True))
    >>> model = gd.Sequential([gd.DNAInput(8), gc])
    >>> effects = gd.explain.variant_effects(model, genome, [("chr1", 7, "C", "A")], score="difference")
    >>> effects.effect.round(3).tolist()
    [[-0.125]]
    """
    if score not in _SCORES:
        raise ValueError(
            f"variant_effects: expected score to be one of {', '.join(map(repr, _SCORES))}, got {score!r}."
        )
    check_genome(genome, "variant_effects")
    length = _window_length(model, length)
    variants = as_variants(variants, "variant_effects")
    kept, swapped = check_reference(genome, variants, mismatch, "variant_effects")
    portion = max(1, _LETTERS_AT_ONCE // length)
    parts = []
    for first in range(0, len(kept), portion):
        rows = slice(first, first + portion)
        pair = write_alleles(genome, variants, kept[rows], swapped[rows], length, "pad", "variant_effects")
        parts.append(_outputs(model, pair, both_strands, output, batch_size))
    if not parts:
        raise ValueError(
            f"variant_effects: expected at least one variant to score, got none of {len(variants):,} whose REF the "
            "genome holds. Check the genome build."
        )
    reference, alternative = (np.concatenate(column) for column in zip(*parts, strict=True))
    return VariantEffects(
        variants=[variants[i] for i in kept.tolist()],
        effect=_SCORES[score](alternative, reference),
        reference=reference,
        alternative=alternative,
        kept=kept,
        swapped=swapped,
        score=score,
    )


def _logfold(alternative: np.ndarray, reference: np.ndarray) -> np.ndarray:
    lowest = min(reference.min(), alternative.min())
    if not lowest > 0:
        raise ValueError(
            f"variant_effects: expected outputs above 0 for score='logfold', got {lowest:.4g}. Use score='difference'."
        )
    return np.log2(alternative) - np.log2(reference)


_SCORES = {**SCORES, "logfold": _logfold}


def _outputs(
    model: Any, pair: tuple[DNA, DNA], both_strands: bool, output: int | str | None, batch_size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Output for the reference and for the alternative windows."""
    # Alleles and strands go in one call: one compiled plan, full batches.
    dna = concatenate(pair)
    if both_strands:
        dna = concatenate([dna, reverse_complement(dna)])
    values = _choose(model.predict(dna, batch_size=batch_size, verbose=0), output)
    if both_strands:
        if values.ndim > 2:
            raise ShapeError(
                f"variant_effects: expected one row of numbers per sequence to average over strands, got outputs of "
                f"shape {values.shape[1:]}, whose positions run the other way on the other strand. "
                "Use both_strands=False."
            )
        values = (values[: len(values) // 2] + values[len(values) // 2 :]) / 2
    return values[: len(values) // 2], values[len(values) // 2 :]


def _choose(outputs: Any, output: Any) -> np.ndarray:
    if isinstance(outputs, (list, tuple, dict)):
        known = list(outputs) if isinstance(outputs, dict) else list(range(len(outputs)))
        if output is None and len(known) == 1:
            output = known[0]
        if output not in known:
            raise ValueError(
                f"variant_effects: expected output to be one of {known}, got {output!r}. The model has several: "
                "choose one."
            )
        outputs = outputs[output]
    elif output not in (None, 0):
        raise ValueError(f"variant_effects: expected output=None, got {output!r}. The model has one output.")
    return np.asarray(outputs)


def _window_length(model: Any, length: int | None) -> int:
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][2] != 4:
        raise ShapeError(
            f"variant_effects: expected a model with one DNA input (length, 4), got inputs of shapes "
            f"{[shape[1:] for shape in shapes]}. Build it on gd.DNAInput."
        )
    own = shapes[0][1]
    if own is None and length is None:
        raise ValueError(
            "variant_effects: expected a length, as the model takes sequences of any length, got None. Give length=."
        )
    if None not in (own, length) and own != length:
        raise ShapeError(f"variant_effects: expected length={own}, the model's, got {length}. Leave length out.")
    return int(own or length or 0)
