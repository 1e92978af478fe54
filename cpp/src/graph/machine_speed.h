// What this machine can do with the threads and the instruction set in use: the two figures that bound
// every step.
#pragma once

namespace genodl {

// Floating-point operations a second of multiply-adds in registers on all threads; the best of several
// short runs in about `seconds`.
double measure_fma_peak(double seconds);

// Bytes a second to and from memory in an optimizer's pattern: four arrays read, three of them written.
double measure_bandwidth(double seconds);

}  // namespace genodl
