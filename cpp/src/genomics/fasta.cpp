#include "genomics/fasta.h"

#include <cstring>

#include "genomics/encode.h"

namespace genodl::genomics {
namespace {

// A line without its end: "\n", "\r\n" and trailing blanks are no part of it.
std::string_view next_line(std::string_view text, std::size_t& at) {
  const char* start = text.data() + at;
  const auto left = text.size() - at;
  const auto* newline = static_cast<const char*>(std::memchr(start, '\n', left));
  std::size_t length = newline ? static_cast<std::size_t>(newline - start) : left;
  at += newline ? length + 1 : length;
  while (length && (start[length - 1] == '\r' || start[length - 1] == ' ' || start[length - 1] == '\t')) --length;
  return {start, length};
}

}  // namespace

Fasta parse_fasta(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  Fasta out;
  // Never more letters than bytes, so one allocation serves.
  out.codes.reset(new code_t[text.size() + 1]);
  index_t total = 0;
  index_t line_number = 0;
  index_t header_line = 0;

  auto stop = [&](FastaProblem::Kind kind, index_t line, index_t position = 0, unsigned char letter = 0) {
    const auto record = static_cast<index_t>(out.headers.size()) - 1;
    out.problem = {kind, line, record, position, letter};
  };
  auto close_record = [&] {
    if (out.headers.empty()) return true;
    if (total == out.offsets.back()) {
      stop(FastaProblem::no_sequence, header_line);
      return false;
    }
    out.offsets.push_back(total);
    return true;
  };

  for (std::size_t at = 0; at < text.size();) {
    const std::string_view line = next_line(text, at);
    ++line_number;
    if (line.empty()) continue;
    if (line[0] == '>') {
      if (!close_record()) return out;
      out.headers.push_back(line.substr(1));
      header_line = line_number;
      continue;
    }
    if (out.headers.empty()) {
      stop(FastaProblem::no_header, line_number, 0, static_cast<unsigned char>(line[0]));
      return out;
    }
    const auto* letters = reinterpret_cast<const unsigned char*>(line.data());
    const auto n = static_cast<index_t>(line.size());
    const EncodeResult part = encode(letters, n, out.codes.get() + total);
    if (part.first_bad >= 0) {
      stop(FastaProblem::bad_letter, line_number, total - out.offsets.back() + part.first_bad + 1,
           letters[part.first_bad]);
      return out;
    }
    out.soft_masked |= part.soft_masked;
    total += n;
  }
  if (out.headers.empty())
    stop(FastaProblem::no_records, line_number);
  else
    close_record();
  return out;
}

}  // namespace genodl::genomics
