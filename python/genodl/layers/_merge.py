"""What the merging layers share: inputs that broadcast, and their masks."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ShapeError
from genodl.layers import _calling
from genodl.layers.layer import Layer


class Merge(Layer):
    """Several tensors to one, element by element."""

    supports_masking = True

    def build(self, input_shape):
        shapes = self._shapes(input_shape)
        batches = {shape[0] for shape in shapes if shape} - {None}
        if len(batches) > 1:
            raise ShapeError(f"{self.name}: expected inputs of one batch size, got shapes {_words(shapes)}.")
        self._merged(shapes)

    def call(self, inputs, mask=None):
        inputs = self._list(inputs)
        rank = max(len(x.shape) for x in inputs)
        widened = []
        for x in inputs:
            while len(x.shape) < rank:
                x = ops.expand_dims(x, 1)
            widened.append(x)
        masks = mask if isinstance(mask, (list, tuple)) else [None] * len(inputs)
        return self._merge(widened, list(masks))

    def _merge(self, inputs, masks):
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        return self._merged(self._shapes(input_shape))

    def compute_mask(self, inputs, previous_mask=None):
        """A position is masked where it is masked in all inputs; None if any input has no mask."""
        masks = self._masks(inputs, previous_mask)
        if masks is None or any(m is None for m in masks):
            return None
        merged = masks[0]
        for mask in masks[1:]:
            merged = ops.logical_or(merged, mask)
        return merged

    def _masks(self, inputs, masks):
        if masks is None:
            return None
        for what, given in {"mask": masks, "inputs": inputs}.items():
            if not isinstance(given, (list, tuple)):
                raise ValueError(f"{self.name}: expected {what} to be a list, got {type(given).__name__}.")
        if len(masks) != len(inputs):
            raise ValueError(f"{self.name}: expected one mask per input, got {len(masks)} and {len(inputs)} inputs.")
        return masks

    def _list(self, inputs):
        if not isinstance(inputs, (list, tuple)) or not inputs:
            raise ValueError(f"{self.name}: expected a list of tensors, got {inputs!r}.")
        return list(inputs)

    def _shapes(self, shapes):
        if not shapes or _calling.is_shape(shapes):
            raise ValueError(f"{self.name}: expected a list of tensors, got an input of shape {shapes}.")
        return [tuple(shape) for shape in shapes]

    def _merged(self, shapes):
        """The shape that all broadcast to; shorter ones get axes behind the batch."""
        rank = max(len(shape) for shape in shapes)
        merged = [1] * rank
        for shape in shapes:
            shape = (*shape[:1], *[1] * (rank - len(shape)), *shape[1:])
            for axis, n in enumerate(shape):
                if merged[axis] == 1:
                    merged[axis] = n
                elif merged[axis] is None or n is None:
                    known = {merged[axis], n} - {None, 1}
                    merged[axis] = known.pop() if axis == 0 and known else None
                elif n not in (1, merged[axis]):
                    raise ShapeError(f"{self.name}: expected inputs that broadcast, got shapes {_words(shapes)}.")
        return tuple(merged)


def expand_mask(mask, x):
    """A mask of positions in the shape of ``x``."""
    while len(mask.shape) < len(x.shape):
        mask = ops.expand_dims(mask, -1)
    return ops.broadcast_to(mask, x.shape)


def of_unmasked(function, inputs, masks):
    """``function`` of all inputs, of which masked positions do not count."""
    merged, kept = inputs[0], masks[0]
    kept = None if kept is None else expand_mask(kept, merged)
    for x, mask in zip(inputs[1:], masks[1:], strict=True):
        mask = None if mask is None else expand_mask(mask, x)
        other = x if mask is None else ops.where(mask, x, merged)
        if kept is not None:
            merged = ops.where(kept, merged, other)
        kept = ops.logical_or(kept, mask) if kept is not None and mask is not None else None
        merged = function(merged, other)
    return merged


def _words(shapes):
    return ", ".join(map(str, shapes))
