"""What belongs to a layer: variables, sub-layers and metrics in its attributes, lists and dicts."""

from __future__ import annotations

from genodl._variable import Variable
from genodl.layers._config import wraps_build

_PRIVATE = {
    "_inbound", "_init_arguments", "_variables", "_losses", "_graph", "_steps", "_compile_loss", "_compile_metrics",
    "_compile_arguments", "_loss_tracker", "optimizer", "history",
}


class Tracked:
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.build = wraps_build(cls.build)

    def _init_tracking(self):
        self._variables = []

    def __setattr__(self, name, value):
        if isinstance(value, Variable) and "_variables" in self.__dict__:
            self._track_variable(value)
        object.__setattr__(self, name, value)

    def _track_variable(self, variable):
        if not any(v is variable for v in self._variables):
            variable._may_train = variable.trainable
            self._variables.append(variable)
            if not self._trainable_now():
                variable.trainable = False

    def _trainable_now(self):
        return self.__dict__.get("_trainable", True)

    def _tracked_items(self):
        """Objects in attributes and in nested lists and dicts, in order."""
        seen = set()

        def walk(x):
            if id(x) in seen:
                return
            if isinstance(x, (list, tuple)):
                for item in x:
                    yield from walk(item)
            elif isinstance(x, dict):
                for item in x.values():
                    yield from walk(item)
            elif isinstance(x, (Variable, Tracked)) or _is_metric(x):
                seen.add(id(x))
                yield x

        for name, value in list(self.__dict__.items()):
            if name not in _PRIVATE:
                yield from walk(value)

    def _sublayers(self):
        return [x for x in self._tracked_items() if isinstance(x, Tracked) and x is not self]

    def _flatten_layers(self, include_self=True):
        """This layer and all below it, each once."""
        found, seen = [], set()

        def visit(layer):
            if id(layer) in seen:
                return
            seen.add(id(layer))
            found.append(layer)
            for inner in layer._sublayers():
                visit(inner)

        visit(self)
        return found if include_self else found[1:]

    def _own_variables(self):
        own = list(self._variables)
        known = {id(v) for v in own}
        for x in self._tracked_items():
            if isinstance(x, Variable) and id(x) not in known:
                known.add(id(x))
                own.append(x)
        return own

    @property
    def weights(self):
        """All variables: of each layer first those that may train, then the others."""
        found, seen = [], set()
        for layer in self._flatten_layers():
            own = layer._own_variables()
            may_train = [v for v in own if getattr(v, "_may_train", v.trainable)]
            rest = [v for v in own if not getattr(v, "_may_train", v.trainable)]
            for v in may_train + rest:
                if id(v) not in seen:
                    seen.add(id(v))
                    found.append(v)
        return found

    @property
    def trainable_weights(self):
        return [v for v in self.weights if v.trainable] if self._trainable_now() else []

    @property
    def non_trainable_weights(self):
        trainable = {id(v) for v in self.trainable_weights}
        return [v for v in self.weights if id(v) not in trainable]

    def _own_metrics(self):
        return [x for x in self._tracked_items() if _is_metric(x)]

    @property
    def metrics(self):
        found = []
        for layer in self._flatten_layers():
            found += [x for x in layer._own_metrics() if not any(x is m for m in found)]
        return found

    @property
    def metrics_variables(self):
        return [v for m in self.metrics for v in m.variables]

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights


def _is_metric(x):
    return hasattr(x, "update_state") and hasattr(x, "reset_state") and not isinstance(x, type)
