#pragma once
// How the terms of a formula (formula.h) are computed: a block at a time, by the elementwise block functions.

#include <utility>

#include "kernels/formula_terms.h"
#include "kernels/vector_table.h"

namespace tapegrad::kernels::formula {

template <class E>
inline constexpr bool is_argument = false;
template <std::size_t i>
inline constexpr bool is_argument<Argument<i>> = true;
template <>
inline constexpr bool is_argument<Local> = true;

/// Room for the block of a term that is not an argument.
inline constexpr std::size_t kRoom = 4096;
struct Room {
  alignas(64) unsigned char bytes[kRoom];
};
struct NoRoom {
  unsigned char bytes[1];
};
template <class E>
using RoomFor = std::conditional_t<is_argument<E>, NoRoom, Room>;

/// A term's values in one block: one for all elements where it is `repeated`; and the operands there.
struct Values {
  const void* data;
  bool repeated;
};
struct Block {
  std::int64_t n;
  const void* const* in;
  unsigned repeated;
  Values local = {};
};

template <class T, std::size_t i>
Values values(const Argument<i>&, const Block& block, void*) {
  return {block.in[i], (block.repeated >> i & 1) != 0};
}
template <class T>
Values values(const Local&, const Block& block, void*) {
  return block.local;
}
template <class T>
Values values(const Number& number, const Block&, void* room) {
  *static_cast<T*>(room) = static_cast<T>(number.value);
  return {room, true};
}
/// The values of a term that is neither, in `room`.
template <class T, class E>
Values values(const E& e, const Block& block, void* room) {
  return {room, compute<T>(e, block, room, room)};
}

/// Computes a term to `to`; its first operand that needs room may have `room`, which may be `to`. Whether all operands
/// are repeated, where `to` is room: then one value is computed.
template <class T, UnaryFn fn, class A>
bool compute(const Unary<fn, A>& e, const Block& block, void* room, void* to) {
  const Values a = values<T>(e.a, block, room);
  const bool once = a.repeated && room == to;
  const void* const in[] = {a.data};
  vector_table().of(fn, dtype_of<T>)(once ? 1 : block.n, to, in, a.repeated);
  return once;
}
template <class T, BinaryFn fn, class A, class B>
bool compute(const Binary<fn, A, B>& e, const Block& block, void* room, void* to) {
  std::conditional_t<is_argument<A>, NoRoom, RoomFor<B>> second;
  const Values a = values<T>(e.a, block, room), b = values<T>(e.b, block, is_argument<A> ? room : second.bytes);
  const bool once = a.repeated && b.repeated && room == to;
  const void* const in[] = {a.data, b.data};
  vector_table().of(fn, dtype_of<T>)(once ? 1 : block.n, to, in,
                                     static_cast<unsigned>(a.repeated) | static_cast<unsigned>(b.repeated) << 1);
  return once;
}
template <class T, class C, class A, class B>
bool compute(const Choice<C, A, B>& e, const Block& block, void* room, void* to) {
  Room second;
  RoomFor<B> third;
  const Values condition = values<T>(e.condition, block, second.bytes), a = values<T>(e.a, block, room),
               b = values<T>(e.b, block, third.bytes);
  const bool once = condition.repeated && a.repeated && b.repeated && room == to;
  const void* const in[] = {condition.data, a.data, b.data};
  vector_table().where[static_cast<std::size_t>(dtype_of<T>)](once ? 1 : block.n, to, in,
                                                              static_cast<unsigned>(condition.repeated) |
                                                                  static_cast<unsigned>(a.repeated) << 1 |
                                                                  static_cast<unsigned>(b.repeated) << 2);
  return once;
}

template <class T, class A, class E>
bool compute(const Let<A, E>& e, const Block& block, void* room, void* to) {
  RoomFor<A> own;
  return compute<T>(e.body, {block.n, block.in, block.repeated, values<T>(e.a, block, own.bytes)}, room, to);
}

template <auto f, std::size_t N>
inline constexpr auto expression =
    []<std::size_t... i>(std::index_sequence<i...>) { return f(Argument<i>{}...); }(std::make_index_sequence<N>{});

/// A term of N operands of type T as a block function.
template <class E, std::size_t N, class T>
void block_function(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  constexpr auto kMost = static_cast<std::int64_t>(kRoom / sizeof(T));
  Room room;
  const void* part[N];
  for (std::int64_t begin = 0; begin < n; begin += kMost) {
    for (std::size_t i = 0; i < N; ++i) part[i] = static_cast<const T*>(in[i]) + (repeated >> i & 1 ? 0 : begin);
    compute<T>(E::expression, {n - begin < kMost ? n - begin : kMost, part, repeated}, room.bytes,
               static_cast<T*>(out) + begin);
  }
}

/// The block function of a term: its only function's own where that takes the operands as they are.
template <auto f, std::size_t N>
struct Blocks {
  static constexpr auto expression = formula::expression<f, N>;
  static BlockFn of(DType t) { return find(expression, t); }

 private:
  template <class E>
  static BlockFn find(const E&, DType t) {
    return t == DType::Float32 ? block_function<Blocks, N, float> : block_function<Blocks, N, double>;
  }
  template <UnaryFn fn>
  static BlockFn find(const Unary<fn, Argument<0>>&, DType t) {
    return vector_table().of(fn, t);
  }
  template <BinaryFn fn>
  static BlockFn find(const Binary<fn, Argument<0>, Argument<1>>&, DType t) {
    return vector_table().of(fn, t);
  }
};

}  // namespace tapegrad::kernels::formula
