"""k-mers as whole numbers, for language models of DNA."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

from .._seeds import next_seed
from ._batch import as_batch
from .composition import check_k
from .dna import FRACTIONS

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNKNOWN, CLS, SEP, MASK = range(len(SPECIAL))

_BASE_OF_CODE = np.where((FRACTIONS > 0).sum(1) == 1, FRACTIONS.argmax(1), -1).astype(np.int8)


class MaskedTokens(NamedTuple):
    """Input, target and weight of masked language modelling, each (n, tokens)."""

    inputs: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


class Tokenizer:
    """k-mers of DNA as whole numbers.

    Ids 0 to 4 are [PAD], [UNK], [CLS], [SEP] and [MASK]; k-mers follow in the order of their letters
    (A, C, G, T). A k-mer that holds an ambiguous letter is [UNK].

    Parameters
    ----------
    k : int from 1 to 12
    step : int
        Letters from one k-mer to the next: 1 for overlapping ones, `k` for words side by side.
    special_tokens : bool, default False
        Begin with [CLS] and end with [SEP].

    Examples
    --------
    >>> import genodl as gd
    >>> tokenizer = gd.sequence.Tokenizer(k=3, step=3)
    >>> ids = tokenizer.encode(["AAAAACGGT", "TTTNNN"])
    >>> ids.tolist()
    [[5, 6, 48], [68, 1, 0]]
    >>> tokenizer.decode(ids)
    ['AAAAACGGT', 'TTTNNN']
    >>> tokenizer.vocabulary_size
    69
    """

    def __init__(self, k: int = 6, step: int = 1, special_tokens: bool = False):
        check_k(k, "Tokenizer")
        if not isinstance(step, (int, np.integer)) or not 1 <= step <= k:
            raise ValueError(
                f"Tokenizer: expected a step from 1 to k = {k}, got {step!r}. A longer one would leave letters out."
            )
        self.k, self.step, self.special_tokens = int(k), int(step), bool(special_tokens)

    @property
    def vocabulary_size(self) -> int:
        """Number of ids: the `input_dim` of an Embedding."""
        return len(SPECIAL) + 4**self.k

    def vocabulary(self) -> list[str]:
        """The token of each id."""
        return [*SPECIAL, *("".join(letters) for letters in itertools.product("ACGT", repeat=self.k))]

    def encode(self, x: Any) -> np.ndarray:
        """Ids of the k-mers of sequences.

        Parameters
        ----------
        x : DNA, Sequences, one string, strings, or uint8 codes (n, length)

        Returns
        -------
        int32 (n, tokens), or (tokens,) for one string
            Shorter sequences are filled up with [PAD]. Letters after the last whole step belong to no token.
        """
        batch = as_batch(x, "tokenize")
        short = np.flatnonzero(batch.lengths < self.k)
        if short.size:
            i = int(short[0])
            raise ValueError(
                f"tokenize: expected sequences of at least k = {self.k} letters, got {batch.lengths[i]} in sequence "
                f"{i + 1} of {len(batch)}. Leave it out or use a smaller k."
            )
        counts = (batch.lengths - self.k) // self.step + 1
        ids = self._ids_everywhere(_BASE_OF_CODE[batch.codes])
        framed = int(self.special_tokens)
        most = int(counts.max(initial=0))
        out = np.full((len(batch), most + 2 * framed), PAD, np.int32)
        tokens = out[:, framed : framed + most]
        if len(np.unique(batch.lengths)) == 1:
            tokens[:] = ids.reshape(len(batch), -1)[:, : (most - 1) * self.step + 1 : self.step]
        else:
            filled = np.arange(most) < counts[:, None]
            where = batch.offsets[:-1, None] + np.arange(most) * self.step
            tokens[filled] = ids[where[filled]]
        if framed:
            out[:, 0] = CLS
            out[np.arange(len(batch)), counts + 1] = SEP
        return batch.one_per_sequence(out)

    def decode(self, ids: Any) -> list[str]:
        """Letters of ids; [UNK] and [MASK] become N where no other token tells.

        Parameters
        ----------
        ids : int (n, tokens)

        Returns
        -------
        list of str
        """
        ids = np.atleast_2d(np.asarray(ids))
        if ids.dtype.kind not in "iu" or (ids.size and not 0 <= ids.min() <= ids.max() < self.vocabulary_size):
            raise ValueError(
                f"Tokenizer.decode: expected whole numbers from 0 to {self.vocabulary_size - 1}, got "
                f"{ids.dtype} from {ids.min()} to {ids.max()}. Use the tokenizer that made them."
            )
        return [self._letters(row[(row != PAD) & (row != CLS) & (row != SEP)]) for row in ids]

    def mask(
        self,
        ids: Any,
        rate: float = 0.15,
        span: int | None = None,
        seed: int | None = None,
        replace: tuple[float, float] = (0.8, 0.1),
    ) -> MaskedTokens:
        """Hides spans of tokens, for masked language modelling.

        Overlapping k-mers tell each other's letters, so spans of at least ``k`` steps are hidden together.

        Parameters
        ----------
        ids : int (n, tokens)
        rate : float
            Share of the k-mers to predict, on average.
        span : int, optional
            Tokens hidden together; None hides as many as share a letter, 1 for k-mers side by side.
        seed : int, optional
            None: the next seed of `gd.set_seed`'s source.
        replace : (float, float)
            Shares of the spans that become [MASK] and random k-mers; the rest stay as they are.

        Returns
        -------
        MaskedTokens
            Inputs with tokens hidden, targets (the ids given), weights (float32, 1 where to predict:
            the `sample_weight` of `fit`).
        """
        ids = np.asarray(ids)
        if ids.ndim != 2:
            raise ValueError(f"Tokenizer.mask: expected ids of shape (n, tokens), got {ids.shape}. Give many rows.")
        if not 0 < rate < 1 or min(replace) < 0 or sum(replace) > 1:
            raise ValueError(
                f"Tokenizer.mask: expected a rate between 0 and 1 and shares that sum to at most 1, got {rate!r} and "
                f"{replace!r}. 0.15 and (0.8, 0.1) are usual."
            )
        span = -(-self.k // self.step) if span is None else span
        if not isinstance(span, (int, np.integer)) or span < 1:
            raise ValueError(f"Tokenizer.mask: expected a span of at least 1 token, got {span!r}.")
        rng = np.random.default_rng(next_seed() if seed is None else seed)
        n, tokens = ids.shape
        # A token is hidden when one of the `span` spans over it begins: 1 - (1 - start)^span = rate.
        begins = rng.random((n, tokens + span - 1)) < -np.expm1(np.log1p(-rate) / span)
        kinds = np.searchsorted(np.cumsum(replace), rng.random(begins.shape), "right")
        hidden, kind = np.zeros((n, tokens), bool), np.zeros((n, tokens), np.int64)
        for shift in range(span):
            at = begins[:, shift : shift + tokens]
            hidden |= at
            kind = np.where(at, kinds[:, shift : shift + tokens], kind)
        hidden &= ids >= len(SPECIAL)
        random_ids = rng.integers(len(SPECIAL), self.vocabulary_size, ids.shape)
        inputs = np.where(hidden & (kind == 0), MASK, np.where(hidden & (kind == 1), random_ids, ids))
        return MaskedTokens(inputs.astype(np.int32), ids.astype(np.int32), hidden.astype(np.float32))

    def get_config(self) -> dict[str, Any]:
        return {"k": self.k, "step": self.step, "special_tokens": self.special_tokens}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Tokenizer:
        return cls(**config)

    def __repr__(self) -> str:
        return f"Tokenizer(k={self.k}, step={self.step}, special_tokens={self.special_tokens})"

    def _ids_everywhere(self, bases: np.ndarray) -> np.ndarray:
        """The id of the k-mer that begins at each letter of the flat batch, without regard to records."""
        count = max(len(bases) - self.k + 1, 0)
        ids, known = np.zeros(len(bases), np.int32), np.ones(count, bool)
        for j in range(self.k):
            part = bases[j : j + count]
            ids[:count] <<= 2
            ids[:count] += part
            known &= part >= 0
        ids[:count] += len(SPECIAL)
        ids[:count][~known] = UNKNOWN
        return ids

    def _letters(self, row: np.ndarray) -> str:
        if not len(row):
            return ""
        letters = np.full((len(row) - 1) * self.step + self.k, ord("N"), np.uint8)
        known = row >= len(SPECIAL)
        starts = np.flatnonzero(known) * self.step
        for j in range(self.k):
            base = (row[known] - len(SPECIAL)) >> (2 * (self.k - 1 - j)) & 3
            letters[starts + j] = np.frombuffer(b"ACGT", np.uint8)[base]
        return letters.tobytes().decode("ascii")


def tokenize(x: Any, k: int = 6, step: int = 1) -> np.ndarray:
    """k-mers of sequences as whole numbers; `Tokenizer` says which.

    Parameters
    ----------
    x : DNA, Sequences, one string, strings, or uint8 codes (n, length)
    k : int from 1 to 12
    step : int from 1 to k
        1 for overlapping k-mers, `k` for words side by side.

    Returns
    -------
    int32 (n, tokens), or (tokens,) for one string

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.tokenize("AACGT", k=3).tolist()
    [6, 11, 32]
    """
    return Tokenizer(k, step).encode(x)
