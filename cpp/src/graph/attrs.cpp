#include "graph/attrs.h"

#include "core/error.h"

namespace genodl {

const AttrValue* AttrReader::find(const std::string& name) {
  used_.insert(name);
  const auto it = attrs_.find(name);
  return it == attrs_.end() ? nullptr : &it->second;
}

template <class T>
T AttrReader::take(const std::string& name, const T* fallback, const char* kind) {
  const AttrValue* value = find(name);
  if (!value) {
    if (fallback) return *fallback;
    fail<ConfigError>(who_, ": expected the attribute ", name, ", got none.");
  }
  if (const T* held = std::get_if<T>(value)) return *held;
  fail<ConfigError>(who_, ": expected ", name, " to be ", kind, ", got another type.");
}

bool AttrReader::boolean(const std::string& name, bool fallback) { return take(name, &fallback, "a bool"); }
index_t AttrReader::integer(const std::string& name) { return take<index_t>(name, nullptr, "an integer"); }
index_t AttrReader::integer(const std::string& name, index_t fallback) { return take(name, &fallback, "an integer"); }
double AttrReader::number(const std::string& name, double fallback) {
  const AttrValue* value = find(name);
  if (value)
    if (const index_t* whole = std::get_if<index_t>(value)) return static_cast<double>(*whole);
  return take(name, &fallback, "a number");
}
std::string AttrReader::text(const std::string& name) { return take<std::string>(name, nullptr, "a string"); }
std::string AttrReader::text(const std::string& name, const std::string& fallback) {
  return take(name, &fallback, "a string");
}
Ints AttrReader::ints(const std::string& name) { return take<Ints>(name, nullptr, "a list of integers"); }
Ints AttrReader::ints(const std::string& name, const Ints& fallback) {
  return take(name, &fallback, "a list of integers");
}

void AttrReader::finish() const {
  for (const auto& [name, value] : attrs_)
    if (!used_.contains(name)) fail<ConfigError>(who_, ": unknown attribute ", name, ".");
}

}  // namespace genodl
