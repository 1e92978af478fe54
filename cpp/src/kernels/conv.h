// Convolution of channels-last tensors as an implicit matrix product, 1-D and 2-D alike (1-D has
// height 1): forward, gradient of the input, gradient of the weights.
#pragma once

#include <cstdint>

namespace genodl::kernels {

using index_t = std::int64_t;

// x (batch, height, width, channels), weights (kernel_h, kernel_w, channels / groups, filters),
// y (batch, out_h, out_w, filters). Row h of y starts at row h * stride_h - pad_top of x.
struct ConvShape {
  index_t batch, height, width, channels;
  index_t kernel_h, kernel_w;
  index_t stride_h, stride_w;
  index_t dilation_h, dilation_w;
  index_t pad_top, pad_bottom, pad_left, pad_right;
  index_t out_h, out_w, filters, groups;
};

// Every product is: pack the weights (`pack_tasks` independent tasks), then run `tasks`
// independent tasks, each with scratch of its own. Their number and limits follow from the shape
// alone. Sizes are in floats; scratch and packed weights are best aligned to 64 bytes.
struct ConvKernels {
  index_t (*packed_size)(const ConvShape&);
  index_t (*forward_pack_tasks)(const ConvShape&);
  void (*forward_pack)(const ConvShape&, const float* weights, float* packed, index_t task);
  index_t (*forward_tasks)(const ConvShape&);
  index_t (*forward_scratch)(const ConvShape&);
  // Writes the complete rows [*row_begin, *row_end) of y, one row being all filters of a position.
  void (*forward)(const ConvShape&, const float* x, const float* packed, float* y, index_t task, float* scratch,
                  index_t* row_begin, index_t* row_end);

  index_t (*input_grad_packed_size)(const ConvShape&);
  index_t (*input_grad_pack_tasks)(const ConvShape&);
  void (*input_grad_pack)(const ConvShape&, const float* weights, float* packed, index_t task);
  index_t (*input_grad_tasks)(const ConvShape&);
  index_t (*input_grad_scratch)(const ConvShape&);
  // Writes the complete rows [*row_begin, *row_end) of dx, one row being all channels.
  void (*input_grad)(const ConvShape&, const float* dy, const float* packed, float* dx, index_t task, float* scratch,
                     index_t* row_begin, index_t* row_end);

  // The positions are cut into fixed chunks whose sums meet in `partial` (shared by all tasks) and
  // are added in order by the reduce tasks. With one chunk there is no partial and no reduction.
  index_t (*weight_grad_partial_size)(const ConvShape&);
  index_t (*weight_grad_tasks)(const ConvShape&);
  index_t (*weight_grad_scratch)(const ConvShape&);
  void (*weight_grad)(const ConvShape&, const float* x, const float* dy, float* dw, float* partial, index_t task,
                      float* scratch);
  index_t (*weight_grad_reduce_tasks)(const ConvShape&);
  void (*weight_grad_reduce)(const ConvShape&, const float* partial, float* dw, index_t task);
};

const ConvKernels& conv();

}  // namespace genodl::kernels
