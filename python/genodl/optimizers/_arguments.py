"""Arguments that all optimizers share."""

from __future__ import annotations

import inspect
import warnings


def check_shared(who, clipnorm, clipvalue, global_clipnorm, gradient_accumulation_steps, unknown):
    if unknown.pop("decay", None) is not None:
        warnings.warn(f"{who}: decay is no longer an argument. Use a learning rate schedule.", stacklevel=4)
    if unknown:
        raise ValueError(f"{who}: unknown argument(s) {', '.join(unknown)}.")
    if sum(limit is not None for limit in (clipnorm, clipvalue, global_clipnorm)) > 1:
        raise ValueError(
            f"{who}: expected at most one of clipnorm, clipvalue and global_clipnorm, got "
            f"clipnorm={clipnorm}, clipvalue={clipvalue}, global_clipnorm={global_clipnorm}."
        )
    if gradient_accumulation_steps and not gradient_accumulation_steps >= 2:
        raise ValueError(
            f"{who}: expected gradient_accumulation_steps of 2 or more, or None, got {gradient_accumulation_steps}."
        )


def check_averaging(who, momentum, frequency):
    if not 0 <= momentum <= 1:
        raise ValueError(f"{who}: expected ema_momentum between 0 and 1, got {momentum}.")
    if frequency and (not isinstance(frequency, int) or frequency < 1):
        raise ValueError(f"{who}: expected ema_overwrite_frequency to be a positive int or None, got {frequency!r}.")


def show_shared(cls, base):
    """Spells out the arguments behind ``*shared, **options`` for ``help`` and editors."""
    own = list(inspect.signature(cls.__init__).parameters.values())[1:]
    if not any(p.kind is p.VAR_POSITIONAL for p in own):
        return
    own = [p for p in own if p.kind is p.POSITIONAL_OR_KEYWORD]
    known = {p.name for p in own} | {"self", "learning_rate"}
    shared = inspect.signature(base.__init__).parameters.values()
    shared = [p for p in shared if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in known]
    cls.__signature__ = inspect.Signature(own + shared)
