"""Floors of single kernels, as shares of the FMA peak of the same run: ``python -m benchmarks.kernels``."""
