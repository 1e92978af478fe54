"""The networks that are timed: data, the model for genodl and Keras, the model for PyTorch, its work.

Each module has

- ``BATCH``, ``BATCHES``: samples of a step, and batches of different data;
- ``data(rng, samples)``: ``(x, y)`` as NumPy arrays in Keras's layout;
- ``keras_model(keras)``: a compiled model; ``keras`` is the module ``genodl`` or ``keras``;
- ``torch_model(channels_last)``: ``(module, inputs, targets, loss)``: ``inputs(x)`` and ``targets(y)`` give
  tensors, ``loss(module(inputs), targets)`` a scalar;
- ``PRODUCTS``: the multiply-adds of a sample, by product (see ``benchmarks.limit``).
"""
