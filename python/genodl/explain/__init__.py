"""What a trained network has learned: exact maps of mutations and what is made of them."""

from .attribution import Attribution, gradient_x_input, integrated_gradients, saliency, smoothgrad
from .filters import filter_motifs, layer_activations
from .map import MutationMap
from .mutation_map import mutation_map
from .variants import VariantEffects, variant_effects

__all__ = [
    "Attribution",
    "MutationMap",
    "VariantEffects",
    "filter_motifs",
    "gradient_x_input",
    "integrated_gradients",
    "layer_activations",
    "mutation_map",
    "saliency",
    "smoothgrad",
    "variant_effects",
]
