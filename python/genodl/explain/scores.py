"""How the outputs for a mutant and for the reference become one number."""

from __future__ import annotations

import numpy as np

# Probabilities nearer to 0 or 1 than float32 can tell apart have no honest logit.
_CLOSEST = 2.0**-23


def difference(mutant, reference):
    """``mutant - reference``"""
    return mutant - reference


def deltascore(mutant, reference):
    """``(mutant - reference) * max(0, mutant, reference)``: changes of what is strong count more."""
    return (mutant - reference) * np.maximum(0, np.maximum(mutant, reference))


def logit(mutant, reference):
    """Difference of log-odds of two probabilities."""
    return _log_odds(mutant) - _log_odds(reference)


def _log_odds(p):
    if np.any(p < 0) or np.any(p > 1):
        raise ValueError(f"logit: expected probabilities from 0 to 1, got {p.min()} to {p.max()}.")
    p = np.clip(np.asarray(p, np.float64), _CLOSEST, 1 - _CLOSEST)
    return np.log(p / (1 - p))


SCORES = {"difference": difference, "deltascore": deltascore, "logit": logit}


def get(score, who):
    if callable(score):
        return score
    if score not in SCORES:
        raise ValueError(f"{who}: expected score to be one of {', '.join(map(repr, SCORES))}, got {score!r}.")
    return SCORES[score]
