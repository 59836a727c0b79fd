#include "kernels/program.h"

#include "kernels/elementwise_loop.h"
#include "kernels/formula.h"

namespace tapegrad::kernels {
namespace {

using Operand = Instruction::Operand;

std::span<const Operand> operands_of(const Instruction& instruction) { return {instruction.in, instruction.count}; }

/// Where the results of a program's instructions lie while a block is computed.
struct Plan {
  /// In their own memory, that is, not in a room.
  static constexpr std::uint8_t kOwn = 0xff;
  std::uint8_t room[kLongestProgram];
  /// Written past the caches (kStreamFrom), from a room.
  bool streamed[kLongestProgram];

  Plan(std::span<const Instruction> program, bool stream) {
    std::uint8_t last_use[kLongestProgram] = {}, free[kLongestProgram], frees = 0, rooms = 0;
    for (std::size_t i = 0; i < program.size(); ++i) {
      streamed[i] = stream && program[i].out && !is_operand(program, program[i].out);
      for (const Operand& operand : operands_of(program[i]))
        if (!operand.data) last_use[operand.result] = static_cast<std::uint8_t>(i);
    }
    for (std::size_t i = 0; i < program.size(); ++i) {
      for (const Operand& operand : operands_of(program[i])) {
        if (operand.data || room[operand.result] == kOwn || last_use[operand.result] != i) continue;
        free[frees++] = room[operand.result];
        last_use[operand.result] = 0;  // given back once, also where it is two operands
      }
      if (program[i].out && !streamed[i]) room[i] = kOwn;
      else room[i] = frees ? free[--frees] : rooms++;
    }
  }

 private:
  static bool is_operand(std::span<const Instruction> program, const void* data) {
    for (const Instruction& instruction : program)
      for (const Operand& operand : operands_of(instruction))
        if (operand.data == data) return true;
    return false;
  }
};

constexpr auto kRoomBytes = static_cast<Index>(formula::kRoom);  // a formula then computes a block at one go

/// Bytes of an array from which on the next block of each is fetched while one is computed.
constexpr Index kFetchFrom = Index{1} << 18;

/// Fetches n bytes into the second-level cache: arrays in turn, a page of each, are nothing that processors foresee.
template <int write>
void fetch(const Byte* data, Index n) {
  for (Index at = 0; at < n; at += 64) __builtin_prefetch(data + at, write, 2);
}

void run_part(std::span<const Instruction> program, const Plan& plan, Index item, bool fetches, Index begin,
              Index end) {
  alignas(64) Byte rooms[kLongestProgram][kRoomBytes];
  const void* results[kLongestProgram];
  bool streamed = false;
  while (begin < end) {
    const Index n = std::min(kRoomBytes / item, end - begin);
    const Index next = fetches ? std::min(kRoomBytes, (end - begin - n) * item) : 0;
    for (std::size_t i = 0; i < program.size(); ++i) {
      const Instruction& instruction = program[i];
      const void* in[kMostOperands];
      unsigned repeated = 0;
      for (std::size_t k = 0; k < instruction.count; ++k) {
        const Operand& operand = instruction.in[k];
        repeated |= static_cast<unsigned>(operand.repeated) << k;
        if (operand.data) {
          const Byte* const data = static_cast<const Byte*>(operand.data) + (operand.repeated ? 0 : begin * item);
          if (!operand.repeated) fetch<0>(data + n * item, next);
          in[k] = data;
        } else {
          in[k] = results[operand.result];
        }
      }
      Byte* const own = static_cast<Byte*>(instruction.out) + begin * item;
      Byte* to = own;
      if (plan.room[i] == Plan::kOwn) fetch<1>(own + n * item, next);
      else to = rooms[plan.room[i]];
      instruction.function(n, to, in, repeated);
      results[i] = to;
      if (plan.streamed[i]) vector_table().stream(own, to, n * item);
      streamed |= plan.streamed[i];
    }
    begin += n;
  }
  if (streamed) vector_table().stream_fence();
}

}  // namespace

void run(std::span<const Instruction> program, DType t, Index count) {
  const auto item = static_cast<Index>(itemsize(t));
  const Plan plan(program, stream_for(count * item) != nullptr);
  const bool costly = std::any_of(program.begin(), program.end(), [](const Instruction& i) { return i.costly; });
  const Index grain = costly ? kCostlyGrain : kCheapGrain;
  const bool fetches = count * item >= kFetchFrom;
  if (count <= grain) return run_part(program, plan, item, fetches, 0, count);
  const HostUnlocked unlocked(count >= kUnlockFrom);
  parallel_for(count, std::max(grain / 8, kRoomBytes / item),
               [&](Index begin, Index end) { run_part(program, plan, item, fetches, begin, end); });
}

}  // namespace tapegrad::kernels
