// Philox4x32-10 for a run of places: kTogether generators side by side.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

constexpr int kTogether = 64;

struct Words {
  std::uint32_t word[4][kTogether];
};

std::uint32_t high_part(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>(std::uint64_t{a} * b >> 32);
}

void philox_together(std::uint64_t seed, std::uint64_t place, std::uint32_t attempt, Words& c) {
  auto low = static_cast<std::uint32_t>(seed), high = static_cast<std::uint32_t>(seed >> 32);
  for (int i = 0; i < kTogether; ++i) {
    const std::uint64_t at = place + static_cast<std::uint64_t>(i);
    c.word[0][i] = static_cast<std::uint32_t>(at);
    c.word[1][i] = static_cast<std::uint32_t>(at >> 32);
    c.word[2][i] = attempt;
    c.word[3][i] = 0;
  }
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < kTogether; ++i) {
      const std::uint32_t a = c.word[0][i], b = c.word[2][i];
      c.word[0][i] = high_part(b, 0xCD9E8D57) ^ c.word[1][i] ^ low;
      c.word[1][i] = b * 0xCD9E8D57;
      c.word[2][i] = high_part(a, 0xD2511F53) ^ c.word[3][i] ^ high;
      c.word[3][i] = a * 0xD2511F53;
    }
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
}

void philox(std::uint64_t seed, std::uint64_t place, std::uint32_t attempt, std::int64_t places, std::uint32_t* out) {
  for (; places > 0; places -= kTogether, place += kTogether, out += 4 * kTogether) {
    Words c;
    philox_together(seed, place, attempt, c);
    const int count = places < kTogether ? static_cast<int>(places) : kTogether;
    for (int i = 0; i < count; ++i)
      for (int w = 0; w < 4; ++w) out[4 * i + w] = c.word[w][i];
  }
}

}  // namespace

void fill_random(VectorTable& table) { table.philox = philox; }

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
