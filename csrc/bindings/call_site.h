#pragma once
// Where in the user's script something was called, kept cheaply and put into words when a message needs it.

#include <cstdint>
#include <string>

namespace tapegrad::bindings {

/// Notes the line of Python that is running: a number for describe_site(), 0 where there is none. The last few
/// thousand are kept.
std::uint32_t note_call_site();

/// "at script.py, line 12: `y.backward()`"; empty where it is forgotten.
std::string describe_site(std::uint32_t site);

/// The same of the line that is running now.
std::string describe_caller();

}  // namespace tapegrad::bindings
