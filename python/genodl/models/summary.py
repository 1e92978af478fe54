"""The table of ``model.summary()``."""

from __future__ import annotations

import numpy as np

from genodl import _tree


def print_summary(model, line_length=None, print_fn=None, expand_nested=False, show_trainable=False):
    """Rows of layer name and class, output shape and number of parameters, then the totals."""
    out = print_fn or print
    rows = [("Layer (type)", "Output Shape", "Param #") + (("Trainable",) if show_trainable else ())]
    rows += _rows(model, expand_nested, show_trainable, indent="")
    width = max(line_length or 0, 65)
    columns = [0.48, 0.32, 0.20] if not show_trainable else [0.42, 0.28, 0.18, 0.12]
    widths = [max(int(width * share), max(len(r[i]) for r in rows) + 2) for i, share in enumerate(columns)]
    total = sum(widths)
    out(f'Model: "{model.name}"')
    out("─" * total)
    out(_line(rows[0], widths))
    out("═" * total)
    for row in rows[1:]:
        out(_line(row, widths))
    out("─" * total)
    if not model.built:
        out(" Not built yet: call the model on data, or model.build(shape), to see its sizes.")
        return
    trainable, frozen = _size(model.trainable_weights), _size(model.non_trainable_weights)
    out(f" Total params: {trainable + frozen:,} ({_bytes(4 * (trainable + frozen))})")
    out(f" Trainable params: {trainable:,} ({_bytes(4 * trainable)})")
    out(f" Non-trainable params: {frozen:,} ({_bytes(4 * frozen)})")


def _rows(model, expand_nested, show_trainable, indent):
    rows = []
    for layer in model.layers:
        row = (f"{indent}{layer.name} ({type(layer).__name__})", _shape(layer), _count(layer))
        rows.append(row + (("Y" if layer.trainable else "N",) if show_trainable else ()))
        if expand_nested and hasattr(layer, "layers"):
            rows += _rows(layer, expand_nested, show_trainable, indent + "  ")
    return rows


def _line(row, widths):
    cells = [f" {row[0]:<{widths[0] - 1}}", f"{row[1]:<{widths[1]}}", f"{row[2]:>{widths[2] - 1}}"]
    return "".join([*cells, *(f"{c:>{w}}" for c, w in zip(row[3:], widths[3:]))]).rstrip()


def _shape(layer):
    if layer._is_input_layer:
        return str(layer.batch_shape)
    if not layer._inbound:
        graph = getattr(layer, "_graph", None)
        return str(_tree.map_structure(lambda t: t.shape, graph.outputs)) if graph else "?"
    shapes = [t.shape for t in layer._inbound[-1].outputs if hasattr(t, "shape")]
    return str(shapes[0]) if len(shapes) == 1 else ", ".join(map(str, shapes))


def _count(layer):
    return f"{_size(layer.weights):,}" if layer.built else "0 (unbuilt)"


def _size(variables):
    return sum(int(np.prod(v.shape)) for v in variables)


def _bytes(n):
    for unit in ("B", "KB", "MB"):
        if n < 1024:
            return f"{n:.2f} {unit}"
        n /= 1024
    return f"{n:.2f} GB"
