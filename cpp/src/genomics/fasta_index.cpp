#include "genomics/fasta_index.h"

#include <cstring>

namespace genodl::genomics {

void FastaIndexer::feed(std::string_view piece) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (at_ == 0 && piece.substr(0, 3) == kByteOrderMark) {
    piece.remove_prefix(3);
    at_ = line_start_ = 3;
  }
  for (std::size_t i = 0; i < piece.size() && problem_.kind == IndexProblem::none;) {
    const char* start = piece.data() + i;
    const auto* newline = static_cast<const char*>(std::memchr(start, '\n', piece.size() - i));
    const auto n = newline ? static_cast<std::size_t>(newline - start) : piece.size() - i;
    if (n) {
      if (line_bytes_ == 0) first_ = *start;
      last_ = start[n - 1];
      if (first_ == '>') header_.append(start, n);
    }
    line_bytes_ += static_cast<index_t>(n);
    i += n + (newline ? 1 : 0);
    at_ += static_cast<index_t>(n) + (newline ? 1 : 0);
    if (newline) end_line(true);
  }
}

void FastaIndexer::finish() {
  if (problem_.kind != IndexProblem::none) return;
  if (line_bytes_) end_line(false);
  if (problem_.kind != IndexProblem::none) return;
  if (records_.empty())
    stop(IndexProblem::no_records, line_);
  else
    end_record();
}

void FastaIndexer::end_line(bool has_newline) {
  ++line_;
  const index_t bases = line_bytes_ - (line_bytes_ && last_ == '\r' ? 1 : 0);
  const index_t width = line_bytes_ + (has_newline ? 1 : 0);
  if (bases && first_ == '>') {
    if (!records_.empty()) end_record();
    if (problem_.kind != IndexProblem::none) return;
    records_.emplace_back();
    records_.back().header = header_.substr(1, static_cast<std::size_t>(bases) - 1);
    records_.back().offset = at_;
    header_line_ = line_;
    short_line_ = false;
  } else if (bases && records_.empty()) {
    return stop(IndexProblem::no_header, line_);
  } else if (!records_.empty()) {
    IndexedRecord& record = records_.back();
    const bool is_first = record.length == 0 && bases;
    if (is_first) {
      // Blank lines may stand between header and letters.
      record.offset = line_start_;
      record.line_bases = bases;
      record.line_width = width;
      short_line_ = false;
    } else if (bases > record.line_bases || (bases && short_line_)) {
      return stop(IndexProblem::uneven_lines, line_);
    } else if (record.length && (bases < record.line_bases || width != record.line_width)) {
      short_line_ = true;
    }
    record.length += bases;
  }
  line_start_ = at_;
  line_bytes_ = 0;
  header_.clear();
}

void FastaIndexer::end_record() {
  if (records_.back().length == 0) stop(IndexProblem::no_sequence, header_line_);
}

void FastaIndexer::stop(IndexProblem::Kind kind, index_t line) {
  problem_ = {kind, line, static_cast<index_t>(records_.size()) - 1};
}

}  // namespace genodl::genomics
