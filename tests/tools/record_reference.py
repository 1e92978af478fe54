"""Records what Keras answers for every case into tests/reference/keras.npz.

    KERAS_BACKEND=torch python tests/tools/record_reference.py

Needs Keras and PyTorch; tests compare with the record where they are not installed.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import keras
import numpy as np

from cases import all_cases
from cases._keras import answers, keras_cases

TARGET = Path(__file__).resolve().parents[1] / "reference" / "keras.npz"

if __name__ == "__main__":
    assert keras.backend.backend() == "torch", "set KERAS_BACKEND=torch: only then are gradients recorded"
    found = {}
    for case in keras_cases(all_cases()):
        for name, array in answers(case).items():
            found[f"{case.name}/{name}"] = array
    found["keras"] = np.array(keras.__version__)
    np.savez_compressed(TARGET, **found)
    print(f"{len(found)} arrays of Keras {keras.__version__} in {TARGET}, {TARGET.stat().st_size} bytes")
