"""Models."""

from genodl.models.model import Model
from genodl.models.sequential import Sequential

Functional = Model

__all__ = ["Functional", "Model", "Sequential"]
