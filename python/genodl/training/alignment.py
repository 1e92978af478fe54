"""Targets, weights and choices of ``compile`` brought into the nest of a model's outputs."""

from __future__ import annotations

from genodl import _tree
from genodl._errors import ConfigError
from genodl._suggest import nearest


class UnknownOutputError(ConfigError, KeyError):
    """A name that no output has; Keras raises a KeyError for some of these."""

    __str__ = Exception.__str__


def output_order(y_pred, output_names):
    """Names of the outputs in the order of :func:`leaves_of`; Nones where they have no names."""
    if isinstance(y_pred, dict) and _is_flat(y_pred):
        same = output_names and set(output_names) == set(y_pred)
        return list(output_names) if same else sorted(y_pred)
    count = len(_tree.flatten(y_pred))
    return list(output_names) if output_names and len(output_names) == count else [None] * count


def leaves_of(nest, y_pred, names):
    """Leaves of a nest that has the structure of the outputs, in the order of ``names``."""
    if isinstance(y_pred, dict) and _is_flat(y_pred):
        return [nest[name] for name in names]
    return _tree.flatten(nest)


def _is_flat(nest):
    return all(_tree.is_leaf(item) for item in (nest.values() if isinstance(nest, dict) else nest))


def align(nest, y_pred, output_names, who, used=None):
    """``nest`` in the structure of ``y_pred``, with None for outputs that have no entry.

    Parameters
    ----------
    nest : nest of arrays or tensors
        Keyed by output name, in the order of the outputs, or of their structure.
    y_pred : nest
    output_names : list of str, optional
    who : str
        What is aligned, for messages.
    used : list of bool, optional
        Which outputs need an entry; a shorter list of entries is for these.
    """
    if _tree.is_leaf(y_pred):
        return _only(nest, output_names, who)
    if _tree.is_leaf(nest):
        if len(_tree.flatten(y_pred)) == 1:
            return _tree.pack_like(y_pred, [nest])
        return _spread_over_used([nest], y_pred, who, used)
    if isinstance(nest, dict):
        if isinstance(y_pred, dict):
            _check_keys(nest, y_pred, who)
            return {k: _inside(nest[k], v, who) if k in nest else _nothing(v) for k, v in y_pred.items()}
        if output_names and _is_flat(y_pred) and len(output_names) == len(y_pred):
            _check_keys(nest, output_names, who)
            return _tree.like(y_pred, [nest.get(name) for name in output_names])
    elif not isinstance(y_pred, dict) and len(nest) == len(y_pred):
        return _tree.like(y_pred, [_inside(n, p, who) for n, p in zip(nest, y_pred, strict=True)])
    return _spread_over_used(_tree.flatten(nest), y_pred, who, used)


def _inside(nest, y_pred, who):
    return None if nest is None and not _tree.is_leaf(y_pred) else align(nest, y_pred, None, who)


def _only(nest, output_names, who):
    if isinstance(nest, dict) and output_names and len(output_names) == 1:
        _check_keys(nest, output_names, who)
    leaves = _tree.flatten(nest)
    if len(leaves) != 1:
        raise ConfigError(f"{who}: expected one entry for one output, got {len(leaves)}.")
    return leaves[0]


def _nothing(y_pred):
    return _tree.map_structure(lambda _: None, y_pred)


def _spread_over_used(leaves, y_pred, who, used):
    count = len(_tree.flatten(y_pred))
    if len(leaves) == count:
        return _tree.pack_like(y_pred, leaves)
    if used is not None and len(leaves) == sum(used):
        entries = iter(leaves)
        return _tree.pack_like(y_pred, [next(entries) if u else None for u in used])
    raise ConfigError(f"{who}: expected one entry for each of {count} outputs, got {len(leaves)}.")


def _check_keys(nest, names, who):
    for key in nest:
        if key not in names:
            raise UnknownOutputError(
                f"{who}: expected names of outputs ({', '.join(map(str, names))}), got {key!r}{nearest(key, names)}"
            )


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
