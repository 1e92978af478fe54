// Choices of the whole process, made by the user.
#pragma once

namespace genodl {

// Whether convolutions keep to plain sums of products. Off, they may use Winograd's algorithm where it
// is faster (winograd.h says how exact it is). Read when an op is made.
bool precise();
void set_precise(bool on);

}  // namespace genodl
