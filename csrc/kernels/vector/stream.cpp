// Stores that pass the caches by.

#include "kernels/vector/functors.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
#ifdef __SSE2__
namespace {

inline void stream_vector(void* to, const void* from) {
#if defined(__AVX512F__)
  _mm512_stream_si512(static_cast<__m512i*>(to), _mm512_loadu_si512(from));
#elif defined(__AVX2__)
  _mm256_stream_si256(static_cast<__m256i*>(to), _mm256_loadu_si256(static_cast<const __m256i*>(from)));
#else
  _mm_stream_si128(static_cast<__m128i*>(to), _mm_loadu_si128(static_cast<const __m128i*>(from)));
#endif
}

// What is before the first whole vector of `to`, and after the last, is stored as usual.
void stream(void* to, const void* from, std::int64_t n) {
  constexpr std::int64_t kStep = kVectorBytes;
  auto* o = static_cast<unsigned char*>(to);
  const auto* i = static_cast<const unsigned char*>(from);
  const std::int64_t whole = (kStep - static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(to) % kStep)) % kStep;
  const std::int64_t before = whole < n ? whole : n;
  if (before) __builtin_memcpy(o, i, static_cast<std::size_t>(before));
  for (n -= before, o += before, i += before; n >= kStep; n -= kStep, o += kStep, i += kStep) stream_vector(o, i);
  if (n > 0) __builtin_memcpy(o, i, static_cast<std::size_t>(n));
}

}  // namespace

void fill_stream(VectorTable& table) {
  table.stream = stream;
  table.stream_fence = [] { _mm_sfence(); };
}
#else
void fill_stream(VectorTable&) {}
#endif

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
