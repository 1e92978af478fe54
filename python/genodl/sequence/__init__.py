"""DNA sequences: files, encodings, shuffles and motifs."""

from .composition import gc_content, kmer_counts, kmer_names, reverse_complement
from .dna import DNA, concatenate
from .encoding import decode, encode, one_hot
from .fasta import read_fasta, write_fasta
from .sequences import Record, Sequences
from .shuffling import shuffle

__all__ = [
    "DNA",
    "Record",
    "Sequences",
    "concatenate",
    "decode",
    "encode",
    "gc_content",
    "kmer_counts",
    "kmer_names",
    "one_hot",
    "read_fasta",
    "reverse_complement",
    "shuffle",
    "write_fasta",
]
