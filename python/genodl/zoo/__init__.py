"""Published networks, one function each, returning an ordinary model without trained weights."""

from genodl.zoo._registry import list_networks as list
from genodl.zoo.basenji import basenji
from genodl.zoo.basset import basset
from genodl.zoo.beluga import beluga
from genodl.zoo.bpnet import bpnet
from genodl.zoo.deepbind import deepbind
from genodl.zoo.deepg4 import deepg4
from genodl.zoo.deepsea import deepsea
from genodl.zoo.factorized_basset import factorized_basset
from genodl.zoo.spliceai import spliceai

__all__ = [
    "basenji", "basset", "beluga", "bpnet", "deepbind", "deepg4", "deepsea", "factorized_basset", "list", "spliceai",
]  # fmt: skip
