"""The functions of ``gd.ops``: the table of tests/python/ops_cases.py under every check of the harness."""

import ops_cases
from cases._case import from_ops_case

NO_SECOND_GRADIENT = {"lgamma"}  # the digamma function has none

cases = [from_ops_case(case, twice=case.name not in NO_SECOND_GRADIENT) for case in ops_cases.CASES]
