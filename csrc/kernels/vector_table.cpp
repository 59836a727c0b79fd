#include "kernels/vector_table.h"

#include <cstdlib>
#include <cstring>
#include <string>

#ifdef __linux__
#include <dlfcn.h>
#endif

namespace tapegrad::kernels {

namespace detail {
VectorTable chosen_table;
}
namespace vector {
VectorMath math;
}

namespace {

struct Isa {
  const char* name;
  const char* prefix;  // of libmvec's names
  int floats;          // in a vector register
  void (*fill)(VectorTable&);
};

#ifdef TAPEGRAD_X86
constexpr Isa kIsas[] = {{"v2", "_ZGVbN", 4, vector::v2::fill},
                         {"v3", "_ZGVdN", 8, vector::v3::fill},
                         {"v4", "_ZGVeN", 16, vector::v4::fill}};

// The best the processor has, or the one that TAPEGRAD_ISA names, if that is less.
const Isa& choose() {
  __builtin_cpu_init();
  int best = __builtin_cpu_supports("x86-64-v4") ? 2 : __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
  if (const char* wanted = std::getenv("TAPEGRAD_ISA"))
    for (int i = 0; i < best; ++i)
      if (std::strcmp(wanted, kIsas[i].name) == 0) best = i;
  return kIsas[best];
}
#else
constexpr Isa kBaseline = {"baseline", nullptr, 0, vector::baseline::fill};
const Isa& choose() { return kBaseline; }
#endif

VectorMath find_math([[maybe_unused]] const Isa& isa) {
  VectorMath math{};
#ifdef __linux__
  void* const library = isa.prefix ? dlopen("libmvec.so.1", RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (!library) return math;
#define TAPEGRAD_NAME(fn, name) "v_" #name,
#define TAPEGRAD_NAME2(fn, name) "vv_" #name,
  constexpr const char* kNames[VectorMath::kFns] = {TAPEGRAD_LIBM(TAPEGRAD_NAME) TAPEGRAD_LIBM2(TAPEGRAD_NAME2)};
#undef TAPEGRAD_NAME
#undef TAPEGRAD_NAME2
  for (int i = 0; i < VectorMath::kFns; ++i) {
    math.of_float[i] = dlsym(library, (isa.prefix + std::to_string(isa.floats) + kNames[i] + "f").c_str());
    math.of_double[i] = dlsym(library, (isa.prefix + std::to_string(isa.floats / 2) + kNames[i]).c_str());
  }
#endif
  return math;
}

[[maybe_unused]] const bool loaded = [] {
  const Isa& isa = choose();
  vector::math = find_math(isa);
  fill_special(detail::chosen_table);
  isa.fill(detail::chosen_table);
  detail::chosen_table.isa = isa.name;
  return true;
}();

}  // namespace
}  // namespace tapegrad::kernels
