// Where the records of a FASTA file lie (what a .fai file holds), from its text piece by piece.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/index.h"

namespace genodl::genomics {

struct IndexedRecord {
  std::string header;      // without '>'
  index_t length = 0;      // letters
  index_t offset = 0;      // byte of the first letter
  index_t line_bases = 0;  // letters of a full line
  index_t line_width = 0;  // bytes of a full line, its end included
};

struct IndexProblem {
  enum Kind { none, no_records, no_header, no_sequence, uneven_lines };
  Kind kind = none;
  index_t line = 0;    // 1-based
  index_t record = 0;  // 0-based
};

class FastaIndexer {
 public:
  void feed(std::string_view piece);
  void finish();

  const std::vector<IndexedRecord>& records() const { return records_; }
  const IndexProblem& problem() const { return problem_; }

 private:
  void end_line(bool has_newline);
  void end_record();
  void stop(IndexProblem::Kind kind, index_t line);

  std::vector<IndexedRecord> records_;
  IndexProblem problem_;
  index_t at_ = 0;          // bytes seen
  index_t line_ = 0;        // lines ended
  index_t line_start_ = 0;  // byte where the open line begins
  index_t line_bytes_ = 0;  // bytes of the open line so far
  char first_ = 0, last_ = 0;
  std::string header_;  // of the open line, if it is one
  index_t header_line_ = 0;
  bool short_line_ = false;  // the record had a line shorter than its first: it must be the last
};

}  // namespace genodl::genomics
