"""The nearest known name, for error messages."""

import difflib


def nearest(name, known):
    """``". Did you mean 'x'?"`` or ``"."``; to be appended to a sentence about an unknown name."""
    match = difflib.get_close_matches(str(name), [str(k) for k in known], n=1)
    return f". Did you mean {match[0]!r}?" if match else "."
