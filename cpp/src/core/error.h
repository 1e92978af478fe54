// The errors a user can meet. Each becomes the Python exception of the same name.
// Sentences read: "who: expected what, got what. What to do."
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace genodl {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct ShapeError : Error {
  using Error::Error;
};
struct ConfigError : Error {
  using Error::Error;
};
struct DTypeError : Error {
  using Error::Error;
};
struct NotSupportedError : Error {
  using Error::Error;
};
struct FileFormatError : Error {
  using Error::Error;
};
struct NotFiniteError : Error {
  using Error::Error;
};

template <class... Parts>
std::string sentence(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

template <class E, class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  throw E(sentence(parts...));
}

}  // namespace genodl
