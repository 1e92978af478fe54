"""The losses of ``compile``, applied to the outputs they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from genodl import _tree, losses, ops
from genodl._errors import ConfigError, ShapeError
from genodl.metrics import Mean
from genodl.training.alignment import UnknownOutputError, align, numbered, output_order
from genodl.training.choosing import choose_loss


@dataclass(frozen=True)
class _Term:
    """A loss as ``compile`` was given it, and its weight."""

    choice: Any
    weight: float | None


class _Entry(NamedTuple):
    """A term with the output, or nest of outputs, that it is for."""

    path: tuple
    term: _Term
    name: str | None


class CompileLoss(losses.Loss):
    """The weighted sum of the losses of all outputs.

    Parameters
    ----------
    loss : str, function, Loss, or nest of them
        By output name, in the order of the outputs, or one for all; None for outputs without a loss. A list
        where the outputs have no list holds several losses of the same outputs.
    loss_weights : float, list or dict, optional
    reduction : str
        Unused; losses have their own.
    output_names : list of str, optional
    """

    def __init__(self, loss, loss_weights=None, reduction="sum_over_batch_size", output_names=None):
        super().__init__(name="compile_loss", reduction=reduction)
        if any(not isinstance(w, (int, float, np.number, type(None))) for w in _tree.flatten(loss_weights)):
            raise ConfigError(f"loss_weights: expected a number, or a list or dict of them, got {loss_weights!r}.")
        self.loss = loss
        self.loss_weights = loss_weights
        self.output_names = output_names
        self._chosen = {}
        self._trackers = {}

    @property
    def metrics(self):
        """Means of the losses of single outputs, where there is more than one."""
        return list(self._trackers.values())

    @property
    def variables(self):
        return [v for metric in self.metrics for v in metric.variables]

    def __call__(self, y_true, y_pred, sample_weight=None):
        return self.call(y_true, y_pred, sample_weight)

    def call(self, y_true, y_pred, sample_weight=None):
        entries = self._entries(y_pred)
        used = _leaves_under(y_pred, [entry.path for entry in entries])
        y_true = align(y_true, y_pred, self.output_names, "targets", used)
        parts = []
        for number, entry in enumerate(entries):
            targets, outputs = _at(y_true, entry.path), _at(y_pred, entry.path)
            if any(t is None for t in _tree.flatten(targets)):
                raise ConfigError(
                    f"targets: expected an array for output {entry.name or entry.path[-1]}, which has a loss, got none."
                )
            loss = self._choose(number, entry.term.choice, targets, outputs)
            weights = self._weights_of(entry, sample_weight, y_pred)
            value = ops.cast(_applied(loss, entry, targets, outputs, weights), self.dtype)
            parts.append((entry, entry.name or loss.name, value, _tree.flatten(outputs)[0]))
        return self._total(parts)

    def check_targets(self, y_true, y_pred):
        """Fails if targets, as NumPy, are not what their losses expect; of ``y_pred`` only shapes matter."""
        entries = self._entries(y_pred)
        y_true = align(y_true, y_pred, self.output_names, "targets", _leaves_under(y_pred, [e.path for e in entries]))
        for number, entry in enumerate(entries):
            targets, outputs = _at(y_true, entry.path), _at(y_pred, entry.path)
            if _tree.is_leaf(outputs) and hasattr(targets, "shape"):
                loss = self._choose(number, entry.term.choice, targets, outputs)
                who = f"{loss.name} of {entry.name}" if entry.name else loss.name
                loss.check_targets(targets, outputs.shape, who)

    def _entries(self, y_pred):
        """What to compute, in the order it was given."""
        loss = self._by_position(self.loss, y_pred, "loss")
        weights = self._by_position(self.loss_weights, y_pred, "loss_weights")
        if _tree.is_leaf(loss):
            loss = _tree.map_structure(lambda _: loss, y_pred)
        names = output_order(y_pred, self.output_names)
        if isinstance(y_pred, dict):
            flat = len(names) == len(y_pred) and set(names) == set(y_pred)
            names = dict.fromkeys(names) if flat else _tree.pack_like(y_pred, names)
        else:
            names = _tree.pack_like(y_pred, names)
        return list(_entries_of(_paired(loss, weights), y_pred, names, ()))

    def _by_position(self, choice, y_pred, who):
        """A dict by output name becomes a list where the outputs are one."""
        names = self.output_names
        if not isinstance(choice, dict) or isinstance(y_pred, dict) or not names:
            return choice
        align(dict.fromkeys(choice), dict.fromkeys(names), None, who)
        missing = [name for name in names if name not in choice]
        if missing and who == "loss":
            raise ConfigError(
                f"{who}: expected an entry for every output ({', '.join(names)}), got none for {', '.join(missing)}. "
                "Give None to train without it."
            )
        if _tree.is_leaf(y_pred):
            return choice.get(names[0])
        return _tree.like(y_pred, [choice.get(name) for name in names])

    def _choose(self, number, choice, y_true, y_pred):
        # The shapes matter for "crossentropy", and may change between two fits.
        shapes = [x.shape for x in (*_tree.flatten(y_true), *_tree.flatten(y_pred))]
        key = (number, *((len(shape), shape[-1:] == (1,)) for shape in shapes))
        if key not in self._chosen:
            self._chosen[key] = choose_loss(choice, y_true, y_pred)
        return self._chosen[key]

    def _weights_of(self, entry, sample_weight, y_pred):
        if _tree.is_leaf(sample_weight):
            return sample_weight
        leaves = _tree.flatten(sample_weight)
        if len(leaves) == 1 and not (isinstance(sample_weight, dict) and not _tree.is_leaf(y_pred)):
            return leaves[0]
        given = _at(align(sample_weight, y_pred, self.output_names, "sample_weight"), entry.path)
        found = {id(w): w for w in _tree.flatten(given) if w is not None}
        if len(found) > 1:
            raise ConfigError(f"sample_weight: expected one array for the loss of {entry.name}, got {len(found)}.")
        return next(iter(found.values()), None)

    def _total(self, parts):
        if not parts:
            return None
        total = None
        for entry, _, value, _ in parts:
            weight = entry.term.weight
            value = value if weight is None else value * float(weight)
            total = value if total is None else total + value
        if len(parts) > 1:
            self._track(parts)
        return total

    def _track(self, parts):
        """Keeps means of the losses; several losses of one output share a mean of their sum."""
        sums = {}
        for entry, name, value, output in parts:
            rows = float(output.shape[0]) if output.shape else 1.0
            known = sums.get(entry.path)
            sums[entry.path] = (name, value, rows) if known is None else (known[0], known[1] + value, rows)
        names = numbered([f"{name}_loss" for name, *_ in sums.values()])
        for name, (_, value, rows) in zip(names, sums.values(), strict=True):
            if name not in self._trackers:
                self._trackers[name] = Mean(name=name)
            self._trackers[name].update_state(value, sample_weight=rows)

    def get_config(self):
        raise NotImplementedError("CompileLoss: expected no config; save the arguments of compile instead.")


def _applied(loss, entry, targets, outputs, weights):
    try:
        return loss(targets, outputs, weights)
    except ShapeError as error:
        shapes = [getattr(x, "shape", None) for x in (targets, outputs)]
        if None in shapes or shapes[0] == shapes[1] or loss.name in str(error):
            raise
        who = f"{loss.name} of {entry.name}" if entry.name else loss.name
        raise ShapeError(f"{who}: expected targets that fit outputs of shape {shapes[1]}, got {shapes[0]}.") from error


def _paired(loss, weights):
    """The nest of ``loss`` with its weights beside the losses."""
    if _tree.is_leaf(loss):
        if not _tree.is_leaf(weights):
            found = _tree.flatten(weights)
            if len(found) != 1:
                raise ConfigError(f"loss_weights: expected one weight for each loss, got {weights!r} for one.")
            weights = found[0]
        return None if loss is None else _Term(loss, weights)
    if _tree.is_leaf(weights):
        return _map(loss, lambda item, _: _paired(item, weights))
    if isinstance(loss, dict) and isinstance(weights, dict):
        align(dict.fromkeys(weights), dict.fromkeys(loss), None, "loss_weights")
        return _map(loss, lambda item, key: _paired(item, weights.get(key)))
    if not isinstance(loss, dict) and not isinstance(weights, dict) and len(loss) == len(weights):
        return _map(loss, lambda item, key: _paired(item, weights[key]))
    flat, count = _tree.flatten(weights), len(_tree.flatten(loss))
    if len(flat) != count:
        raise ConfigError(f"loss_weights: expected one weight for each of {count} losses, got {len(flat)}.")
    return _paired(loss, _tree.pack_like(loss, flat))


def _map(nest, function):
    if isinstance(nest, dict):
        return {key: function(item, key) for key, item in nest.items()}
    return _tree.like(nest, [function(item, i) for i, item in enumerate(nest)])


def _is_term(x):
    return x is None or isinstance(x, _Term)


def _entries_of(terms, y_pred, names, path):
    if terms is None:
        return
    if isinstance(terms, _Term):
        yield _Entry(path, terms, _entry_name(path, names))
        return
    if isinstance(terms, (list, tuple)):
        count = len(_tree.flatten(y_pred))
        if all(_is_term(t) for t in terms) and len(terms) == count:
            # A flat list, one loss for each output in order.
            places = iter(terms)
            terms = _tree.map_structure(lambda _: next(places), _sorted(y_pred))
            if _is_term(terms):
                yield from _entries_of(terms, y_pred, names, path)
                return
        elif not isinstance(y_pred, type(terms)):
            for item in terms:
                yield from _entries_of(item, y_pred, names, path)
            return
        elif len(terms) > len(y_pred):
            raise ConfigError(f"loss: expected one entry for each of {len(y_pred)} outputs, got {len(terms)}.")
    keyed = isinstance(terms, dict)
    if keyed != isinstance(y_pred, dict):
        place = "/".join(map(str, path)) or "the top"
        raise UnknownOutputError(
            f"loss: expected the structure of the outputs at {place}, got a {type(terms).__name__}."
        )
    if keyed:
        align(dict.fromkeys(terms), dict.fromkeys(y_pred), None, "loss")
    for key, item in terms.items() if keyed else enumerate(terms):
        yield from _entries_of(item, y_pred[key], names[key], (*path, key))


def _sorted(nest):
    """Dicts by sorted key, the order in which leaves are counted."""
    if isinstance(nest, dict):
        return {key: _sorted(nest[key]) for key in sorted(nest)}
    return _tree.like(nest, [_sorted(item) for item in nest]) if isinstance(nest, (list, tuple)) else nest


def _entry_name(path, names):
    """``a`` for an output, ``a/b`` inside a nest, ``a_b`` for all outputs; None where outputs have no names."""
    if _tree.is_leaf(names):
        if not path:
            return names
        if isinstance(path[-1], int):
            path = (*path[:-1], names) if names is not None else path
            if names is None and len(path) == 1:
                return None
    if not path:
        flat = list(names) if isinstance(names, dict) else _tree.flatten(names)
        return "_".join(map(str, flat)) if all(n is not None for n in flat) else None
    return "/".join(map(str, path))


def _at(nest, path):
    for key in path:
        nest = nest[key]
    return nest


def _leaves_under(y_pred, paths):
    """For each leaf of the outputs, whether a loss looks at it."""

    def walk(nest, path):
        if isinstance(nest, dict):
            return [found for key in sorted(nest) for found in walk(nest[key], (*path, key))]
        if isinstance(nest, (list, tuple)):
            return [found for i, item in enumerate(nest) for found in walk(item, (*path, i))]
        return [any(path[: len(p)] == p for p in paths)]

    return walk(y_pred, ())
