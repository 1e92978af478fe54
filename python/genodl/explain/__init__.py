"""What a trained network has learned: exact maps of mutations and what is made of them."""

from .attribution import Attribution, gradient_x_input, integrated_gradients, saliency, smoothgrad
from .filters import filter_motifs, layer_activations
from .interactions import Interactions, interactions
from .map import MutationMap
from .motif_effects import Cooperativity, Marginalization, cooperativity, marginalize
from .mutation_map import mutation_map
from .occlusion import occlusion
from .variants import VariantEffects, variant_effects

__all__ = [
    "Attribution",
    "Cooperativity",
    "Interactions",
    "Marginalization",
    "MutationMap",
    "VariantEffects",
    "cooperativity",
    "filter_motifs",
    "gradient_x_input",
    "integrated_gradients",
    "interactions",
    "layer_activations",
    "marginalize",
    "mutation_map",
    "occlusion",
    "saliency",
    "smoothgrad",
    "variant_effects",
]
