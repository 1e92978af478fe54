"""A sequence motif: how often each base occurs at each position."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import ShapeError

UNIFORM = np.full(4, 0.25)

# IUPAC letter of each set of bases, by code.
_LETTERS = "NACMGRSVTWYHKDBN"


class Motif:
    """Counts of A, C, G and T at each position of a binding site.

    Parameters
    ----------
    counts : array (width, 4)
        Counts of A, C, G, T; whole numbers or not.
    name : str
        For people, for example "CTCF".
    id : str
        Of the database, for example "MA0139.1".

    Examples
    --------
    >>> import genodl as gd
    >>> tata = gd.sequence.Motif([[0, 0, 0, 9], [9, 0, 0, 0], [0, 0, 0, 9], [5, 0, 0, 4]], name="TATA")
    >>> tata.consensus()
    'TATW'
    >>> tata.information().round(2).tolist()
    [2.0, 2.0, 2.0, 1.01]
    """

    def __init__(self, counts: Any, name: str = "", id: str = ""):
        counts = np.array(counts, dtype=np.float64)
        if counts.ndim != 2 or counts.shape[1] != 4 or not len(counts):
            raise ShapeError(
                f"Motif: expected counts of shape (width, 4) in A, C, G, T order, got {counts.shape}. "
                "Put positions in rows and bases in columns."
            )
        wrong = ~(np.isfinite(counts) & (counts >= 0)).all(1) | ~(counts.sum(1) > 0)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(
                f"Motif: expected counts that are at least 0 and not all 0, got {counts[row].tolist()} at position "
                f"{row + 1}. Give counts or frequencies, not scores."
            )
        self.counts = counts
        self.name = str(name)
        self.id = str(id)

    def __len__(self) -> int:
        return len(self.counts)

    def get_config(self) -> dict[str, Any]:
        """What makes an equal motif, as plain data."""
        return {"counts": self.counts.tolist(), "name": self.name, "id": self.id}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Motif:
        return cls(**config)

    def ppm(self, pseudocount: float = 0.0, background: Any = None) -> np.ndarray:
        """Probability of each base at each position.

        Parameters
        ----------
        pseudocount : float
            Added to each position in all, shared out by `background`.
        background : array (4,), default uniform

        Returns
        -------
        float64 (width, 4), rows sum to 1
        """
        if pseudocount < 0:
            raise ValueError(f"Motif.ppm: expected a pseudocount of at least 0, got {pseudocount}. 0 adds nothing.")
        padded = self.counts + pseudocount * check_background(background, "Motif.ppm")
        return padded / padded.sum(1, keepdims=True)

    def pwm(self, background: Any = None, pseudocount: float = 0.8) -> np.ndarray:
        """Log-odds in bits: log2(probability / background).

        Parameters
        ----------
        background : array (4,), default uniform
        pseudocount : float
            As for `ppm`; with 0, a base never seen scores minus infinity. The default follows
            Nishida et al. 2009.

        Returns
        -------
        float64 (width, 4)
        """
        background = check_background(background, "Motif.pwm")
        with np.errstate(divide="ignore"):
            return np.log2(self.ppm(pseudocount, background) / background)

    def information(self, background: Any = None, pseudocount: float = 0.0) -> np.ndarray:
        """Information content of each position in bits: 0 to 2 for a uniform background.

        Returns
        -------
        float64 (width,)
        """
        background = check_background(background, "Motif.information")
        p = self.ppm(pseudocount, background)
        odds = np.divide(p, background, out=np.ones_like(p), where=p > 0)
        return (p * np.log2(odds)).sum(1)

    def reverse_complement(self) -> Motif:
        """The motif as seen on the other strand."""
        return Motif(self.counts[::-1, ::-1], self.name, self.id)

    def consensus(self) -> str:
        """IUPAC consensus by the rule of Cavener 1987.

        A base that makes up more than half and at least twice the next is written alone, two that make
        up more than three quarters as their code, three as theirs if the fourth never occurs, else N.
        """
        letters = []
        for p in self.ppm():
            order = np.argsort(-p, kind="stable")
            best, second, third, last = p[order]
            if best > 0.5 and best >= 2 * second:
                chosen = order[:1]
            elif best + second > 0.75:
                chosen = order[:2]
            elif last == 0:
                chosen = order[:3]
            else:
                chosen = order
            letters.append(_LETTERS[sum(1 << int(base) for base in chosen)])
        return "".join(letters)

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, Motif):
            return NotImplemented
        return (self.name, self.id) == (other.name, other.id) and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        title = " ".join(part for part in (self.id, self.name) if part)
        return f"Motif({title + ': ' if title else ''}{self.consensus()})"


def check_background(background: Any, who: str) -> np.ndarray:
    """Background frequencies of A, C, G, T as float64 (4,), uniform by default."""
    if background is None:
        return UNIFORM
    values = np.asarray(background, dtype=np.float64)
    if values.shape != (4,) or not (values > 0).all() or abs(values.sum() - 1) > 1e-3:
        raise ValueError(
            f"{who}: expected background frequencies of A, C, G, T that are above 0 and sum to 1, got "
            f"{values.tolist()}. Leave it out for a uniform one."
        )
    return values / values.sum()
