"""Training loops, compiled steps and the data they read."""

from genodl import models as models  # models and training need each other: whoever comes first starts here
