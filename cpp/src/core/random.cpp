#include "core/random.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "core/random_key.h"

namespace genodl {
namespace {

struct Draw {
  RandomWords words;
  bool second;
};

Draw draw(std::uint64_t key, std::uint64_t step, std::uint64_t element) {
  const std::uint64_t group = element / (2 * kRandomGroup), place = element % (2 * kRandomGroup);
  const std::uint64_t counter = group * kRandomGroup + place % kRandomGroup;
  return {threefry(random_step_key(key, step), counter), place >= kRandomGroup};
}

double fraction(std::uint32_t word) { return (word >> 8) * 0x1p-24; }

}  // namespace

RandomWords threefry(std::uint64_t key, std::uint64_t counter) {
  const std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  const std::uint32_t keys[3] = {k0, k1, k0 ^ k1 ^ kThreefryParity};
  std::uint32_t x = static_cast<std::uint32_t>(counter) + k0;
  std::uint32_t y = static_cast<std::uint32_t>(counter >> 32) + k1;
  for (std::uint32_t round = 0; round < 20; ++round) {
    x += y;
    y = std::rotl(y, kThreefryRotations[round % 8]) ^ x;
    if (round % 4 == 3) {
      const std::uint32_t injection = round / 4 + 1;
      x += keys[injection % 3];
      y += keys[(injection + 1) % 3] + injection;
    }
  }
  return {x, y};
}

double random_uniform(std::uint64_t key, std::uint64_t step, std::uint64_t element) {
  const Draw d = draw(key, step, element);
  return fraction(d.second ? d.words.second : d.words.first);
}

double random_normal(std::uint64_t key, std::uint64_t step, std::uint64_t element) {
  const Draw d = draw(key, step, element);
  const double radius = std::sqrt(-2.0 * std::log(fraction(d.words.first) + 0x1p-24));
  const double angle = 2.0 * std::numbers::pi * fraction(d.words.second);
  return radius * (d.second ? std::sin(angle) : std::cos(angle));
}

}  // namespace genodl
