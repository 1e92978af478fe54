"""The graph of a model."""

from __future__ import annotations

from typing import Any

from genodl import _tree

from ._canvas import new_axes


def model(model: Any, ax: Any = None, to_file: Any = None) -> Any:
    """Draws a model's layers as boxes, from its inputs at the top to its outputs.

    Parameters
    ----------
    model : Model
        Functional or built Sequential.
    ax : matplotlib axes, optional
    to_file : path, optional
        Also writes the picture there.

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> net = gd.Sequential([gd.Input((4,)), gd.layers.Dense(2)])
    >>> ax = gd.plot.model(net)  # doctest: +SKIP
    """
    graph = getattr(model, "_graph", None)
    if graph is None:
        raise ValueError("plot.model: expected a functional or built Sequential model, got one without a graph.")
    boxes, arrows = _boxes(graph)
    places = _places(boxes, arrows)
    width = max(x for x, _ in places.values()) + 1.0
    height = max(y for _, y in places.values()) + 1.0
    ax = new_axes(ax, "plot.model", (2.6 * width + 0.6, 0.72 * height + 0.4))
    for source, target in arrows:
        (x0, y0), (x1, y1) = places[source], places[target]
        style = {"arrowstyle": "-|>", "color": "#555555", "lw": 0.9}
        ax.annotate("", (x1, -y1 + 0.27), (x0, -y0 - 0.27), arrowprops=style)
    for key, (name, kind, shape) in boxes.items():
        x, y = places[key]
        ax.text(x, -y, f"{name}\n{kind}  {shape}", ha="center", va="center", fontsize=8,
                bbox={"boxstyle": "round,pad=0.35", "facecolor": "#EAF2F8", "edgecolor": "#0072B2"})  # fmt: skip
    ax.set(xlim=(-0.55, width - 0.45), ylim=(-height + 0.4, 0.6), title=model.name)
    ax.set_axis_off()
    if to_file is not None:
        ax.figure.savefig(to_file, dpi=150)
    return ax


def _boxes(graph: Any) -> tuple[dict[int, tuple[str, str, str]], list[tuple[int, int]]]:
    boxes, arrows, maker = {}, [], {}
    for tensor in graph.input_tensors:
        boxes[id(tensor)] = (tensor.name, "input", _shape(tensor))
        maker[id(tensor)] = id(tensor)
    for call in graph.calls:
        is_layer = getattr(call.target, "_is_layer", False)
        name = call.target.name if is_layer else call.target.__name__
        kind = type(call.target).__name__ if is_layer else "operation"
        shapes = [_shape(t) for t in _tree.flatten(call.outputs) if hasattr(t, "shape")]
        boxes[id(call)] = (name, kind, ", ".join(shapes))
        for tensor in call.outputs:
            maker[id(tensor)] = id(call)
        for source in dict.fromkeys(maker[id(t)] for t in call.inputs if id(t) in maker):
            arrows.append((source, id(call)))
    return boxes, arrows


def _shape(tensor: Any) -> str:
    return " x ".join("?" if d is None else str(d) for d in tensor.shape[1:]) or "scalar"


def _places(boxes: dict[int, Any], arrows: list[tuple[int, int]]) -> dict[int, tuple[float, float]]:
    """Columns and rows: each box below all that lead to it, neighbours near their sources."""
    depth = dict.fromkeys(boxes, 0)
    for source, target in arrows:  # targets come in running order
        depth[target] = max(depth[target], depth[source] + 1)
    rows: dict[int, list[int]] = {}
    for key in boxes:
        rows.setdefault(depth[key], []).append(key)
    widest = max(len(r) for r in rows.values())
    places = {}
    for y, keys in sorted(rows.items()):
        offset = (widest - len(keys)) / 2
        for i, key in enumerate(keys):
            places[key] = (offset + i, float(y))
    return places
