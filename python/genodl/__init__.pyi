from genodl import (
    activations as activations,
    callbacks as callbacks,
    constraints as constraints,
    data as data,
    datasets as datasets,
    explain as explain,
    initializers as initializers,
    layers as layers,
    losses as losses,
    metrics as metrics,
    models as models,
    ops as ops,
    optimizers as optimizers,
    plot as plot,
    random as random,
    regularizers as regularizers,
    saving as saving,
    sequence as sequence,
    utils as utils,
    zoo as zoo,
)
from genodl._config import get_threads as get_threads
from genodl._config import set_precise as set_precise
from genodl._config import set_threads as set_threads
from genodl._config import show_config as show_config
from genodl._errors import ConfigError as ConfigError
from genodl._errors import DTypeError as DTypeError
from genodl._errors import FileFormatError as FileFormatError
from genodl._errors import GenodlError as GenodlError
from genodl._errors import NotBuiltError as NotBuiltError
from genodl._errors import NotFiniteError as NotFiniteError
from genodl._errors import NotSupportedError as NotSupportedError
from genodl._errors import ShapeError as ShapeError
from genodl._gradients import gradients as gradients
from genodl._seeds import set_seed as set_seed
from genodl._tensor import KerasTensor as KerasTensor
from genodl._variable import Variable as Variable
from genodl.layers.input_layer import DNAInput as DNAInput
from genodl.layers.input_layer import Input as Input
from genodl.layers.layer import Layer as Layer
from genodl.models import Model as Model
from genodl.models import Sequential as Sequential
from genodl.saving import load_model as load_model
from genodl.saving import register as register
from genodl.saving import save_model as save_model

__version__: str
__all__: list[str]
