// A small test kit: TEST(name) { CHECK(...); }. A failed check is printed and the test goes on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace genodl::testing {

void register_test(const char* name, void (*function)());
void fail(const char* file, int line, const std::string& what);
void skip(const std::string& why);  // counted and printed, never silent
void count_check();

struct Registration {
  Registration(const char* name, void (*function)()) { register_test(name, function); }
};

// A buffer with guard zones on both sides; intact() says whether they were left alone.
template <typename T>
class Guarded {
 public:
  explicit Guarded(std::size_t size, std::size_t offset = 0)
      : size_(size), offset_(kGuard + offset), bytes_((size + offset + 2 * kGuard) * sizeof(T), kMark) {}

  T* data() { return reinterpret_cast<T*>(bytes_.data()) + offset_; }
  const T* data() const { return reinterpret_cast<const T*>(bytes_.data()) + offset_; }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  std::size_t size() const { return size_; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }

  bool intact() const {
    const std::size_t first = offset_ * sizeof(T), last = (offset_ + size_) * sizeof(T);
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      if ((i < first || i >= last) && bytes_[i] != kMark) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kGuard = 64;
  static constexpr unsigned char kMark = 0xA5;
  std::size_t size_, offset_;
  std::vector<unsigned char> bytes_;
};

// |a - b| in units of the last place of the float nearest to `expected`.
inline double ulp_error(float got, double expected) {
  const float nearest = static_cast<float>(expected);
  if (std::isnan(nearest) || std::isnan(got)) return std::isnan(nearest) && std::isnan(got) ? 0 : 1e30;
  if (std::isinf(nearest) || std::isinf(got)) return got == nearest ? 0 : 1e30;
  int exponent = 0;
  std::frexp(nearest, &exponent);
  const double unit = std::ldexp(1.0, std::max(exponent - 24, -149));
  return std::fabs(static_cast<double>(got) - expected) / unit;
}

}  // namespace genodl::testing

#define TEST(name)                                                                    \
  static void test_##name();                                                          \
  static const genodl::testing::Registration registration_##name(#name, test_##name); \
  static void test_##name()

#define CHECK(condition)                                                     \
  do {                                                                       \
    genodl::testing::count_check();                                          \
    if (!(condition)) genodl::testing::fail(__FILE__, __LINE__, #condition); \
  } while (false)

// With a message made of streamed values: CHECK_MSG(a == b, "at " << i).
#define CHECK_MSG(condition, message)                        \
  do {                                                       \
    genodl::testing::count_check();                          \
    if (!(condition)) {                                      \
      std::ostringstream text;                               \
      text << #condition << ": " << message;                 \
      genodl::testing::fail(__FILE__, __LINE__, text.str()); \
    }                                                        \
  } while (false)

#define CHECK_CLOSE(got, expected, tolerance)                                           \
  do {                                                                                  \
    const double got_ = (got), expected_ = (expected);                                  \
    CHECK_MSG(std::fabs(got_ - expected_) <= (tolerance), got_ << " vs " << expected_); \
  } while (false)
