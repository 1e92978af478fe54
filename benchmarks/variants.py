"""The ways each framework is tried; a peer's time is that of its best way."""

from __future__ import annotations

from typing import NamedTuple

# glibc then keeps freed memory instead of asking the system for fresh pages at every step.
_KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(1 << 34), "MALLOC_MMAP_THRESHOLD_": str(1 << 34)}


class Variant(NamedTuple):
    """A framework with options and environment.

    Attributes
    ----------
    family : {"genodl", "PyTorch", "TensorFlow", "JAX"}
        The column it is in.
    worker : str
        The module ``benchmarks.workers.<worker>_bench``.
    """

    family: str
    worker: str
    label: str
    options: dict
    environment: dict


GENODL = Variant("genodl", "genodl", "", {}, {})
PEERS = ("PyTorch", "TensorFlow", "JAX")


def _torch(channels_last, compiled, keep, fused=True):
    label = ", ".join(
        ["channels-last"] * channels_last + ["compiled" if compiled else "eager"] + ["no-trim malloc"] * keep
        + ["plain Adam"] * (not fused)
    )
    options = {"channels_last": channels_last, "compiled": compiled, "fused": fused}
    return Variant("PyTorch", "torch", label, options, _KEEP_MEMORY if keep else {})


def _keras(backend, label, **options):
    family = {"tensorflow": "TensorFlow", "jax": "JAX"}[backend]
    return Variant(family, "keras", label, {"backend": backend, **options}, {})


def peers(images, training, small):
    """Variants to try.

    Parameters
    ----------
    images : bool
        Whether the network has convolutions, so that channels-last means something.
    training : bool
    small : bool
        Whether a step is so short that the framework's own loop over batches may be faster.
    """
    layouts = (False, True) if images else (False,)
    found = [_torch(c, compiled, keep) for c in layouts for compiled in (False, True) for keep in (False, True)]
    if training:
        found += [_torch(c, False, True, fused=False) for c in layouts]
    loops = ({}, {"fit": True}) if training and small else ({},)
    for loop in loops:
        suffix = ", fit" if loop else ""
        found += [_keras("tensorflow", "XLA" + suffix, xla=True, **loop)]
        found += [_keras("tensorflow", "no XLA" + suffix, xla=False, **loop)]
        found += [_keras("jax", "jit" + suffix, **loop)]
    return found
