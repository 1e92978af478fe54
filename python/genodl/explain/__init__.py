"""What a trained network has learned: exact maps of mutations and what is made of them."""

from .map import MutationMap
from .mutation_map import mutation_map
from .variants import VariantEffects, variant_effects

__all__ = ["MutationMap", "VariantEffects", "mutation_map", "variant_effects"]
