// genodl._core.genomics: sequences as flat arrays of codes with record offsets. Callers in
// python/genodl/sequence check values and word the errors; here only array shapes are taken on trust.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <utility>

#include "bindings/module.h"
#include "genomics/encode.h"
#include "genomics/fasta.h"
#include "genomics/fasta_index.h"
#include "genomics/gather.h"
#include "genomics/kmers.h"
#include "genomics/motif_scan.h"
#include "genomics/shuffle.h"

namespace genodl::bindings {
namespace {

using namespace genomics;

template <class T>
using Array = py::array_t<T, py::array::c_style>;
using Codes = Array<code_t>;
using Offsets = Array<index_t>;
using Mask = std::optional<Array<bool>>;

Records records_of(const Codes& codes, const Offsets& offsets) {
  return {codes.data(), offsets.data(), offsets.size() - 1};
}

const bool* data_or_null(const Mask& mask) { return mask ? mask->data() : nullptr; }

// (codes, soft mask or None, position of the first byte that is no letter or -1)
py::tuple encode_letters(const Array<unsigned char>& letters) {
  Codes codes(letters.size());
  code_t* to = codes.mutable_data();
  const auto* from = letters.data();
  EncodeResult result;
  {
    py::gil_scoped_release release;
    result = encode(from, codes.size(), to);
  }
  py::object mask = py::none();
  if (result.soft_masked && result.first_bad < 0) {
    Array<bool> soft(codes.size());
    split_soft_mask(to, codes.size(), soft.mutable_data());
    mask = std::move(soft);
  }
  return py::make_tuple(codes, mask, result.first_bad);
}

py::bytes decode_codes(const Codes& codes, const Mask& mask) {
  py::bytes text(nullptr, static_cast<py::size_t>(codes.size()));
  decode(codes.data(), data_or_null(mask), codes.size(), PyBytes_AS_STRING(text.ptr()));
  return text;
}

py::tuple reverse_complement_records(const Codes& codes, const Offsets& offsets, const Mask& mask) {
  Codes out(codes.size());
  const Records x = records_of(codes, offsets);
  reverse_complement(x, out.mutable_data());
  if (!mask) return py::make_tuple(out, py::none());
  Array<bool> soft(codes.size());
  reverse_mask(x, mask->data(), soft.mutable_data());
  return py::make_tuple(out, soft);
}

Array<index_t> code_counts_of(const Codes& codes, const Offsets& offsets) {
  Array<index_t> out({offsets.size() - 1, py::ssize_t{16}});
  code_counts(records_of(codes, offsets), out.mutable_data());
  return out;
}

const char* name_of(FastaProblem::Kind kind) {
  switch (kind) {
    case FastaProblem::no_records:
      return "no records";
    case FastaProblem::no_header:
      return "no header";
    case FastaProblem::no_sequence:
      return "no sequence";
    case FastaProblem::bad_letter:
      return "bad letter";
    case FastaProblem::none:
      break;
  }
  return "";
}

// (headers as bytes, codes, offsets, soft mask or None, problem); a problem is
// (kind, line, record, position, letter) or None.
py::tuple parse_fasta_text(const py::bytes& text) {
  const std::string_view view = text;
  Fasta fasta;
  {
    py::gil_scoped_release release;
    fasta = parse_fasta(view);
  }
  py::list headers(fasta.headers.size());
  for (std::size_t i = 0; i < fasta.headers.size(); ++i)
    headers[i] = py::bytes(fasta.headers[i].data(), fasta.headers[i].size());

  const index_t n = fasta.offsets.back();
  py::object problem = py::none();
  py::object mask = py::none();
  if (const FastaProblem& p = fasta.problem; p.kind != FastaProblem::none) {
    problem = py::make_tuple(name_of(p.kind), p.line, p.record, p.position, static_cast<int>(p.letter));
  } else if (fasta.soft_masked) {
    Array<bool> soft(n);
    split_soft_mask(fasta.codes.get(), n, soft.mutable_data());
    mask = std::move(soft);
  }
  Offsets offsets(static_cast<py::ssize_t>(fasta.offsets.size()), fasta.offsets.data());
  code_t* owned = fasta.codes.release();
  py::capsule owner(owned, [](void* p) { delete[] static_cast<code_t*>(p); });
  return py::make_tuple(headers, Codes(n, owned, owner), offsets, mask, problem);
}

const char* name_of(IndexProblem::Kind kind) {
  switch (kind) {
    case IndexProblem::no_records:
      return "no records";
    case IndexProblem::no_header:
      return "no header";
    case IndexProblem::no_sequence:
      return "no sequence";
    case IndexProblem::uneven_lines:
      return "uneven lines";
    case IndexProblem::none:
      break;
  }
  return "";
}

void feed_index(FastaIndexer& indexer, const Array<unsigned char>& piece) {
  const std::string_view view(reinterpret_cast<const char*>(piece.data()), static_cast<std::size_t>(piece.size()));
  py::gil_scoped_release release;
  indexer.feed(view);
}

// (records as (header, length, offset, line_bases, line_width), problem or None); a problem is
// (kind, line, record).
py::tuple finish_index(FastaIndexer& indexer) {
  indexer.finish();
  py::list records;
  for (const IndexedRecord& r : indexer.records())
    records.append(py::make_tuple(py::bytes(r.header), r.length, r.offset, r.line_bases, r.line_width));
  const IndexProblem& p = indexer.problem();
  py::object problem = py::none();
  if (p.kind != IndexProblem::none) problem = py::make_tuple(name_of(p.kind), p.line, p.record);
  return py::make_tuple(records, problem);
}

// stretches is (n, 7): the fields of Stretch. Returns (soft masked, bad), bad as (stretch, position,
// byte) or None; codes keep bit 16 where letters are soft-masked.
py::tuple gather_stretches(const Array<unsigned char>& text, const Array<index_t>& stretches, Codes& codes) {
  std::vector<Stretch> list(static_cast<std::size_t>(stretches.shape(0)));
  for (std::size_t i = 0; i < list.size(); ++i) {
    const index_t* f = stretches.data(static_cast<py::ssize_t>(i), 0);
    list[i] = {f[0], f[1], f[2], f[3], f[4], f[5], f[6] != 0};
  }
  const std::string_view view(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(text.size()));
  code_t* to = codes.mutable_data();
  GatherResult result;
  {
    py::gil_scoped_release release;
    result = gather(view, list.data(), static_cast<index_t>(list.size()), to);
  }
  py::object bad = py::none();
  if (result.bad_stretch >= 0)
    bad = py::make_tuple(result.bad_stretch, result.bad_position, static_cast<int>(result.bad_byte));
  return py::make_tuple(result.soft_masked, bad);
}

Array<std::int32_t> count_kmers_of(const Codes& codes, const Offsets& offsets, int k, bool both_strands) {
  const KmerColumns columns = kmer_columns(k, both_strands);
  Array<std::int32_t> out({offsets.size() - 1, columns.count});
  const Records x = records_of(codes, offsets);
  auto* to = out.mutable_data();
  py::gil_scoped_release release;
  count_kmers(x, k, columns, to);
  return out;
}

Codes shuffle_records(const Codes& codes, const Offsets& offsets, const Mask& fixed, int k, std::uint64_t seed,
                      index_t copies) {
  Codes out(codes.size() * copies);
  const Records x = records_of(codes, offsets);
  const bool* stays = data_or_null(fixed);
  auto* to = out.mutable_data();
  py::gil_scoped_release release;
  shuffle(x, stays, k, seed, copies, to);
  return out;
}

template <class T>
std::vector<Matrix<T>> matrices_of(const std::vector<Array<T>>& arrays) {
  std::vector<Matrix<T>> out;
  for (const auto& a : arrays) out.push_back({a.data(), a.shape(0)});
  return out;
}

// Hits as columns: record, start, motif, score, reverse.
py::tuple scan_records(const Codes& codes, const Offsets& offsets, const std::vector<Array<std::int32_t>>& motifs,
                       const std::vector<std::int32_t>& thresholds, bool both_strands) {
  const auto matrices = matrices_of(motifs);
  const Records x = records_of(codes, offsets);
  std::vector<Hit> hits;
  {
    py::gil_scoped_release release;
    hits = scan(x, matrices, thresholds, both_strands);
  }
  const auto n = static_cast<py::ssize_t>(hits.size());
  Array<index_t> record(n), start(n);
  Array<std::int32_t> motif(n), score(n);
  Array<bool> reverse(n);
  for (py::ssize_t i = 0; i < n; ++i) {
    record.mutable_at(i) = hits[i].record;
    start.mutable_at(i) = hits[i].start;
    motif.mutable_at(i) = hits[i].motif;
    score.mutable_at(i) = hits[i].score;
    reverse.mutable_at(i) = hits[i].reverse;
  }
  return py::make_tuple(record, start, motif, score, reverse);
}

Array<float> best_scores_of(const Codes& codes, const Offsets& offsets, const std::vector<Array<float>>& motifs,
                            bool both_strands) {
  const auto matrices = matrices_of(motifs);
  Array<float> out({offsets.size() - 1, static_cast<py::ssize_t>(motifs.size())});
  const Records x = records_of(codes, offsets);
  auto* to = out.mutable_data();
  py::gil_scoped_release release;
  best_scores(x, matrices, both_strands, to);
  return out;
}

Array<double> score_tail_of(const Array<std::int32_t>& motif, const Array<double>& background) {
  const std::vector<double> tail = score_tail({motif.data(), motif.shape(0)}, background.data());
  return Array<double>(static_cast<py::ssize_t>(tail.size()), tail.data());
}

}  // namespace

void register_genomics(py::module_& parent) {
  py::module_ m = parent.def_submodule("genomics");
  m.attr("max_shuffle_k") = kMaxShuffleK;
  m.def("encode", &encode_letters, py::arg("letters"));
  m.def("decode", &decode_codes, py::arg("codes"), py::arg("mask"));
  m.def("reverse_complement", &reverse_complement_records, py::arg("codes"), py::arg("offsets"), py::arg("mask"));
  m.def("code_counts", &code_counts_of, py::arg("codes"), py::arg("offsets"));
  m.def("parse_fasta", &parse_fasta_text, py::arg("text"));
  py::class_<FastaIndexer>(m, "FastaIndexer")
      .def(py::init<>())
      .def("feed", &feed_index, py::arg("piece"))
      .def("finish", &finish_index);
  m.def("gather", &gather_stretches, py::arg("text"), py::arg("stretches"), py::arg("codes").noconvert());
  m.def("count_kmers", &count_kmers_of, py::arg("codes"), py::arg("offsets"), py::arg("k"), py::arg("both_strands"));
  m.def("shuffle", &shuffle_records, py::arg("codes"), py::arg("offsets"), py::arg("fixed"), py::arg("k"),
        py::arg("seed"), py::arg("copies"));
  m.def("scan", &scan_records, py::arg("codes"), py::arg("offsets"), py::arg("motifs"), py::arg("thresholds"),
        py::arg("both_strands"));
  m.def("best_scores", &best_scores_of, py::arg("codes"), py::arg("offsets"), py::arg("motifs"),
        py::arg("both_strands"));
  m.def("score_tail", &score_tail_of, py::arg("motif"), py::arg("background"));
}

}  // namespace genodl::bindings
