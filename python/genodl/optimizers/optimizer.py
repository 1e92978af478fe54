"""The base of all optimizers: state, clipping, decay, averaging and accumulation around ``update_step``."""

from __future__ import annotations

import re
import warnings

from genodl import _names, ops
from genodl._errors import ShapeError
from genodl._variable import Variable
from genodl.optimizers import _clipping
from genodl.optimizers._arguments import check_averaging, check_shared, show_shared
from genodl.optimizers._conditional import when
from genodl.optimizers._learning_rate import HasLearningRate
from genodl.optimizers._state import OptimizerState


class Optimizer(OptimizerState, HasLearningRate):
    """Changes variables along their gradients.

    The same code runs at once on NumPy gradients and, inside a compiled training step, as part of the
    step's plan: then all element-wise work on one variable is a single pass over it.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
        A callable without arguments is called when a step is compiled; use a schedule or
        ``callbacks.LearningRateScheduler`` for rates that change.
    weight_decay : float, optional
        Share of each variable, times the learning rate, that is taken off at every step.
    clipnorm, clipvalue, global_clipnorm : float, optional
        Upper limit of each gradient's norm, of each element, or of the norm of all gradients together.
        At most one may be given.
    use_ema : bool
        Keeps an exponential moving average of the variables; ``fit`` ends with the averages in place.
    ema_momentum : float
    ema_overwrite_frequency : int, optional
        Every so many steps the variables are overwritten by their averages.
    loss_scale_factor : float, optional
        The loss is multiplied by it and the gradients divided.
    gradient_accumulation_steps : int, optional
        Variables change only every so many steps, by the mean gradient of these steps.
    name : str, optional

    Examples
    --------
    A rule of one's own overrides ``build`` and ``update_step``:

    >>> import numpy as np
    >>> import genodl as gd
    >>> class SignDescent(gd.optimizers.Optimizer):
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         self.assign_sub(variable, learning_rate * gd.ops.sign(gradient))
    >>> w = gd.Variable([1.0, 2.0])
    >>> _ = SignDescent(learning_rate=0.5).apply_gradients([(np.array([3.0, -3.0]), w)])
    >>> w.numpy()
    array([0.5, 2.5], dtype=float32)
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        show_shared(cls, Optimizer)

    def __init__(
        self,
        learning_rate,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        loss_scale_factor=None,
        gradient_accumulation_steps=None,
        name=None,
        **kwargs,
    ):
        who = type(self).__name__
        check_shared(who, clipnorm, clipvalue, global_clipnorm, gradient_accumulation_steps, kwargs)
        if use_ema:
            check_averaging(who, ema_momentum, ema_overwrite_frequency)

        self.name = name or _names.auto_name(who)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built = False

        self._variables = []
        self._trainable_variables = []
        self._index = {}  # id of a trainable variable -> its place
        self._not_decayed = set()
        self._not_decayed_names = None
        self.shared = None  # what prepare_step returned, during a step
        self._iterations = self.add_variable((), dtype="int32", name="iteration")
        self._learning_rate = None
        self._learning_rate_version = 0
        self._set_learning_rate(learning_rate)

    # -- what subclasses override

    def build(self, variables):
        """Makes the state for ``variables``; subclasses add theirs after calling this."""
        variables = list(variables)
        if self.use_ema:
            self._model_variables_moving_average = self.add_optimizer_variables(variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulated_gradients = self.add_optimizer_variables(variables, "gradient_accumulator")
        self._index = {id(v): i for i, v in enumerate(variables)}
        self._trainable_variables = variables
        self.built = True

    def prepare_step(self, learning_rate):
        """Scalars that all variables share in a step; found in ``self.shared`` by ``update_step``."""
        return None

    def update_step(self, gradient, variable, learning_rate):
        """Assigns the new value of one variable, written with ``gd.ops``."""
        raise NotImplementedError(f"{type(self).__name__}: update_step(gradient, variable, learning_rate) is missing.")

    # -- a step

    def apply_gradients(self, grads_and_vars):
        """One step, from pairs (gradient, variable); returns the number of steps done."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self._iterations

    def apply(self, grads, trainable_variables=None):
        """One step on ``trainable_variables``, or on those the optimizer was built with."""
        grads = list(grads)
        if not grads:
            return
        variables = self._variables_of_step(grads, trainable_variables)
        grads, variables = self._without_missing(grads, variables)
        scale = self.loss_scale_factor
        if scale is not None:
            grads = [g / scale for g in grads]

        if self.gradient_accumulation_steps:
            self._accumulate_and_update(grads, variables)
        else:
            self._update(grads, variables)
        if self.use_ema:
            self._average_variables()
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))
        self._iterations.assign_add(1)

    def assign(self, variable, value):
        variable.assign(value)

    def assign_add(self, variable, value):
        variable.assign_add(value)

    def assign_sub(self, variable, value):
        variable.assign_sub(value)

    def scale_loss(self, loss):
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def _variables_of_step(self, grads, variables):
        if variables is None:
            if not self.built:
                raise ValueError(f"{self.name}: expected variables beside the gradients, or build(variables) before.")
            variables = self._trainable_variables
        variables = list(variables)
        if len(grads) != len(variables):
            raise ValueError(f"{self.name}: expected {len(variables)} gradients, one per variable, got {len(grads)}.")
        if not self.built:
            self.build(variables)
        for variable in variables:
            if id(variable) not in self._index:
                raise ValueError(
                    f"{self.name}: {variable.path} is not among the variables that the optimizer was built with. "
                    "Make a new optimizer for a new set of variables."
                )
        return variables

    def _without_missing(self, grads, variables):
        missing = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
        pairs = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        if not pairs:
            raise ValueError(f"{self.name}: no gradient for any variable. Does the loss depend on them?")
        if missing:
            warnings.warn(
                f"{self.name}: no gradient for {', '.join(missing)}; they stay as they are. "
                "Does the loss depend on them?",
                stacklevel=4,
            )
        kept = []
        for gradient, variable in pairs:
            gradient = ops.cast(gradient, variable.dtype)
            if tuple(gradient.shape) != variable.shape:
                raise ShapeError(
                    f"{variable.path}: expected a gradient of shape {variable.shape}, got {tuple(gradient.shape)}."
                )
            kept.append(gradient)
        return kept, [v for _, v in pairs]

    def _accumulate_and_update(self, grads, variables):
        steps = self.gradient_accumulation_steps
        is_update = ops.equal(ops.mod(self._iterations + 1, steps), 0)
        sums = []
        for gradient, variable in zip(grads, variables, strict=True):
            accumulator = self._accumulated_gradients[self._get_variable_index(variable)]
            sums.append(gradient + accumulator)
            accumulator.assign(ops.where(is_update, ops.zeros_like(gradient), sums[-1]))
        when(is_update, lambda: self._update([s / steps for s in sums], variables))

    def _update(self, grads, variables):
        grads = self._clip_gradients(grads)
        rate = ops.cast(self.learning_rate, "float32")
        if self.weight_decay is not None:
            share = rate * self.weight_decay
            for variable in variables:
                if self._use_weight_decay(variable):
                    variable.assign(variable - variable * share)
        self.shared = self.prepare_step(rate)
        try:
            for gradient, variable in zip(grads, variables, strict=True):
                self.update_step(gradient, variable, rate)
        finally:
            self.shared = None

    def _clip_gradients(self, grads):
        if self.clipnorm:
            return [_clipping.by_norm(g, self.clipnorm) for g in grads]
        if self.global_clipnorm:
            return _clipping.by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue:
            return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads

    # -- weight decay

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        """Spares variables from weight decay: given ones, or those whose names contain a given word."""
        if self.built:
            raise ValueError(f"{self.name}: exclude_from_weight_decay must be called before the optimizer is built.")
        self._not_decayed = {id(v) for v in var_list or ()}
        self._not_decayed_names = re.compile("|".join(sorted(set(var_names)))) if var_names else None

    def _use_weight_decay(self, variable):
        if id(variable) in self._not_decayed:
            return False
        return self._not_decayed_names is None or not self._not_decayed_names.search(variable.name)

    # -- moving averages

    def _average_variables(self):
        # At the first step the average starts as the variable itself.
        momentum = ops.cast(ops.not_equal(self.iterations, 0), "float32") * self.ema_momentum
        for variable, average in zip(self._trainable_variables, self._model_variables_moving_average, strict=True):
            average.assign(momentum * average + (1 - momentum) * variable)
        if self.ema_overwrite_frequency:
            is_due = ops.equal(ops.mod(self.iterations + 1, self.ema_overwrite_frequency), 0)
            when(is_due, lambda: self.finalize_variable_values(self._trainable_variables))

    def finalize_variable_values(self, var_list):
        """Puts the moving averages in the place of the variables, if there are averages."""
        if not self.use_ema:
            return
        averages = self._model_variables_moving_average
        if len(var_list) != len(averages):
            raise ValueError(f"{self.name}: expected {len(averages)} variables to overwrite, got {len(var_list)}.")
        for variable, average in zip(var_list, averages, strict=True):
            variable.assign(average.value)

    # -- configuration

    def get_config(self):
        rate = self._learning_rate
        if isinstance(rate, Variable):
            rate = float(rate)
        else:
            from genodl.saving.registration import serialize_object

            rate = serialize_object(rate)
        return {
            "name": self.name,
            "learning_rate": rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            from genodl.optimizers import schedules

            config["learning_rate"] = schedules.deserialize(config["learning_rate"], custom_objects)
        return cls(**config)

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}>"
