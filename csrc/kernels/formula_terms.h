#pragma once
// The terms of formulas (formula.h): elementwise functions of operands and numbers, put together when the library is
// compiled.

#include <concepts>
#include <cstddef>
#include <type_traits>

#include "kernels/elementwise.h"

namespace tapegrad::kernels::formula {

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

}  // namespace tapegrad::kernels::formula
