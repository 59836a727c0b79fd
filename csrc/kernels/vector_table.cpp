#include "kernels/vector_table.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>

#ifdef __linux__
#include <dlfcn.h>
#endif
#ifdef TAPEGRAD_X86
#include <cpuid.h>
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

// What the processor has and the system saves: the feature bits of x86-64-v3 and v4 in the ABI's document, read here
// since not every compiler's runtime knows these levels.
int best_level() {
  unsigned a = 0, b = 0, c = 0, d = 0, basic = 0, extended = 0, saved = 0;
  const auto all = [](unsigned bits, std::initializer_list<int> wanted) {
    for (const int bit : wanted)
      if (!(bits >> bit & 1U)) return false;
    return true;
  };
  if (!__get_cpuid(1, &a, &b, &basic, &d) || !all(basic, {27})) return 0;  // OSXSAVE
  __asm__("xgetbv" : "=a"(saved), "=d"(d) : "c"(0));
  if (!__get_cpuid(0x80000001, &a, &b, &extended, &d) || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  const bool v3 = all(saved, {1, 2}) && all(basic, {12, 22, 28, 29}) && all(b, {3, 5, 8}) && all(extended, {5});
  const bool v4 = all(saved, {5, 6, 7}) && all(b, {16, 17, 28, 30, 31});
  return v3 ? 1 + v4 : 0;
}

// The best the processor has, or the one that TAPEGRAD_ISA names, if that is less.
const Isa& choose() {
  int best = best_level();
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
