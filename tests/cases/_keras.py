"""What Keras (on whatever backend it has) answers for a case: values, and gradients where it runs on PyTorch."""

from __future__ import annotations

import numpy as np

from cases._case import cotangents


def keras_cases(cases):
    """The cases whose layer Keras has, at rest or with no draw of its own."""
    return [case for case in cases if case.is_layer and case.keras]


def answers(case):
    """``{"value/0": array, "gradient/i": array}`` for the inputs and learned weights of the case, float32."""
    import keras

    subject = case.build()
    layer = getattr(keras.layers, case.subject)(**case.options)
    shapes = [a.shape for a in subject.arrays]
    layer.build(shapes[0] if len(shapes) == 1 else shapes)
    layer.set_weights(subject.weight_arrays())
    if keras.backend.backend() != "torch" or not case.smooth:
        outputs = _call(layer, case, [keras.ops.convert_to_tensor(a) for a in subject.arrays])
        return {"value/0": keras.ops.convert_to_numpy(outputs)}
    import torch

    inputs = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in subject.arrays]
    output = _call(layer, case, inputs)
    found = {"value/0": output.detach().numpy()}
    leaves = [x for x in inputs if x.requires_grad] + [v.value for v in layer.trainable_variables]
    (output * torch.tensor(cotangents([_Spec(output)])[0])).sum().backward()
    for i, leaf in enumerate(leaves):
        found[f"gradient/{i}"] = np.zeros(leaf.shape, "float32") if leaf.grad is None else leaf.grad.numpy()
    return {name: np.array(a) for name, a in found.items()}


def _call(layer, case, inputs):
    given = inputs[0] if len(inputs) == 1 else inputs
    return layer(given, training=True) if case.training else layer(given)


class _Spec:
    """Shape and dtype of a result, as :func:`cotangents` reads them."""

    def __init__(self, tensor):
        self.shape = tuple(tensor.shape)
        self.dtype = "float32"
