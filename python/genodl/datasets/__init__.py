"""Small real data that ships with the package; files/SOURCES.txt says where it is from."""

from .ctcf import ctcf_motif, ctcf_peaks

__all__ = ["ctcf_motif", "ctcf_peaks"]
