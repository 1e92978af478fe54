// A contiguous, 64-byte aligned block of numbers with a shape; copies share the block.
#pragma once

#include <memory>

#include "core/dtype.h"
#include "core/shape.h"

namespace genodl {

struct TensorSpec {
  Shape shape;
  DType dtype = DType::float32;

  std::size_t bytes() const { return static_cast<std::size_t>(elements(shape)) * size_of(dtype); }
  bool operator==(const TensorSpec&) const = default;
};

class Tensor {
 public:
  Tensor() = default;
  // Uninitialised memory.
  explicit Tensor(TensorSpec spec);
  // Memory that somebody else owns; `owner` keeps it alive.
  Tensor(TensorSpec spec, void* data, std::shared_ptr<void> owner)
      : spec_(std::move(spec)), data_(data), owner_(std::move(owner)) {}

  const TensorSpec& spec() const { return spec_; }
  const Shape& shape() const { return spec_.shape; }
  DType dtype() const { return spec_.dtype; }
  void* data() const { return data_; }
  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }
  const std::shared_ptr<void>& owner() const { return owner_; }

 private:
  TensorSpec spec_;
  void* data_ = nullptr;
  std::shared_ptr<void> owner_;
};

constexpr std::size_t kAlignment = 64;
constexpr std::size_t align_up(std::size_t n) { return (n + kAlignment - 1) / kAlignment * kAlignment; }

std::shared_ptr<void> allocate(std::size_t bytes);

}  // namespace genodl
