"""What mutation_map gives: the effect of every single mutation of some sequences."""

from __future__ import annotations

import os

import numpy as np

from genodl._errors import FileFormatError
from genodl.explain._files import new_archive

BASES = "ACGT"


class MutationMap:
    """The effect of every single mutation of some sequences on an output of a model.

    Attributes
    ----------
    reference : ndarray (n, ...)
        The output for each sequence as it is.
    delta : ndarray (n, positions, 4, ...)
        The score of each mutation; of deletions (n, positions, ...). 0 where the base is the reference's.
    sequences : ndarray (n, length, 4)
        The sequences as one-hot rows.
    region : (int, int)
        The positions [first, last) that ``delta`` covers.
    mutations, score : str
    """

    def __init__(self, reference, delta, sequences, region, mutations="substitutions", score="difference"):
        self.reference = reference
        self.delta = delta
        self.sequences = sequences
        self.region = tuple(int(r) for r in region)
        self.mutations = mutations
        self.score = score

    def __len__(self):
        return len(self.reference)

    def __repr__(self):
        first, last = self.region
        return (
            f"<MutationMap: {self.mutations} at positions {first} to {last - 1} of {len(self)} "
            f"sequence{'s' if len(self) != 1 else ''}, {self.score}>"
        )

    def letters(self, row=0):
        """The reference's letters in the region; N where a row of the sequence is no single base."""
        rows = self.sequences[row, self.region[0] : self.region[1]]
        clear = (rows.max(axis=-1) == 1) & (rows.sum(axis=-1) == 1)
        return "".join(BASES[b] if c else "N" for b, c in zip(rows.argmax(axis=-1), clear))

    def to_pandas(self):
        """One line for each mutation: sequence, position, reference, mutant and one column for each output."""
        import pandas

        n, positions = self.delta.shape[:2]
        bases = 1 if self.mutations == "deletions" else 4
        values = self.delta.reshape(n, positions, bases, -1)
        letters = np.array([list(self.letters(i)) for i in range(n)]).reshape(n, positions)
        kept = np.ones((n, positions, bases), bool)
        if self.mutations == "substitutions":
            kept = letters[:, :, None] != np.array(list(BASES))
        row, position, base = np.nonzero(kept)
        table = {"sequence": row, "position": position + self.region[0], "reference": letters[row, position]}
        if bases == 4:
            table["mutant"] = np.array(list(BASES))[base]
        outputs = values[row, position, base]
        names = ["delta"] if outputs.shape[1] == 1 else [f"delta_{i}" for i in range(outputs.shape[1])]
        table.update(zip(names, outputs.T))
        return pandas.DataFrame(table)

    def save(self, path):
        """Writes the map to an .npz file, complete or not at all."""
        with new_archive(path) as archive:
            archive.write("delta", self.delta)
            self._write_rest(archive)

    def _write_rest(self, archive):
        archive.write("reference", self.reference)
        archive.write("sequences", self.sequences)
        archive.write("region", np.array(self.region))
        archive.write("mutations", np.array(self.mutations))
        archive.write("score", np.array(self.score))

    @classmethod
    def load(cls, path):
        """Reads what :meth:`save` wrote."""
        try:
            with np.load(path, allow_pickle=False) as f:
                arrays = (f[name] for name in ("reference", "delta", "sequences", "region"))
                return cls(*arrays, str(f["mutations"]), str(f["score"]))
        except (KeyError, ValueError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise FileFormatError(f"{os.fspath(path)}: expected a mutation map (.npz), got {error}.") from None

    def plot(self, row=0, output=0, ax=None):
        """Draws one sequence's map; see :func:`genodl.plot.mutation_map`."""
        from genodl import plot

        return plot.mutation_map(self, row=row, output=output, ax=ax)
