#pragma once
// The version, in this one place: CMake, the Python package and the C++ library all read it here.

namespace tapegrad {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace tapegrad
