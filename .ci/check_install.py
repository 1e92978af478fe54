"""What an installed genodl must be: small, quick to import, complete in itself. Run by its own Python."""

import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

MEGABYTE = 1e6
package = Path(importlib.util.find_spec("genodl").origin).parent
files = [package.parent / f for f in importlib.metadata.files("genodl")]
outside = [str(f) for f in files if f.parts[len(package.parent.parts)] != "genodl" and ".dist-info" not in str(f)]
outside = [f for f in outside if not f.endswith("bin/genodl")]
binaries = sorted(f.name for f in files if ".so" in f.name)
size = sum(f.stat().st_size for f in files if f.exists() and f.suffix != ".pyc") / MEGABYTE

TIMED = "import numpy, time; t = time.perf_counter(); import genodl; genodl.Sequential; print(time.perf_counter() - t)"
seconds = min(float(subprocess.check_output([sys.executable, "-c", TIMED])) for _ in range(5))
LOADED = "import sys, genodl, genodl.layers, genodl.models; print(*sys.modules)"
heavy = {"matplotlib", "scipy", "pandas", "safetensors", "tqdm", "IPython", "h5py"}
loaded = set(subprocess.check_output([sys.executable, "-c", LOADED], text=True).split()) & heavy

checks = {
    f"installed outside the package: {outside}": not outside,
    f"binaries: {binaries}": len(binaries) <= 2 and all(b.startswith(("_core.", "libtbb.so")) for b in binaries),
    f"installed size {size:.1f} MB, at most 15": size < 15,
    f"import of genodl with its models {seconds:.3f} s over numpy, at most 0.15": seconds < 0.15,
    f"heavy modules loaded by it: {sorted(loaded)}": not loaded,
}
for text, holds in checks.items():
    print("ok  " if holds else "BAD ", text)
sys.exit(not all(checks.values()))
