#include "bindings/function_table.h"

#include <pybind11/eval.h>
#include <structseq.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "bindings/define.h"
#include "bindings/out.h"
#include "graph/grad_mode.h"
#include "graph/view.h"

namespace tapegrad::bindings {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// The value of a default's text. Literals are read here, since a round through Python's compiler takes longer than all
/// else that a table's line costs at import.
PyObject* default_value(std::string_view text) {
  if (text == "None") return Py_NewRef(Py_None);
  if (text == "True") return Py_NewRef(Py_True);
  if (text == "False") return Py_NewRef(Py_False);
  const std::string number(text);
  char* end = nullptr;
  if (PyObject* const whole = PyLong_FromString(number.c_str(), &end, 10)) return whole;
  PyErr_Clear();
  return py::eval(number).release().ptr();
}

/// NumPy's name for a parameter is taken where PyTorch's stands, and each of those that PyTorch has for one parameter
/// by what is given; a parameter from_ is what PyTorch calls by a keyword.
bool same_name(PyObject* parameter, PyObject* keyword) {
  if (parameter == keyword || PyUnicode_Compare(parameter, keyword) == 0) return true;
  const auto is = [](PyObject* text, const char* word) { return PyUnicode_CompareWithASCIIString(text, word) == 0; };
  constexpr std::array<std::pair<const char*, const char*>, 13> kOthers = {
      {{"dim", "axis"},
       {"keepdim", "keepdims"},
       {"correction", "ddof"},
       {"dims", "axis"},
       {"dims", "axes"},
       {"size", "shape"},
       {"split_size_or_sections", "split_size"},
       {"indices_or_sections", "indices"},
       {"indices_or_sections", "sections"},
       {"indices_or_sections", "tensor_indices_or_sections"},
       {"elements", "element"},
       {"test_elements", "test_element"},
       {"from_", "from"}}};
  return std::any_of(kOthers.begin(), kOthers.end(),
                     [&](const auto& pair) { return is(parameter, pair.first) && is(keyword, pair.second); });
}

/// What follows the text of parameters where out= is taken too.
const char* out_keyword(const std::string& text) {
  return text.find('*') == std::string::npos ? ", *, out=None" : ", out=None";
}

}  // namespace

Signature::Signature(std::string_view text, bool out) {
  const std::size_t open = text.find('(');
  name_ = text.substr(0, open);
  text_ = text.substr(open + 1, text.rfind(')') - open - 1);
  const std::string all = out ? text_ + out_keyword(text_) : text_;
  std::string_view rest = all;
  bool keyword_only = false;
  while (!trimmed(rest).empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view part = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (part == "*") {
      keyword_only = true;
      continue;
    }
    const std::size_t equals = part.find('=');
    const bool variadic = part.front() == '*';
    const std::string parameter(trimmed(
        part.substr(variadic ? 1 : 0, equals == std::string_view::npos ? equals : equals - (variadic ? 1 : 0))));
    parameters_.push_back({PyUnicode_InternFromString(parameter.c_str()),
                           equals == std::string_view::npos ? nullptr : default_value(part.substr(equals + 1)),
                           keyword_only, variadic});
    if (!keyword_only) positional_ = parameters_.size();
    if (variadic) keyword_only = variadic_ = true;
  }
  if (out) out_ = parameters_.size() - 1;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (PyUnicode_CompareWithASCIIString(parameters_[i].name, "dtype") == 0) dtype_ = i;
    if (PyUnicode_CompareWithASCIIString(parameters_[i].name, "requires_grad") == 0) requires_grad_ = i;
  }
  if (parameters_.size() > kMost) fail<Error>(name_, " has more than ", kMost, " parameters");
}

std::string Signature::parameters(As as) const {
  const std::string ending = out_ == 0 || as == As::InPlace ? "" : out_keyword(text_);
  if (as == As::Function) return "(" + text_ + ending + ")";
  const std::size_t first = std::min(text_.find(','), text_.size());
  return "($self" + text_.substr(first) + ending + ")";
}

std::size_t Signature::find(PyObject* keyword) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (same_name(parameters_[i].name, keyword)) return i;
  fail<TypeError>(name_, "() got an unexpected keyword argument '", text_of(keyword), "'");
}

void Signature::bind_any(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords, PyObject** slots,
                         py::object& owned) const {
  std::size_t next = 0;
  if (self) slots[next++] = self;
  for (Py_ssize_t i = 0; i < count; ++i, ++next) {
    if (next < positional_ && parameters_[next].variadic) {
      // f(2, 3) and f((2, 3)) are the same.
      if (count - i == 1 && !PyLong_Check(args[i]) && PySequence_Check(args[i])) {
        slots[next] = args[i];
      } else {
        owned = steal(PyTuple_New(count - i));
        for (Py_ssize_t j = i; j < count; ++j) PyTuple_SET_ITEM(owned.ptr(), j - i, Py_NewRef(args[j]));
        slots[next] = owned.ptr();
      }
      ++next;
      break;
    }
    if (next >= positional_)
      fail<TypeError>(name_, "() takes ", positional_, " positional arguments, but more were given");
    slots[next] = args[i];
  }
  const std::size_t given = next;
  for (; next < parameters_.size(); ++next) slots[next] = nullptr;
  if (keywords) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keywords); ++i) {
      const std::size_t at = find(PyTuple_GET_ITEM(keywords, i));
      if (slots[at])
        fail<TypeError>(name_, "() got multiple values for argument '", text_of(parameters_[at].name), "'");
      slots[at] = args[count + i];
    }
  }
  for (std::size_t i = given; i < parameters_.size(); ++i) {
    if (slots[i]) continue;
    if (!parameters_[i].fallback && parameters_[i].variadic) {
      owned = steal(PyTuple_New(0));
      slots[i] = owned.ptr();
      continue;
    }
    if (!parameters_[i].fallback)
      fail<TypeError>(name_, "() missing required argument '", text_of(parameters_[i].name), "'");
    slots[i] = parameters_[i].fallback;
  }
}

bool Signature::prepare_for_out(PyObject** slots) const {
  if (!is_variable(slots[out_])) return false;
  if (dtype_ != 0) {
    const DType wanted = variable_of(slots[out_]).dtype();
    const auto asked = find_dtype(slots[dtype_]);
    if (slots[dtype_] == Py_None && !out_dtype_is_exact(name_, false)) slots[dtype_] = dtype_object(wanted);
    if (asked && *asked != wanted) {
      fail<Error>(name_, "(): dtype ", tapegrad::name(*asked), " does not match dtype of out parameter (",
                  tapegrad::name(wanted), "): pass one of the two");
    }
  }
  if (requires_grad_ == 0 || slots[requires_grad_] != Py_True) return false;
  detach(variable_of(slots[out_])).set_requires_grad(true);  // raises what out's would, before it is written
  slots[requires_grad_] = Py_False;
  return true;
}

void Signature::refuse(const Refused& refused, PyObject* const* slots) const {
  const PyObject* const argument = refused.within ? refused.within : refused.object;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    // What was left out has its default, which may be the very object that was refused elsewhere.
    if (slots[i] != argument || slots[i] == parameters_[i].fallback) continue;
    fail<TypeError>(name_, refused.within ? "(): every element of argument '" : "(): argument '",
                    text_of(parameters_[i].name), "' (position ", i + 1, ") must be ", refused.allowed, ", not ",
                    type_name(refused.object));
  }
  fail<TypeError>(name_, "(): ", refused.allowed, " is expected among the elements of an argument, not ",
                  type_name(refused.object));
}

namespace {

/// Calls the function; an argument that is refused is named.
PyObject* invoke(const Function& f, const Signature& signature, PyObject* const* slots) {
  try {
    return f.invoke(slots);
  } catch (const Refused& refused) {
    signature.refuse(refused, slots);
  }
}

PyObject* call_bound(const Function& f, const Signature& signature, PyObject* self, PyObject* const* args,
                     Py_ssize_t count, PyObject* keywords) {
  PyObject* slots[Signature::kMost];
  py::object owned;
  signature.bind(self, args, count, keywords, slots, owned);
  PyObject* const out = signature.out() == 0 ? Py_None : slots[signature.out()];
  const bool gradient = out != Py_None && signature.prepare_for_out(slots);
  PyObject* result = invoke(f, signature, slots);
  if (subclasses_exist) [[unlikely]]
    result = keep_subclass(result, slots, signature.size());
  if (out == Py_None) return result;
  result = write_out(signature.name().c_str(), result, out, {slots, signature.size()});
  if (gradient) variable_of(result).set_requires_grad(true);
  return result;
}

/// What ndarray's method of the name gives for arguments that PyTorch's does not take; null where it does not either.
[[gnu::cold, gnu::noinline]] PyObject* call_as_ndarray(const Signature& signature, PyObject* self,
                                                       PyObject* const* args, Py_ssize_t count, PyObject* keywords) {
  py::tuple positional(count);
  for (Py_ssize_t i = 0; i < count; ++i) positional[i] = borrow(args[i]);
  py::dict named;
  for (Py_ssize_t i = 0; keywords && i < PyTuple_GET_SIZE(keywords); ++i)
    named[borrow(PyTuple_GET_ITEM(keywords, i))] = borrow(args[count + i]);
  py::object result =
      import_attribute("tapegrad._numpy.methods", "as_ndarray")(signature.name(), borrow(self), positional, named);
  return result.is(borrow(Py_NotImplemented)) ? nullptr : result.release().ptr();
}

/// Whether a method's error is of what PyTorch's does not take. Of dot(), that are matrices, which is no TypeError.
bool may_be_call_of_ndarray(const Error& error, const Signature& signature) {
  return dynamic_cast<const TypeError*>(&error) != nullptr || signature.name() == "dot";
}

}  // namespace

PyObject* call(const Function& f, const Signature& signature, PyObject* self, PyObject* const* args, Py_ssize_t count,
               PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    try {
      return call_bound(f, signature, self, args, count, keywords);
    } catch (const Error& error) {
      if (!self || !may_be_call_of_ndarray(error, signature)) throw;
      if (PyObject* const result = call_as_ndarray(signature, self, args, count, keywords)) return result;
      throw;
    }
  });
}

PyObject* call_in_place(const Function& f, const Signature& signature, PyObject* self, PyObject* const* args,
                        Py_ssize_t count, PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    PyObject* slots[Signature::kMost];
    py::object owned;
    signature.bind(self, args, count, keywords, slots, owned);
    if (signature.out() != 0 && slots[signature.out()] != Py_None)
      fail<TypeError>(signature.name(), "_() writes to its own operand and takes no out=");
    const Variable& target = variable_of(self);
    // Whether it may be written at all, before the other arguments are looked at.
    if (GradMode::enabled() && target.requires_grad() && !target.meta().interior) check_history(target, true);
    if (has(f.as, As::Copied)) {
      const py::object before = steal(wrap(as_before(target)));
      slots[0] = before.ptr();
      const py::object result = steal(invoke(f, signature, slots));
      write_back(signature.name().c_str(), target, variable_of(result.ptr()));
    } else {
      const InPlace scope(target);
      steal(invoke(f, signature, slots));
    }
    return Py_NewRef(self);
  });
}

PyObject* tuple_of(const Dims& dims) {
  py::tuple tuple(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i) tuple[i] = dims[i];
  return tuple.release().ptr();
}

PyObject* to_python(std::span<const Variable> variables) {
  const py::object tuple = steal(PyTuple_New(static_cast<Py_ssize_t>(variables.size())));
  for (std::size_t i = 0; i < variables.size(); ++i)
    PyTuple_SET_ITEM(tuple.ptr(), static_cast<Py_ssize_t>(i), wrap(variables[i]));
  return Py_NewRef(tuple.ptr());
}

PyTypeObject* named_type(const char* name, std::span<const char* const> fields) {
  // Types, with their names and their fields' names, must live as long as the interpreter.
  static auto* const types = new std::map<std::string, PyTypeObject*>;
  static auto* const texts = new std::deque<std::string>;
  auto& [qualified, type] = *types->try_emplace(std::string("tapegrad.return_types.") + name, nullptr).first;
  if (!type) {
    std::vector<PyStructSequence_Field> members;
    for (const char* const field : fields) members.push_back({texts->emplace_back(field).c_str(), nullptr});
    members.push_back({nullptr, nullptr});
    PyStructSequence_Desc description = {qualified.c_str(), "The results of the function of this name.", members.data(),
                                         static_cast<int>(fields.size())};
    const py::object made = steal(reinterpret_cast<PyObject*>(PyStructSequence_NewType(&description)));
    made.attr("__repr__") = import_attribute("tapegrad._printing", "results_repr");
    made.attr("__reduce__") = import_attribute("tapegrad._copying", "reduce_results");
    type = reinterpret_cast<PyTypeObject*>(Py_NewRef(made.ptr()));
  }
  return type;
}

PyObject* named_tuple(const char* name, std::span<const char* const> fields, std::span<const Variable> values) {
  const py::object tuple = steal(PyStructSequence_New(named_type(name, fields)));
  for (std::size_t i = 0; i < values.size(); ++i)
    PyStructSequence_SetItem(tuple.ptr(), static_cast<Py_ssize_t>(i), wrap(values[i]));
  return Py_NewRef(tuple.ptr());
}

py::object add_submodule(py::object& m, const char* name, const char* doc) {
  return module_of(m).def_submodule(name, doc);
}

void add_entry(py::object& m, const Function& f, const Signature& signature, const Entry& entry) {
  // Definitions and their texts must live as long as the interpreter.
  static auto* const definitions = new std::deque<PyMethodDef>;
  static auto* const texts = new std::deque<std::string>;
  const auto keep = [&](std::string text) { return texts->emplace_back(std::move(text)).c_str(); };
  const auto define = [&](const std::string& name, FastCall target, const std::string& doc_text,
                          As as) -> PyMethodDef& {
    const char* doc = keep(name + signature.parameters(as) + "\n--\n\n" + doc_text);
    return definitions->emplace_back(PyMethodDef{keep(name),
                                                 reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(target)),
                                                 METH_FASTCALL | METH_KEYWORDS, doc});
  };
  const py::str module_name = m.attr("__name__");
  if (has(f.as, As::Function)) {
    PyMethodDef& definition = define(signature.name(), entry.as_function, f.doc, As::Function);
    m.attr(definition.ml_name) = steal(PyCFunction_NewEx(&definition, nullptr, module_name.ptr()));
  }
  const auto add_method = [&](const std::string& name, FastCall target, const std::string& doc, As as) {
    PyMethodDef& definition = define(name, target, doc, as);
    const py::object method = steal(PyDescr_NewMethod(variable_type, &definition));
    py::setattr(borrow(reinterpret_cast<PyObject*>(variable_type)), definition.ml_name, method);
  };
  if (has(f.as, As::Method)) add_method(signature.name(), entry.as_method, f.doc, As::Method);
  if (has(f.as, As::InPlace)) {
    add_method(signature.name() + "_", entry.in_place,
               "What " + signature.name() + "() gives, written to the Variable itself, which keeps shape and dtype.",
               As::InPlace);
  }
}

}  // namespace tapegrad::bindings
