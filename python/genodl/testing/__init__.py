"""Helpers for the tests of layers and losses of your own."""

from genodl.testing.gradients import check_gradients

__all__ = ["check_gradients"]
