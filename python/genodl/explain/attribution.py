"""Which bases matter: attributions made of gradients."""

from __future__ import annotations

import numpy as np

from genodl import _seeds
from genodl._gradients import gradients
from genodl.models._inputs import one_array


class Attribution:
    """How much each entry of the input contributes to an output.

    Attributes
    ----------
    values : ndarray (n, length, 4)
        In the shape of the input.
    inputs : ndarray
        What was explained, as the model saw it.
    method : str
    """

    def __init__(self, values, inputs, method):
        self.values = values
        self.inputs = inputs
        self.method = method

    def __len__(self):
        return len(self.values)

    def __repr__(self):
        return f"<Attribution by {self.method}: {self.values.shape}>"

    def per_base(self):
        """One number a base, (n, length): the sum over the letters."""
        return self.values.sum(axis=-1)

    def plot(self, row=0, ax=None):
        """Draws the contributions of one sequence as letters; see :func:`genodl.plot.attribution`."""
        from genodl import plot

        return plot.attribution(self.values[row], ax=ax)


def saliency(model, x, output=None, correct=False, batch_size=64):
    """The gradient of an output by the input.

    Parameters
    ----------
    model : Model with one input
    x : DNA, strings or array (n, length, 4)
    output : int, str or callable, optional
        A column of the last axis, the name of an output, or a function of the outputs; their sum where absent.
    correct : bool
        Takes the mean over the four letters off, which one-hot inputs cannot see (Majdandzic et al. 2023).
    batch_size : int

    Returns
    -------
    Attribution

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.saliency(model, ["ACGTT" * 6]).values.shape
    (1, 30, 4)
    """
    inputs = _floats(x)
    return Attribution(_gradient(model, inputs, output, correct, batch_size), inputs, "saliency")


def gradient_x_input(model, x, output=None, correct=False, batch_size=64):
    """The gradient times the input: what is left of saliency at the letters that are there.

    Parameters and result as of :func:`saliency`.

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.gradient_x_input(model, ["ACGTT" * 6]).per_base().shape
    (1, 30)
    """
    inputs = _floats(x)
    values = _gradient(model, inputs, output, correct, batch_size) * inputs
    return Attribution(values, inputs, "gradient x input")


def integrated_gradients(model, x, output=None, baseline=None, steps=50, correct=False, batch_size=64):
    """Gradients averaged on the way from a baseline, times the way (Sundararajan et al. 2017).

    The values of a sequence add up to the output less that of the baseline, up to the error of ``steps``
    midpoints.

    Parameters
    ----------
    model, x, output, correct, batch_size : as of :func:`saliency`
    baseline : array (length, 4) or (n, length, 4), optional
        A quarter everywhere by default: all bases alike.
    steps : int

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.integrated_gradients(model, ["ACGTT" * 6], steps=8).values.shape
    (1, 30, 4)
    """
    if steps < 1:
        raise ValueError(f"integrated_gradients: expected at least 1 step, got {steps}.")
    inputs = _floats(x)
    start = np.full_like(inputs, 0.25) if baseline is None else np.broadcast_to(_floats(baseline), inputs.shape)
    total = np.zeros_like(inputs)
    for k in range(steps):
        point = start + (k + 0.5) / steps * (inputs - start)
        total += _gradient(model, point, output, correct, batch_size)
    return Attribution(total / steps * (inputs - start), inputs, "integrated gradients")


def smoothgrad(model, x, output=None, noise=0.1, samples=25, seed=None, correct=False, batch_size=64):
    """The mean gradient at noisy copies of the input (Smilkov et al. 2017).

    Parameters
    ----------
    model, x, output, correct, batch_size : as of :func:`saliency`
    noise : float
        Standard deviation of what is added.
    samples : int
    seed : int, optional

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.smoothgrad(model, ["ACGTT" * 6], samples=3).values.shape
    (1, 30, 4)
    """
    if samples < 1 or noise < 0:
        raise ValueError(f"smoothgrad: expected samples of at least 1 and noise from 0, got {samples} and {noise}.")
    inputs = _floats(x)
    rng = np.random.default_rng(_seeds.next_seed() if seed is None else seed)
    total = np.zeros_like(inputs)
    for _ in range(samples):
        point = inputs + rng.normal(0, noise, inputs.shape).astype(inputs.dtype)
        total += _gradient(model, point, output, correct, batch_size)
    return Attribution(total / samples, inputs, "smoothgrad")


def _floats(x):
    array = one_array(x)
    return array.astype("float32") if array.dtype.kind != "f" else array


def _gradient(model, inputs, output, correct, batch_size):
    parts = [
        gradients(model, inputs[start : start + batch_size], of=output)
        for start in range(0, len(inputs), batch_size)
    ]
    values = np.concatenate(parts)
    return values - values.mean(axis=-1, keepdims=True) if correct else values
