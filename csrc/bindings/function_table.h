#pragma once
// Functions and methods from a table: one line gives the Python function, the method, the in-place method, the text of
// help() and the line of the stub.
//
// Where to start reading: a Function is {signature, documentation, invoke, kind}. `function<f>` makes one from any C++
// function or captureless lambda: each parameter of a C++ type has a Python argument of the signature, in order, and a
// Converter<type>. Calls come through METH_FASTCALL; the signature sorts the arguments into slots.

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "bindings/converters.h"
#include "graph/record.h"
#include "ops/ops.h"

namespace tapegrad::bindings {

/// Where a function of the table is found.
enum class As : std::uint8_t {
  Function = 1,
  Method = 2,
  InPlace = 4,  // also name_, on its first operand
  Out = 8,      // takes out=
  FunctionOut = Function | Out,
  Both = Function | Method,
  BothOut = Both | Out,
  All = Function | Method | InPlace,
  AllOut = All | Out,
  Copied = 16,  // with InPlace: name_ computes the result and copies it, for what is made of several ops
  AllCopied = All | Copied,
  AllCopiedOut = AllCopied | Out,
};
constexpr bool has(As as, As part) { return (static_cast<int>(as) & static_cast<int>(part)) != 0; }

/// A parsed signature, "sum(input, dim=None, keepdim=False, *, dtype=None)"; "*shape" takes all that is left, or one
/// sequence. NumPy's names (axis, keepdims, ddof) are taken too. With `out` a last parameter out=None.
class Signature {
 public:
  static constexpr std::size_t kMost = 12;
  Signature(std::string_view text, bool out);
  const std::string& name() const { return name_; }
  /// Raises TypeError for an argument that its converter did not take, naming it as the caller knows it.
  [[noreturn]] void refuse(const Refused& refused, PyObject* const* slots) const;
  /// The text of the parameters, "(input, *, out=None)", as one entry point takes them: a method has $self for the
  /// first.
  std::string parameters(As as) const;
  /// The number of out= among the slots; 0 where it is not taken.
  std::size_t out() const { return out_; }
  /// Readies the slots of a call with `out`: what is asked for no dtype is computed in out's, and a constructor's
  /// requires_grad is for out itself, so it leaves the slots and is returned. Raises Error for another dtype than
  /// out's, and where out cannot require a gradient.
  bool prepare_for_out(PyObject** slots) const;
  /// How many slots bind() fills.
  std::size_t size() const { return parameters_.size(); }

  /// Sorts the arguments into slots; `first` is taken by self, if it is not null. What the caller left out gets its
  /// default. Slots hold borrowed references but for the variadic one, which `owned` keeps. Raises TypeError.
  void bind(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords, PyObject** slots,
            py::object& owned) const {
    if (keywords || variadic_ || !bind_plain(self, args, static_cast<std::size_t>(count), slots))
      bind_any(self, args, count, keywords, slots, owned);
  }

 private:
  /// The common case, positional arguments alone. False where something is missing or too much.
  bool bind_plain(PyObject* self, PyObject* const* args, std::size_t count, PyObject** slots) const {
    std::size_t next = 0;
    if (self) slots[next++] = self;
    if (next + count > positional_) return false;
    for (std::size_t i = 0; i < count; ++i) slots[next++] = args[i];
    for (; next < parameters_.size(); ++next) {
      slots[next] = parameters_[next].fallback;
      if (!slots[next]) return false;
    }
    return true;
  }
  void bind_any(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords, PyObject** slots,
                py::object& owned) const;
  struct Parameter {
    PyObject* name;      // interned
    PyObject* fallback;  // null: required
    bool keyword_only;
    bool variadic;
  };
  std::size_t find(PyObject* keyword) const;
  std::string name_;
  std::string text_;
  std::vector<Parameter> parameters_;
  std::size_t positional_ = 0;
  bool variadic_ = false;
  std::size_t out_ = 0;
  std::size_t dtype_ = 0;
  std::size_t requires_grad_ = 0;
};

struct Function {
  const char* signature;
  const char* doc;
  PyObject* (*invoke)(PyObject* const* slots);
  As as;
};

// --- the machinery
// -------------------------------------------------------------------------------------------------------

template <class F>
struct Callable : Callable<decltype(&F::operator())> {};
template <class R, class... Args>
struct Callable<R (*)(Args...)> {
  using Result = R;
  using Converters = std::tuple<Converter<std::remove_cvref_t<Args>>...>;
};
template <class C, class R, class... Args>
struct Callable<R (C::*)(Args...) const> : Callable<R (*)(Args...)> {};

template <auto f>
PyObject* invoke(PyObject* const* slots) {
  using Type = Callable<decltype(f)>;
  return [&]<std::size_t... i>(std::index_sequence<i...>) -> PyObject* {
    typename Type::Converters converters{typename std::tuple_element_t<i, typename Type::Converters>(slots[i])...};
    if constexpr (std::is_void_v<typename Type::Result>) {
      f(std::get<i>(converters).get()...);
      return Py_NewRef(slots[0]);  // what works in place gives its first operand back
    } else {
      return to_python(f(std::get<i>(converters).get()...));
    }
  }(std::make_index_sequence<std::tuple_size_v<typename Type::Converters>>{});
}

template <auto f>
constexpr Function function(const char* signature, const char* doc, As as = As::Both) {
  return {signature, doc, invoke<f>, as};
}

/// Calls with `self` as the first argument, or null for a plain function. In place: the result is written to `self`.
PyObject* call(const Function& f, const Signature& signature, PyObject* self, PyObject* const* args, Py_ssize_t count,
               PyObject* keywords);
PyObject* call_in_place(const Function& f, const Signature& signature, PyObject* self, PyObject* const* args,
                        Py_ssize_t count, PyObject* keywords);

using FastCall = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);

/// One row made ready: the three entry points that CPython calls, each of which knows its row at compile time.
struct Entry {
  FastCall as_function, as_method, in_place;
};

template <const auto& table>
std::vector<Signature>& signatures() {
  static auto* const parsed = [] {
    auto* made = new std::vector<Signature>;
    for (const Function& f : table) made->emplace_back(f.signature, has(f.as, As::Out));
    return made;
  }();
  return *parsed;
}

template <const auto& table, std::size_t row>
struct Calls {
  static inline const Signature* signature = nullptr;
  static PyObject* as_function(PyObject*, PyObject* const* args, Py_ssize_t n, PyObject* keywords) {
    return call(table[row], *signature, nullptr, args, n, keywords);
  }
  static PyObject* as_method(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* keywords) {
    return call(table[row], *signature, self, args, n, keywords);
  }
  static PyObject* in_place(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* keywords) {
    return call_in_place(table[row], *signature, self, args, n, keywords);
  }
};

/// A module in the module, for functions of its own.
py::object add_submodule(py::object& m, const char* name, const char* doc);

void add_entry(py::object& m, const Function& f, const Signature& signature, const Entry& entry);

/// Puts a table's functions into the module and the Variable type.
template <const auto& table>
void register_table(py::object& m) {
  [&]<std::size_t... row>(std::index_sequence<row...>) {
    ((Calls<table, row>::signature = &signatures<table>()[row],
      add_entry(m, table[row], signatures<table>()[row],
                {Calls<table, row>::as_function, Calls<table, row>::as_method, Calls<table, row>::in_place})),
     ...);
  }(std::make_index_sequence<std::size(table)>{});
}

}  // namespace tapegrad::bindings
