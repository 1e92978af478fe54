"""Variants written into windows; truth is Python's strings, letter by letter."""

import numpy as np
import pytest

import genodl as gd
from genodl import sequence as sq
from genome_files import padded, random_letters, write_genome

LETTERS = {"chr1": random_letters(np.random.default_rng(0), 400, "ACGTacgt"), "chr2": "ACGTNRACGT"}


@pytest.fixture
def genome(tmp_path):
    return write_genome(tmp_path, LETTERS)


def plain_window(letters, start, ref, alt, length):
    """The allele's middle at length // 2, N off the ends; one letter after another."""
    while ref and alt and ref[0] == alt[0]:
        start, ref, alt = start + 1, ref[1:], alt[1:]
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]

    def around(allele):
        first = len(allele) // 2 - length // 2  # of the window, counted from the allele's first letter
        out = ""
        for i in range(first, first + length):
            if i < 0:
                out += padded(letters, start + i, start + i + 1)
            elif i < len(allele):
                out += allele[i]
            else:
                at = start + len(ref) + i - len(allele)
                out += padded(letters, at, at + 1)
        return out.upper()

    return around(ref), around(alt)


def random_variants(rng, n, longest):
    letters = LETTERS["chr1"]
    out = []
    for _ in range(n):
        start = int(rng.integers(0, len(letters) - longest))
        ref = letters[start : start + int(rng.integers(0, longest))].upper()
        alt = random_letters(rng, int(rng.integers(0, longest)), "ACGT")
        if rng.random() < 0.3 and ref:
            alt = ref[0] + alt  # as VCF writes them, with a letter in common
        out.append(sq.Variant("chr1", start + 1, ref, alt))
    return out


@pytest.mark.parametrize("length", [1, 2, 9, 30])
def test_windows_against_strings(genome, length):
    variants = random_variants(np.random.default_rng(length), 400, 14)
    kinds = {v.kind for v in variants}
    assert kinds >= {"SNV", "MNV", "insertion", "deletion", "complex"}
    ref, alt = sq.apply_variants(genome, variants, length)
    assert ref.shape == alt.shape == (len(variants), length)
    for variant, got_ref, got_alt in zip(variants, ref, alt, strict=True):
        expected = plain_window(LETTERS["chr1"], variant.pos - 1, variant.ref, variant.alt, length)
        assert (got_ref, got_alt) == expected, variant


def test_reference_windows_are_those_of_the_genome(genome):
    variants = random_variants(np.random.default_rng(1), 100, 6)
    ref, _ = sq.apply_variants(genome, variants, 40)
    trimmed = [v.trimmed() for v in variants]
    rows = [("chr1", v.pos - 1, v.pos - 1 + max(len(v.ref), 1)) for v in trimmed if len(v.ref)]
    expected = sq.windows(genome, rows, 40, outside="pad")
    got = ref[np.array([len(v.ref) > 0 for v in trimmed])]
    np.testing.assert_array_equal(got.codes, expected.codes)


def test_changes_of_equal_length_keep_the_window(genome):
    """A padded spelling of an SNV gives the same windows, and only the changed letters differ."""
    letters = LETTERS["chr1"].upper()
    other = "A" if letters[100] != "A" else "C"
    spelled = [
        sq.Variant("chr1", 101, letters[100], other),
        sq.Variant("chr1", 99, letters[98:103], letters[98:100] + other + letters[101:103]),
    ]
    ref, alt = sq.apply_variants(genome, spelled, 21)
    assert ref[0] == ref[1] and alt[0] == alt[1]
    assert np.flatnonzero(ref.codes[0] != alt.codes[0]).tolist() == [10]


def test_kinds_and_trimming():
    kinds = {("A", "C"): "SNV", ("AC", "GT"): "MNV", ("A", "ACG"): "insertion", ("ACG", "A"): "deletion",
             ("ACG", "TT"): "complex", ("A", "A"): "none", ("CAT", "CGT"): "SNV"}  # fmt: skip
    assert {pair: sq.Variant("c", 1, *pair).kind for pair in kinds} == kinds
    assert sq.Variant("c", 10, "CAGT", "CT").trimmed() == ("c", 11, "AG", "", "")
    assert str(sq.Variant("c", 10, "a", "T")) == "c:10:a>T"


def test_case_u_and_ambiguous_letters(genome):
    at = LETTERS["chr1"].upper().index("T")
    ref, alt = sq.apply_variants(genome, [("chr1", at + 1, "u", "r")], 1)
    assert ref.strings() == ["T"] and alt.strings() == ["R"]
    # The genome's N and R may stand for A; its C may not.
    ref, _ = sq.apply_variants(genome, [("chr2", 5, "A", "G"), ("chr2", 6, "A", "G")], 3)
    assert ref.strings() == ["TAR", "NAA"]
    with pytest.raises(ValueError, match="got something else in 1 of 2"):
        sq.apply_variants(genome, [("chr2", 6, "A", "G"), ("chr2", 6, "C", "G")], 3)


def wrong(letters, at):
    return "A" if letters[at].upper() != "A" else "C"


def test_mismatch_counts_and_names(genome):
    letters = LETTERS["chr1"]
    good = sq.Variant("chr1", 51, letters[50], wrong(letters, 50))
    bad = [sq.Variant("chr1", i + 1, wrong(letters, i), "T") for i in range(60, 65)]
    with pytest.raises(ValueError, match="usual cause is another genome build") as caught:
        sq.apply_variants(genome, [good, *bad, good], 10)
    message = str(caught.value)
    assert "REF as in" in message and "genome.fa" in message and "5 of 7 variants" in message
    assert f"{bad[0]} (the genome has {letters[60].upper()}; variant 2 of 7)" in message and "and 2 more" in message
    assert str(bad[3]) not in message and "mismatch='skip' or 'swap'" in message

    kept = sq.apply_variants(genome, [good, *bad, good], 10, mismatch="skip")
    assert kept.kept.tolist() == [0, 6] and not kept.swapped.any()
    np.testing.assert_array_equal(kept[0].codes, sq.apply_variants(genome, [good, good], 10)[0].codes)


def test_swap(genome):
    letters = LETTERS["chr1"].upper()
    forward = sq.Variant("chr1", 81, letters[80], wrong(letters, 80))
    exchanged = forward._replace(ref=forward.alt, alt=forward.ref)
    deletion = sq.Variant("chr1", 91, "T" * 5 + letters[90], letters[90])
    straight = sq.apply_variants(genome, [forward, forward], 11)
    swapped = sq.apply_variants(genome, [forward, exchanged], 11, mismatch="swap")
    assert swapped.swapped.tolist() == [False, True]
    assert swapped[0] == straight[0] and swapped[1] == straight[1]
    if letters[90:96] != deletion.ref:
        assert sq.apply_variants(genome, deletion, 11, mismatch="swap").swapped.tolist() == [True]
    neither = sq.Variant("chr1", 81, wrong(letters, 80), next(c for c in "CGT" if c not in letters[80]))
    with pytest.raises(ValueError, match="REF or ALT as in .*1 of 2.*by mismatch='skip'"):
        sq.apply_variants(genome, [exchanged, neither], 11, mismatch="swap")


def test_off_the_ends(genome):
    letters = LETTERS["chr1"]
    first = sq.Variant("chr1", 1, letters[0], wrong(letters, 0))
    ref, _ = sq.apply_variants(genome, first, 7)
    assert ref[0] == "NNN" + letters[:4].upper()
    with pytest.raises(ValueError, match=r"got -3 to 0 \(variant 1 of 1\)"):
        sq.apply_variants(genome, first, 7, outside="error")
    with pytest.raises(ValueError, match=r"chr1 ends at 400; variant 1 of 1"):
        sq.apply_variants(genome, [("chr1", 399, "ACGT", "A")], 7)
    with pytest.raises(ValueError, match="chr1 ends at 400"):
        sq.apply_variants(genome, [("chr1", 0, "A", "C")], 7)


def test_lines_of_the_file_are_named(genome, tmp_path):
    path = tmp_path / "calls.vcf"
    letters = LETTERS["chr1"].upper()
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\n"
    path.write_text(head + f"chr1\t7\trs7\t{letters[6]}\t{wrong(letters, 6)}\nchr1\t9\t.\t{wrong(letters, 8)}\tT\n")
    with pytest.raises(ValueError, match="1 of 2 variants.*calls.vcf, line 4"):
        sq.apply_variants(genome, sq.read_vcf(path), 7)
    path.write_text(head + "1\t7\t.\tA\tC\n")
    with pytest.raises(ValueError, match=r"got '1' \(.*calls.vcf, line 3\). There it is called 'chr1'"):
        sq.apply_variants(genome, sq.read_vcf(path), 7)


@pytest.mark.parametrize(
    ("variants", "options", "error", "words"),
    [
        ("chr1:1:A>C", {}, TypeError, "expected variants, got str"),
        ([("chr1", 1, "A")], {}, TypeError, "got .'chr1', 1, 'A'. as variant 1"),
        ([("chr1", "1", "A", "C")], {}, TypeError, "as variant 1"),
        ([("chr1", 1, "A", "<DEL>")], {}, ValueError, "in alleles, got '<DEL>' .variant 1 of 1"),
        ([("chr1", 1, "A", "C")], {"mismatch": "ignore"}, ValueError, "'skip' or 'swap', got 'ignore'"),
        ([("chr1", 1, "", "C")], {"length": 0}, ValueError, "length of at least 1"),
        ([("chr9", 1, "A", "C")], {}, ValueError, "Did you mean 'chr2'|Did you mean 'chr1'"),
    ],
)
def test_refusals(genome, variants, options, error, words):
    with pytest.raises(error, match=words):
        sq.apply_variants(genome, variants, **{"length": 5, **options})


def test_no_variants(genome):
    ref, alt = sq.apply_variants(genome, [], 6)
    assert ref.shape == alt.shape == (0, 6)


# ---- variant_effects ---------------------------------------------------------------------------


def small_model(length=16, outputs=2):
    gd.set_seed(3)
    return gd.Sequential(
        [
            gd.DNAInput(length),
            gd.layers.Conv1D(4, 5, activation="relu"),
            gd.layers.GlobalMaxPooling1D(),
            gd.layers.Dense(outputs, activation="sigmoid"),
        ]
    )


SCORES = {
    "difference": lambda ref, alt: alt - ref,
    "deltascore": lambda ref, alt: (alt - ref) * np.maximum(0, np.maximum(ref, alt)),
    "logfold": lambda ref, alt: np.log2(alt / ref),
}


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("both_strands", [True, False])
def test_effects_against_predictions(genome, score, both_strands, monkeypatch):
    model = small_model()
    from genodl.explain import variants as module

    monkeypatch.setattr(module, "_LETTERS_AT_ONCE", 16 * 7)  # several portions
    variants = random_variants(np.random.default_rng(7), 20, 5)
    windows = sq.apply_variants(genome, variants, 16)

    def outputs(dna):
        values = model.predict(dna, verbose=0)
        return (values + model.predict(sq.reverse_complement(dna), verbose=0)) / 2 if both_strands else values

    ref, alt = outputs(windows[0]), outputs(windows[1])
    effects = gd.explain.variant_effects(model, genome, variants, score=score, both_strands=both_strands)
    assert len(effects) == 20 and effects.variants == variants and effects.effect.shape == (20, 2)
    # Other batches, other roundings: a few float32 steps of values up to 1.
    np.testing.assert_allclose(effects.reference, ref, atol=1e-6)
    np.testing.assert_allclose(effects.alternative, alt, atol=1e-6)
    np.testing.assert_allclose(effects.effect, SCORES[score](ref, alt), atol=1e-5)
    assert "VariantEffects: 20 variants" in repr(effects)


def test_effects_keep_track_of_rows(genome):
    letters = LETTERS["chr1"].upper()
    good = sq.Variant("chr1", 51, letters[50], wrong(letters, 50), "rs1")
    bad = sq.Variant("chr1", 61, wrong(letters, 60), letters[60])
    model = small_model()
    with pytest.raises(ValueError, match="variant_effects: expected REF as in .*1 of 3"):
        gd.explain.variant_effects(model, genome, [good, bad, good])
    some = gd.explain.variant_effects(model, genome, [good, bad, good], mismatch="skip")
    assert some.kept.tolist() == [0, 2] and some.variants[1].id == "rs1"
    swapped = gd.explain.variant_effects(model, genome, [good, bad], mismatch="swap", score="difference")
    assert swapped.swapped.tolist() == [False, True]
    turned = gd.explain.variant_effects(model, genome, bad._replace(ref=bad.alt, alt=bad.ref), score="difference")
    np.testing.assert_allclose(swapped.effect[1], turned.effect[0], atol=1e-6)
    with pytest.raises(ValueError, match="at least one variant to score, got none of 1"):
        gd.explain.variant_effects(model, genome, bad, mismatch="skip")


def test_effects_table(genome):
    pandas = pytest.importorskip("pandas")
    letters = LETTERS["chr1"].upper()
    table = gd.explain.variant_effects(
        small_model(), genome, [("chr1", 51, letters[50], wrong(letters, 50))]
    ).to_pandas()
    assert isinstance(table, pandas.DataFrame) and table.chrom[0] == "chr1" and "effect_1" in table


def test_effects_refuse_by_name(genome):
    letters = LETTERS["chr1"].upper()
    variant = sq.Variant("chr1", 51, letters[50], wrong(letters, 50))
    with pytest.raises(ValueError, match="one of 'difference', 'deltascore', 'logit', 'logfold', got 'ratio'"):
        gd.explain.variant_effects(small_model(), genome, variant, score="ratio")
    numbers = gd.Sequential([gd.Input((7,)), gd.layers.Dense(1)])
    with pytest.raises(ValueError, match=r"one DNA input \(length, 4\), got inputs of shapes \[\(7,\)\]"):
        gd.explain.variant_effects(numbers, genome, variant)
    with pytest.raises(ValueError, match="expected length=16, the model's, got 20"):
        gd.explain.variant_effects(small_model(), genome, variant, length=20)
    free = small_model(None)
    with pytest.raises(ValueError, match="takes sequences of any length"):
        gd.explain.variant_effects(free, genome, variant)
    assert gd.explain.variant_effects(free, genome, variant, length=30).effect.shape == (1, 2)
    profile = gd.Sequential([gd.DNAInput(16), gd.layers.Conv1D(1, 3)])
    with pytest.raises(ValueError, match="Use both_strands=False"):
        gd.explain.variant_effects(profile, genome, variant)
    assert gd.explain.variant_effects(profile, genome, variant, "difference", False).effect.shape == (1, 14, 1)
    with pytest.raises(ValueError, match="outputs above 0 for score='logfold'"):
        gd.explain.variant_effects(profile, genome, variant, "logfold", False)


def test_one_of_several_outputs(genome):
    letters = LETTERS["chr1"].upper()
    variant = sq.Variant("chr1", 51, letters[50], wrong(letters, 50))
    x = gd.DNAInput(16)
    h = gd.layers.GlobalMaxPooling1D()(gd.layers.Conv1D(4, 3, activation="relu")(x))
    model = gd.Model(x, [gd.layers.Dense(1)(h), gd.layers.Dense(3)(h)])
    assert gd.explain.variant_effects(model, genome, variant, output=1).effect.shape == (1, 3)
    with pytest.raises(ValueError, match=r"one of \[0, 1\], got None"):
        gd.explain.variant_effects(model, genome, variant)
