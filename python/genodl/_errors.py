"""The exceptions of genodl; each is also the built-in kind that Keras users expect."""

from genodl import _core

GenodlError = _core.GenodlError
ShapeError = _core.ShapeError
ConfigError = _core.ConfigError
DTypeError = _core.DTypeError
NotBuiltError = _core.NotBuiltError
NotSupportedError = _core.NotSupportedError
FileFormatError = _core.FileFormatError
NotFiniteError = _core.NotFiniteError

__all__ = [
    "ConfigError",
    "DTypeError",
    "FileFormatError",
    "GenodlError",
    "NotBuiltError",
    "NotFiniteError",
    "NotSupportedError",
    "ShapeError",
]
