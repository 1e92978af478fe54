"""How fast a step could be: its products at the FMA peak, its parameters at the memory's bandwidth."""

from __future__ import annotations

from typing import NamedTuple

# Adam reads a parameter, its gradient and two moments, and writes all but the gradient: 7 floats.
BYTES_PER_PARAMETER = 28


class Product(NamedTuple):
    """A convolution or dense layer.

    Attributes
    ----------
    multiply_adds : int
        Of one sample.
    first : bool
        Reads the input, so that training needs no gradient of what it reads.
    one_hot : bool
        Reads one-hot DNA, where no product is needed: counts for nothing.
    """

    multiply_adds: int
    first: bool = False
    one_hot: bool = False


def conv(positions, width, channels, filters, **kind):
    return Product(positions * width * channels * filters, **kind)


def dense(inputs, units, **kind):
    return Product(inputs * units, **kind)


def flop(products, samples, training):
    """Floating-point operations of a step, without the first one-hot layer."""
    passes = [0 if p.one_hot else 1 if not training else 2 if p.first else 3 for p in products]
    return 2 * samples * sum(n * p.multiply_adds for n, p in zip(passes, products))


def seconds(products, samples, training, parameters, fma_peak, bandwidth):
    """The limit of a step in seconds; inference reads its parameters from caches."""
    memory = BYTES_PER_PARAMETER * parameters / bandwidth if training else 0.0
    return flop(products, samples, training) / fma_peak + memory
