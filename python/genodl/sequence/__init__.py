"""DNA sequences: files, encodings, shuffles and motifs."""

from .bed import read_bed
from .composition import gc_content, kmer_counts, kmer_names, reverse_complement
from .dna import DNA, concatenate
from .encoding import decode, encode, one_hot
from .fasta import read_fasta, write_fasta
from .genome import Genome
from .intervals import Interval, Intervals
from .motif import Motif
from .motif_files import read_motifs, write_meme
from .scanning import Hits, motif_scores, scan
from .sequences import Record, Sequences
from .shuffling import shuffle
from .windows import windows

__all__ = [
    "DNA",
    "Hits",
    "Motif",
    "Record",
    "Sequences",
    "concatenate",
    "decode",
    "encode",
    "gc_content",
    "kmer_counts",
    "kmer_names",
    "motif_scores",
    "one_hot",
    "read_fasta",
    "read_motifs",
    "reverse_complement",
    "scan",
    "shuffle",
    "write_fasta",
    "write_meme",
]
