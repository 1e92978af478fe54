"""genodl against PyTorch and Keras, each ratio from one run: ``python -m benchmarks``."""
