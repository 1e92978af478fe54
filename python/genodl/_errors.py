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

_MEANINGS = {
    GenodlError: "Base of all exceptions of genodl.",
    ShapeError: "Shapes that do not fit. A ValueError.",
    ConfigError: "Arguments that make no sense. A ValueError.",
    DTypeError: "Numbers of the wrong kind. A TypeError.",
    NotBuiltError: "Used before its weights were made. A RuntimeError.",
    NotSupportedError: "Known to Keras, not supported here. A NotImplementedError.",
    FileFormatError: "A file that is damaged, foreign or newer. A ValueError.",
    NotFiniteError: "NaN or infinity where numbers are needed. A ValueError.",
}
for _error, _meaning in _MEANINGS.items():
    _error.__doc__ = _meaning

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
