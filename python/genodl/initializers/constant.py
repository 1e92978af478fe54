"""Initializers without chance: constants, identities, Fourier bases."""

from __future__ import annotations

import numpy as np

from genodl._errors import ConfigError
from genodl.initializers.initializer import Initializer, engine_dtype, sizes


class Zeros(Initializer):
    """Zeros."""

    def __call__(self, shape, dtype=None):
        return np.zeros(sizes(shape, "Zeros"), engine_dtype(dtype))


class Ones(Initializer):
    """Ones."""

    def __call__(self, shape, dtype=None):
        return np.ones(sizes(shape, "Ones"), engine_dtype(dtype))


class Constant(Initializer):
    """One value everywhere.

    Parameters
    ----------
    value : float or array
        An array must have the shape of the weight, or one that broadcasts to it.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.initializers.Constant(3)((2,))
    array([3., 3.], dtype=float32)
    """

    def __init__(self, value=0.0):
        self.value = value

    def __call__(self, shape, dtype=None):
        value = np.asarray(self.value).astype(engine_dtype(dtype))
        shape = sizes(shape, "Constant")
        try:
            return np.broadcast_to(value, shape).copy()
        except ValueError:
            raise ConfigError(
                f"Constant: expected a value that broadcasts to shape {shape}, got shape {value.shape}."
            ) from None

    def get_config(self):
        plain = isinstance(self.value, (bool, int, float))
        return {"value": self.value if plain else np.asarray(self.value).tolist()}


class Identity(Initializer):
    """The identity matrix times ``gain``; for weights with two axes.

    Parameters
    ----------
    gain : float
    """

    def __init__(self, gain=1.0):
        self.gain = gain

    def __call__(self, shape, dtype=None):
        shape = sizes(shape, "Identity")
        if len(shape) != 2:
            raise ConfigError(f"Identity: expected a weight of two axes, got shape {shape}.")
        return np.eye(*shape, dtype=engine_dtype(dtype)) * engine_dtype(dtype).type(self.gain)

    def get_config(self):
        return {"gain": self.gain}


class STFT(Initializer):
    """The kernel of a convolution that computes a short-time Fourier transform.

    Parameters
    ----------
    side : {"real", "imag"}
    window : str, array or None
        A window that ``scipy.signal.get_window`` knows (scipy must be installed), or its values.
    scaling : {"density", "spectrum", None}
    periodic : bool
        Whether a named window is periodic or symmetric.
    """

    def __init__(self, side="real", window="hann", scaling="density", periodic=False):
        if side not in ("real", "imag"):
            raise ConfigError(f"STFT: expected side 'real' or 'imag', got {side!r}.")
        if scaling not in (None, "density", "spectrum"):
            raise ConfigError(f"STFT: expected scaling 'density', 'spectrum' or None, got {scaling!r}.")
        if isinstance(window, str):
            _named_window(window, 1, periodic)
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape, dtype=None):
        shape = sizes(shape, "STFT")
        if len(shape) != 3:
            raise ConfigError(f"STFT: expected a kernel (length, 1, frequencies), got shape {shape}.")
        length, channels, frequencies = shape
        time = np.arange(length).reshape(-1, 1, 1)
        share = np.arange(frequencies).reshape(1, 1, -1) / (2.0 * (frequencies - 1))
        angles = -2.0 * np.pi * time * share
        kernel = np.cos(angles) if self.side == "real" else np.sin(angles)
        kernel = kernel * self._scaled_window(length)
        return np.broadcast_to(kernel, shape).astype(engine_dtype(dtype))

    def _scaled_window(self, length):
        if self.window is None:
            return 1.0
        if isinstance(self.window, str):
            window = _named_window(self.window, length, self.periodic)
        else:
            window = np.asarray(self.window, "float64")
        if window.shape != (length,):
            raise ConfigError(f"STFT: expected a window of {length} values, got shape {window.shape}.")
        if self.scaling == "density":
            window = window / np.sqrt(np.sum(window**2))
        elif self.scaling == "spectrum":
            window = window / np.sum(window)
        return window.reshape(-1, 1, 1)

    def get_config(self):
        named = self.window is None or isinstance(self.window, str)
        window = self.window if named else np.asarray(self.window).tolist()
        return {"side": self.side, "window": window, "periodic": self.periodic, "scaling": self.scaling}


def _named_window(name, length, periodic):
    try:
        from scipy.signal import get_window
    except ImportError:
        raise ImportError(
            "STFT: windows by name come from scipy, which is not installed. Run pip install scipy, or give values."
        ) from None
    return get_window(name, length, fftbins=periodic)
