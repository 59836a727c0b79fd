#pragma once
// Formulas: functions of several operands made of the elementwise functions, computed block by block, so that what lies
// between stays in the first-level cache.
//
// A formula is written once, as a generic lambda without captures. Called with variables it is ops, which the tape can
// record; called with the terms below it is a kernel. Both round alike.

#include <concepts>
#include <span>
#include <type_traits>
#include <utility>

#include "core/dtype.h"
#include "kernels/elementwise.h"
#include "kernels/vector_table.h"

namespace tapegrad::kernels {
namespace formula {

struct Term {};
template <class E>
concept Expression = std::derived_from<E, Term>;

template <std::size_t i>
struct Argument : Term {};
struct Number : Term {
  double value;
};
template <UnaryFn fn, Expression A>
struct Unary : Term {
  A a;
};
template <BinaryFn fn, Expression A, Expression B>
struct Binary : Term {
  A a;
  B b;
};
/// Of a comparison and two floating terms.
template <Expression C, Expression A, Expression B>
struct Choice : Term {
  C condition;
  A a;
  B b;
};

template <Expression E>
constexpr E term(E e) {
  return e;
}
constexpr Number term(double value) { return {{}, value}; }

template <UnaryFn fn, Expression A>
constexpr auto unary(A a) {
  return Unary<fn, A>{{}, a};
}
template <BinaryFn fn, class A, class B>
constexpr auto binary(A a, B b) {
  return Binary<fn, decltype(term(a)), decltype(term(b))>{{}, term(a), term(b)};
}

template <class A, class B>
concept AnyExpression = Expression<A> || Expression<B>;
template <class A, class B>
  requires AnyExpression<A, B>
constexpr auto operator+(A a, B b) {
  return binary<BinaryFn::Add>(a, b);
}
template <class A, class B>
  requires AnyExpression<A, B>
constexpr auto operator-(A a, B b) {
  return binary<BinaryFn::Sub>(a, b);
}
template <class A, class B>
  requires AnyExpression<A, B>
constexpr auto operator*(A a, B b) {
  return binary<BinaryFn::Mul>(a, b);
}
template <class A, class B>
  requires AnyExpression<A, B>
constexpr auto operator/(A a, B b) {
  return binary<BinaryFn::Div>(a, b);
}
template <Expression A>
constexpr auto operator-(A a) {
  return unary<UnaryFn::Neg>(a);
}
#define TAPEGRAD_FORMULA_OF_TWO(Fn, name) \
  template <class A, class B>             \
    requires AnyExpression<A, B>          \
  constexpr auto name(A a, B b) {         \
    return binary<BinaryFn::Fn>(a, b);    \
  }
TAPEGRAD_FORMULA_OF_TWO(Lt, lt)
TAPEGRAD_FORMULA_OF_TWO(Le, le)
TAPEGRAD_FORMULA_OF_TWO(Gt, gt)
TAPEGRAD_FORMULA_OF_TWO(Ge, ge)
TAPEGRAD_FORMULA_OF_TWO(Maximum, maximum)
TAPEGRAD_FORMULA_OF_TWO(Minimum, minimum)
TAPEGRAD_FORMULA_OF_TWO(Logaddexp, logaddexp)
#undef TAPEGRAD_FORMULA_OF_TWO
template <Expression C, class A, class B>
constexpr auto where(C condition, A a, B b) {
  return Choice<C, decltype(term(a)), decltype(term(b))>{{}, condition, term(a), term(b)};
}
#define TAPEGRAD_FORMULA_OF(Fn, name) \
  template <Expression A>             \
  constexpr auto name(A a) {          \
    return unary<UnaryFn::Fn>(a);     \
  }
TAPEGRAD_FORMULA_OF(Abs, abs)
TAPEGRAD_FORMULA_OF(Square, square)
TAPEGRAD_FORMULA_OF(Sign, sign)
TAPEGRAD_FORMULA_OF(Rsqrt, rsqrt)
TAPEGRAD_FORMULA_OF(Exp, exp)
TAPEGRAD_FORMULA_OF(Sin, sin)
TAPEGRAD_FORMULA_OF(Cos, cos)
TAPEGRAD_FORMULA_OF(Sinh, sinh)
TAPEGRAD_FORMULA_OF(Cosh, cosh)
TAPEGRAD_FORMULA_OF(Tanh, tanh)
TAPEGRAD_FORMULA_OF(Expm1, expm1)
TAPEGRAD_FORMULA_OF(Sigmoid, sigmoid)
TAPEGRAD_FORMULA_OF(Ndtr, ndtr)
#undef TAPEGRAD_FORMULA_OF

/// Of a term and what is made of it: body, in which the term is Local.
struct Local : Term {};
template <Expression A, Expression E>
struct Let : Term {
  A a;
  E body;
};
/// f(a), in which a is computed once. Not within another.
template <Expression A, class F>
constexpr auto let(A a, F f) {
  return Let<A, decltype(f(Local{}))>{{}, a, f(Local{})};
}

template <class E>
inline constexpr bool costly = false;
template <UnaryFn fn, class A>
inline constexpr bool costly<Unary<fn, A>> = is_costly(fn) || costly<A>;
template <BinaryFn fn, class A, class B>
inline constexpr bool costly<Binary<fn, A, B>> = is_costly(fn) || costly<A> || costly<B>;
template <class C, class A, class B>
inline constexpr bool costly<Choice<C, A, B>> = costly<C> || costly<A> || costly<B>;
template <class A, class E>
inline constexpr bool costly<Let<A, E>> = costly<A> || costly<E>;

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

}  // namespace formula

/// A formula of some operands, and the sum of a first operand and it: their block functions for a floating dtype.
struct Formula {
  BlockFn (*plain)(DType);
  BlockFn (*added)(DType);
  bool costly;
  bool product;  // of the operands, which are two
};

template <auto f, std::size_t N>
inline constexpr Formula kFormula = [] {
  constexpr auto added = [](auto sum, auto... operands) { return sum + f(operands...); };
  using E = std::remove_const_t<decltype(formula::expression<f, N>)>;
  using Product = formula::Binary<BinaryFn::Mul, formula::Argument<0>, formula::Argument<1>>;
  return Formula{formula::Blocks<f, N>::of, formula::Blocks<added, N + 1>::of, formula::costly<E>,
                 std::is_same_v<E, Product>};
}();

/// out = function(in...), of at most kMostOperands that broadcast to out's shape. All tensors have out's dtype. `out`
/// may be one of them, but must not overlap one otherwise, nor itself.
void compute(BlockFn function, bool costly, Tensor& out, std::span<const Input> in);

/// The same of numbers, one value of dtype t.
void compute_one(BlockFn function, DType t, void* out, std::span<const Input> in);

}  // namespace tapegrad::kernels
