"""The losses and metrics of ``compile``, applied to the outputs they belong to."""

from __future__ import annotations

import numpy as np

from genodl import _tree, losses, ops
from genodl._errors import ConfigError
from genodl._operation import has_symbolic
from genodl.metrics import Mean, Metric
from genodl.training.alignment import align, leaves_of, output_order
from genodl.training.choosing import choose_loss, choose_metric


class CompileLoss(losses.Loss):
    """The weighted sum of the losses of all outputs.

    Parameters
    ----------
    loss : str, function, Loss, or nest of them
        By output name, in the order of the outputs, or one for all; None for outputs without a loss.
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
        names = output_order(y_pred, self.output_names)
        outputs = leaves_of(y_pred, y_pred, names)
        choices = self._per_output(self.loss, y_pred, names, "loss")
        weights = self._per_output(self.loss_weights, y_pred, names, "loss_weights")
        used = [choice not in (None, []) for choice in choices]
        y_true = align(y_true, y_pred, self.output_names, "targets", used)
        targets = leaves_of(y_true, y_pred, names)
        sample_weights = spread_weights(sample_weight, y_pred, names, self.output_names)
        parts = []
        for i, (choice, name) in enumerate(zip(choices, names, strict=True)):
            for k, one in enumerate(choice if isinstance(choice, list) else [choice]):
                if one is None:
                    continue
                if targets[i] is None:
                    raise ConfigError(f"targets: expected an array for output {name or i}, which has a loss, got none.")
                loss = self._choose((i, k), one, targets[i], outputs[i])
                value = ops.cast(loss(targets[i], outputs[i], sample_weights[i]), self.dtype)
                weight = weights[i][k] if isinstance(weights[i], list) else weights[i]
                parts.append((name or loss.name, value, weight, outputs[i]))
        return self._total(parts)

    def _choose(self, key, choice, y_true, y_pred):
        # The shapes matter for "crossentropy", and may change between two fits.
        key = (*key, len(y_true.shape), len(y_pred.shape), y_true.shape[-1:] == (1,), y_pred.shape[-1:] == (1,))
        if key not in self._chosen:
            self._chosen[key] = choose_loss(choice, y_true, y_pred)
        return self._chosen[key]

    def _total(self, parts):
        if not parts:
            return None
        total = None
        names = numbered([f"{name}_loss" for name, *_ in parts])
        for name, (_, value, weight, output) in zip(names, parts, strict=True):
            if len(parts) > 1:
                if name not in self._trackers:
                    self._trackers[name] = Mean(name=name)
                rows = float(output.shape[0]) if output.shape else 1.0
                self._trackers[name].update_state(value, sample_weight=rows)
            value = value if weight is None else value * float(weight)
            total = value if total is None else total + value
        return total

    def _per_output(self, choice, y_pred, names, who):
        """One entry for each output; a list where several losses go to one output."""
        if _tree.is_leaf(choice):
            return [choice] * len(names)
        if len(names) == 1 and isinstance(choice, (list, tuple)) and len(choice) > 1:
            return [list(choice)]
        if isinstance(choice, dict) and not isinstance(y_pred, dict) and self.output_names:
            missing = [name for name in self.output_names if name not in choice]
            if missing and who == "loss" and len(names) == len(self.output_names):
                raise ConfigError(
                    f"{who}: expected an entry for every output ({', '.join(self.output_names)}), "
                    f"got none for {', '.join(missing)}. Give None to train without it."
                )
        return leaves_of(align(choice, y_pred, self.output_names, who), y_pred, names)

    def get_config(self):
        raise NotImplementedError("CompileLoss: expected no config; save the arguments of compile instead.")


class CompileMetrics(Metric):
    """All metrics of ``compile``, each with the output it belongs to.

    Parameters
    ----------
    metrics, weighted_metrics : list or dict, optional
        One list for the only output; else lists by output name or in the order of the outputs. Weighted ones
        see the sample weights.
    output_names : list of str, optional
    """

    def __init__(self, metrics, weighted_metrics=None, name="compile_metrics", output_names=None):
        super().__init__(name=name)
        for who, given in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if given and not isinstance(given, (list, tuple, dict)):
                raise ConfigError(f"{who}: expected a list or a dict, got {given!r}.")
        self._given = {"metrics": metrics, "weighted_metrics": weighted_metrics}
        self.output_names = output_names
        self.built = False
        self._plain = []
        self._weighted = []

    @property
    def metrics(self):
        """All metrics, those without weights first; empty before the first batch."""
        return [m for _, group in self._plain + self._weighted for m in group]

    @property
    def needs_predictions(self):
        return any(m.needs_predictions for m in self.metrics)

    @property
    def variables(self):
        return [v for m in self.metrics for v in m.variables]

    def build(self, y_true, y_pred):
        """Makes the metrics, once shapes of targets and outputs are known."""
        names = output_order(y_pred, self.output_names)
        targets = leaves_of(align(y_true, y_pred, self.output_names, "targets", self._used(y_pred)), y_pred, names)
        outputs = leaves_of(y_pred, y_pred, names)
        self._plain = self._groups("metrics", y_pred, names, targets, outputs)
        self._weighted = self._groups("weighted_metrics", y_pred, names, targets, outputs)
        self.built = True

    def _used(self, y_pred):
        names = output_order(y_pred, self.output_names)
        chosen = [self._per_output(who, y_pred, names) for who in self._given]
        return [any(group[i] for group in chosen) for i in range(len(names))]

    def _per_output(self, who, y_pred, names):
        """A list of choices for each output."""
        given = self._given[who]
        if not given:
            return [[] for _ in names]
        if len(names) == 1:
            if isinstance(given, dict) and self.output_names and len(self.output_names) == 1:
                align({key: None for key in given}, y_pred, self.output_names, who)
            return [_tree.flatten(given)]
        found = self._of_outputs(given, y_pred, who)
        return [_as_list(choice) for choice in found]

    def _of_outputs(self, given, y_pred, who):
        if isinstance(given, dict) and not isinstance(y_pred, dict) and self.output_names:
            align({key: None for key in given}, y_pred, self.output_names, who)
            return [given.get(name) for name in self.output_names]
        return _choices_up_to(given, y_pred, output_order(y_pred, self.output_names), who)

    def _groups(self, who, y_pred, names, targets, outputs):
        groups = []
        for i, choices in enumerate(self._per_output(who, y_pred, names)):
            if choices and targets[i] is None:
                raise ConfigError(f"targets: expected an array for output {names[i] or i}, which has {who}, got none.")
            prefix = names[i] if len(names) > 1 else None
            groups.append((prefix, [choose_metric(choice, targets[i], outputs[i]) for choice in choices]))
        return groups

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Counts a batch; inside a trace, metrics that need NumPy are left to :meth:`update_from_numpy`."""
        symbolic = has_symbolic(y_pred)
        for metric, arguments in self._calls(y_true, y_pred, sample_weight):
            if not (symbolic and metric.needs_predictions):
                metric.update_state(*arguments)

    def update_from_numpy(self, y_true, y_pred, sample_weight=None):
        """Hands a batch, or all of them at once, to the metrics that need NumPy."""
        for metric, arguments in self._calls(y_true, y_pred, sample_weight):
            if metric.needs_predictions:
                metric.update_from_numpy(*arguments)

    def _calls(self, y_true, y_pred, sample_weight):
        if not self.built:
            self.build(y_true, y_pred)
        names = output_order(y_pred, self.output_names)
        y_true = align(y_true, y_pred, self.output_names, "targets", self._used(y_pred))
        targets = leaves_of(y_true, y_pred, names)
        outputs = leaves_of(y_pred, y_pred, names)
        weights = spread_weights(sample_weight, y_pred, names, self.output_names)
        for i, (y, p, w) in enumerate(zip(targets, outputs, weights, strict=True)):
            for metric in self._plain[i][1]:
                yield metric, (y, p)
            for metric in self._weighted[i][1]:
                yield metric, (y, p, w)

    def reset_state(self):
        for metric in self.metrics:
            metric.reset_state()

    def result(self):
        """Names of log entries and their values."""
        if not self.built:
            raise ConfigError("metrics: expected a batch before a result, got none.")
        plain = [(p, m.name, m) for p, group in self._plain for m in group]
        taken = {_joined(p, n) for p, n, _ in plain}
        weighted = []
        for p, group in self._weighted:
            weighted += [(p, f"weighted_{m.name}" if _joined(p, m.name) in taken else m.name, m) for m in group]
        entries = plain + weighted
        names = numbered([_joined(p, n) for p, n, _ in entries])
        return {name: m.result() for name, (_, _, m) in zip(names, entries, strict=True)}

    def get_config(self):
        raise NotImplementedError("CompileMetrics: expected no config; save the arguments of compile instead.")


def _joined(prefix, name):
    return f"{prefix}_{name}" if prefix else name


def _as_list(choice):
    if choice is None:
        return []
    return _tree.flatten(choice)


def _choices_up_to(given, y_pred, names, who):
    """What ``given`` holds at the leaves of ``y_pred``, which it resembles."""
    if _tree.is_leaf(y_pred):
        return [given]
    if given is None:
        return [None] * len(_tree.flatten(y_pred))
    if isinstance(y_pred, dict):
        if not isinstance(given, dict):
            if isinstance(given, (list, tuple)) and len(given) == len(y_pred):
                return list(given)
            raise ConfigError(f"{who}: expected a dict of outputs {sorted(y_pred)}, got {given!r}.")
        align({key: None for key in given}, dict.fromkeys(y_pred), None, who)
        order = names if set(names) == set(y_pred) else sorted(y_pred)
        parts = [(given.get(key), y_pred[key]) for key in order]
    else:
        if not isinstance(given, (list, tuple)) or len(given) != len(y_pred):
            raise ConfigError(
                f"{who}: expected one entry (a metric, a list or None) for each of {len(y_pred)} outputs, got {given!r}."
            )
        parts = zip(given, y_pred, strict=True)
    return [choice for g, p in parts for choice in _choices_up_to(g, p, [], who)]


def spread_weights(sample_weight, y_pred, names, output_names):
    """Sample weights of each output; one array serves all."""
    if sample_weight is None:
        return [None] * len(names)
    leaves = _tree.flatten(sample_weight)
    if len(leaves) == 1:
        keyed = isinstance(sample_weight, dict) and len(names) > 1
        if not keyed:
            return leaves * len(names)
    return leaves_of(align(sample_weight, y_pred, output_names, "sample_weight"), y_pred, names)


def numbered(names):
    """Names with a number from their second time on."""
    seen = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name] - 1}")
    return found
