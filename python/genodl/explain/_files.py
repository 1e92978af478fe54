"""Archives of arrays that are written as they are made, and exist only once they are complete."""

from __future__ import annotations

import contextlib
import os
import zipfile

import numpy as np


class Archive:
    """An .npz file being written."""

    def __init__(self, file):
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True)

    def write(self, name, array):
        array = np.asarray(array)
        with self.rows(name, array.shape, array.dtype) as out:
            out(array)

    @contextlib.contextmanager
    def rows(self, name, shape, dtype):
        """A function that takes the array piece by piece, in order."""
        with self._zip.open(f"{name}.npy", "w", force_zip64=True) as member:
            descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
            header = {"descr": descr, "fortran_order": False, "shape": tuple(shape)}
            np.lib.format.write_array_header_2_0(member, header)
            yield lambda part: member.write(np.ascontiguousarray(part, dtype).tobytes())

    def close(self):
        self._zip.close()


@contextlib.contextmanager
def new_archive(path):
    """An archive at ``path`` that appears when the block ends well and leaves nothing when it does not."""
    path = os.fspath(path)
    temporary = f"{path}.part{os.getpid()}"
    try:
        with open(temporary, "wb") as file, contextlib.closing(Archive(file)) as archive:
            yield archive
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(temporary)
        raise
