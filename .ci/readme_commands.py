"""Prints the command lines of README.md, one a line: readme_commands.py README.md"""

import re
import sys
from pathlib import Path

blocks = re.findall(r"^```sh\n(.*?)^```", Path(sys.argv[1]).read_text(), re.MULTILINE | re.DOTALL)
if len(blocks) != 2 or any(block.count("\n") != 1 for block in blocks):
    sys.exit("README.md: expected two commands of one line each, got " + repr(blocks))
print("".join(blocks), end="")
