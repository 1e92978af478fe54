"""Checks of what layers are given: constructor arguments and ranks of inputs."""

from __future__ import annotations

from genodl._errors import NotSupportedError, ShapeError


def channels_last(who, data_format):
    """The only layout there is."""
    if data_format == "channels_first":
        raise NotSupportedError(
            f"{who}: data_format='channels_first' is not supported. Put channels last: (batch, length, channels) or "
            "(batch, height, width, channels)."
        )
    if data_format not in (None, "channels_last"):
        raise ValueError(f"{who}: expected data_format='channels_last', got {data_format!r}.")
    return "channels_last"


LARGEST = 2**31 - 1  # products of two such sizes still fit in the engine's integers


def sizes(who, name, value, n, smallest=1):
    """``value`` as a tuple of ``n`` ints; one int counts for all."""
    items = (value,) * n if isinstance(value, int) else value
    try:
        items = tuple(items)
    except TypeError:
        items = ()
    is_int = all(isinstance(i, int) and not isinstance(i, bool) for i in items)
    if len(items) != n or not is_int or any(i < smallest for i in items):
        shape = "an int" if n == 1 else f"an int or {n} ints"
        raise ValueError(f"{who}: expected {name} to be {shape} of at least {smallest}, got {value!r}.")
    if any(i > LARGEST for i in items):
        raise ValueError(f"{who}: expected {name} up to {LARGEST}, got {value!r}.")
    return items


def borders(who, name, value):
    """``((top, bottom), (left, right))`` from an int, two ints or two pairs."""
    if isinstance(value, int):
        value = (value, value)
    if not hasattr(value, "__len__") or len(value) != 2:
        raise ValueError(
            f"{who}: expected {name} to be an int, (height, width) or ((top, bottom), (left, right)), got {value!r}."
        )
    return tuple(sizes(who, name, side, 2, smallest=0) for side in value)


def padding_mode(who, padding):
    mode = padding.lower() if isinstance(padding, str) else padding
    if mode not in ("valid", "same"):
        raise ValueError(f"{who}: expected padding to be 'valid' or 'same', got {padding!r}.")
    return mode


def fraction(who, name, value):
    """A number from 0 to 1."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError(f"{who}: expected {name} between 0 and 1, got {value!r}.")
    return value


def expect_rank(layer, x, rank, words):
    """Raises unless ``x`` has ``rank`` axes; ``words`` names them."""
    if len(x.shape) != rank:
        raise ShapeError(f"{layer.name}: expected an input of {rank} axes {words}, got shape {tuple(x.shape)}.")
    return x


def axes_in_range(layer, axes, rank):
    """Axes counted from the front."""
    axes = [axes] if isinstance(axes, int) else list(axes)
    for axis in axes:
        if not -rank <= axis < rank:
            raise ShapeError(f"{layer.name}: expected an axis from {-rank} to {rank - 1}, got {axis}.")
    return sorted(axis % rank for axis in axes)


SEQUENCE = "(batch, length, channels)"
IMAGE = "(batch, height, width, channels)"
