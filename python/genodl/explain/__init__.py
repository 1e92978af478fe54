"""What a trained network has learned: exact maps of mutations and what is made of them."""

from .map import MutationMap
from .mutation_map import mutation_map

__all__ = ["MutationMap", "mutation_map"]
