"""Makes python/genodl/datasets/files/ctcf_peaks.fa.gz from the full set of CTCF windows.

Usage: python tests/tools/make_ctcf_peaks.py ctcf.fa.gz
"""

import gzip
import io
import sys
from pathlib import Path

from genodl import sequence as sq

OUT = Path(__file__).parents[2] / "python/genodl/datasets/files/ctcf_peaks.fa.gz"


def main():
    every_fifth = sq.read_fasta(sys.argv[1])[::5]
    text = io.StringIO()
    sq.write_fasta(text, every_fifth, width=100)
    OUT.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(f"{OUT}: {every_fifth}, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
