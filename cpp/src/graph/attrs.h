// Named attributes of a node, and the reader through which an op takes them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/index.h"

namespace genodl {

using Ints = std::vector<index_t>;
using AttrValue = std::variant<bool, index_t, double, std::string, Ints>;
using Attrs = std::map<std::string, AttrValue>;

// Hands out attributes by name and type; `finish` refuses what nobody asked for.
class AttrReader {
 public:
  AttrReader(std::string who, const Attrs& attrs) : who_(std::move(who)), attrs_(attrs) {}

  bool boolean(const std::string& name, bool fallback);
  index_t integer(const std::string& name);
  index_t integer(const std::string& name, index_t fallback);
  double number(const std::string& name, double fallback);
  std::string text(const std::string& name);
  std::string text(const std::string& name, const std::string& fallback);
  Ints ints(const std::string& name);
  Ints ints(const std::string& name, const Ints& fallback);
  bool has(const std::string& name) const { return attrs_.contains(name); }
  void finish() const;

 private:
  const AttrValue* find(const std::string& name);
  template <class T>
  T take(const std::string& name, const T* fallback, const char* kind);

  std::string who_;
  const Attrs& attrs_;
  std::set<std::string> used_;
};

}  // namespace genodl
