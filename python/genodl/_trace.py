"""A trace runs a model's ``call`` once on live tensors and collects what happens on the way."""

from __future__ import annotations

import threading

from genodl import _core
from genodl._tensor import KerasTensor


class _State(threading.local):
    def __init__(self):
        self.traces = []
        self.layers = []


_state = _State()


def current():
    """The running trace, or None."""
    return _state.traces[-1] if _state.traces else None


class Trace:
    """Variables read and assigned, losses and random seeds met while a ``call`` runs.

    Parameters
    ----------
    training : bool
        What layers see as ``training`` when nobody says otherwise.
    """

    def __init__(self, training=False):
        self.training = training
        self.values = {}  # id(Variable) -> (Variable, live tensor now)
        self.originals = {}  # id(Variable) -> (Variable, live tensor before any assignment)
        self.assigned = {}  # id(Variable) -> Variable
        self.losses = []  # live scalars from add_loss and regularizers, in order
        self.layer_outputs = {}  # layer name -> its last live output
        self.draws = {}  # id(SeedGenerator) -> (SeedGenerator, uses so far)
        self.stand_in = None  # while outlines are inferred: the size that stands for unknown ones

    def __enter__(self):
        _state.traces.append(self)
        return self

    def __exit__(self, *exc):
        _state.traces.remove(self)

    def read(self, variable):
        """The live tensor of a variable: its value, or what was assigned last."""
        key = id(variable)
        if key not in self.values:
            live = live_tensor(_core.make_variable(variable._handle), variable.path)
            self.values[key] = self.originals[key] = (variable, live)
        return self.values[key][1]

    def original(self, variable):
        """The live tensor of a variable as it was when the step began."""
        self.read(variable)
        return self.originals[id(variable)][1]

    def assign(self, variable, tensor):
        self.read(variable)
        self.values[id(variable)] = (variable, tensor)
        self.assigned[id(variable)] = variable

    def draw(self, generator):
        """The seed of a random node: the same whenever the model is traced again; steps make it vary."""
        _, use = self.draws.get(id(generator), (generator, 0))
        self.draws[id(generator)] = generator, use + 1
        return generator.at(use)

    def updates(self):
        """Pairs (variable, live tensor) to be written when the step ends."""
        return [(v, self.values[key][1]) for key, v in self.assigned.items()]


class NoTrace:
    """Inside, variables are plain arrays again although a trace runs outside."""

    def __enter__(self):
        _state.traces.append(None)

    def __exit__(self, *exc):
        _state.traces.pop()


class LayerScope:
    """Names the layer whose nodes are being made."""

    def __init__(self, layer):
        self.layer = layer

    def __enter__(self):
        _state.layers.append(self.layer)

    def __exit__(self, *exc):
        _state.layers.pop()


def current_layer_name():
    return _state.layers[-1].name if _state.layers else ""


def layer_stack():
    return _state.layers


def live_tensor(value, name=None):
    return KerasTensor(value.shape, value.dtype, name=name or "live", value=value)
