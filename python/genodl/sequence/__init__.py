"""DNA sequences: files, encodings, shuffles and motifs."""

from .allele_windows import AlleleWindows, apply_variants
from .bed import read_bed
from .composition import gc_content, kmer_counts, kmer_names, reverse_complement
from .dna import DNA, concatenate
from .encoding import decode, encode, one_hot
from .fasta import read_fasta, write_fasta
from .gc_matching import gc_matched
from .genome import Genome
from .intervals import Interval, Intervals
from .leakage import Leakage, check_leakage
from .motif import Motif
from .motif_files import read_motifs, write_meme
from .motif_matching import MotifMatches, match_motifs
from .scanning import Hits, motif_scores, scan
from .sequences import Record, Sequences
from .shuffling import shuffle
from .tokenizing import MaskedTokens, Tokenizer, tokenize
from .variant import Variant, Variants
from .vcf import VcfRecord, read_vcf, read_vcf_records
from .windowing import windows

__all__ = [
    "AlleleWindows",
    "DNA",
    "Genome",
    "Hits",
    "Interval",
    "Intervals",
    "Leakage",
    "MaskedTokens",
    "Motif",
    "MotifMatches",
    "Record",
    "Sequences",
    "Tokenizer",
    "Variant",
    "Variants",
    "VcfRecord",
    "apply_variants",
    "check_leakage",
    "concatenate",
    "decode",
    "encode",
    "gc_content",
    "gc_matched",
    "kmer_counts",
    "kmer_names",
    "match_motifs",
    "motif_scores",
    "one_hot",
    "read_bed",
    "read_fasta",
    "read_motifs",
    "read_vcf",
    "read_vcf_records",
    "reverse_complement",
    "scan",
    "shuffle",
    "tokenize",
    "windows",
    "write_fasta",
    "write_meme",
]
