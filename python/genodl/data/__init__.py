"""Data sets that are read batch by batch."""

from genodl.data.dataset import Dataset
from genodl.data.prefetch import prefetch

__all__ = ["Dataset", "prefetch"]
