"""The metrics of ``compile``, applied to the outputs they belong to."""

from __future__ import annotations

from genodl import _tree
from genodl._errors import ConfigError
from genodl._operation import has_symbolic
from genodl.metrics import Metric
from genodl.training.alignment import align, leaves_of, numbered, output_order, spread_weights
from genodl.training.choosing import choose_metric, needs_predictions


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
        # Asked before the first batch too, when nothing is made yet.
        given = self.metrics if self.built else _tree.flatten(list(self._given.values()))
        return any(needs_predictions(m) for m in given)

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
                align(dict.fromkeys(given), y_pred, self.output_names, who)
            return [_tree.flatten(given)]
        found = self._of_outputs(given, y_pred, who)
        return [_as_list(choice) for choice in found]

    def _of_outputs(self, given, y_pred, who):
        if isinstance(given, dict) and not isinstance(y_pred, dict) and self.output_names:
            align(dict.fromkeys(given), y_pred, self.output_names, who)
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
        align(dict.fromkeys(given), dict.fromkeys(y_pred), None, who)
        order = names if set(names) == set(y_pred) else sorted(y_pred)
        parts = [(given.get(key), y_pred[key]) for key in order]
    else:
        if not isinstance(given, (list, tuple)) or len(given) != len(y_pred):
            raise ConfigError(
                f"{who}: expected one entry (a metric, a list or None) for each of {len(y_pred)} outputs, "
                f"got {given!r}."
            )
        parts = zip(given, y_pred, strict=True)
    return [choice for g, p in parts for choice in _choices_up_to(g, p, [], who)]
