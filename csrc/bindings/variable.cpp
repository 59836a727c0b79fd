#include "bindings/variable.h"

#include <array>

#include "bindings/arguments.h"
#include "bindings/array.h"
#include "bindings/indexing.h"
#include "bindings/owned.h"
#include "bindings/register.h"
#include "ops/arranging.h"
#include "ops/math.h"

#include <structmember.h>  // after Python.h

namespace tapegrad::bindings {

PyTypeObject* variable_type = nullptr;
bool subclasses_exist = false;

namespace {

VariableObject* cast(PyObject* object) { return reinterpret_cast<VariableObject*>(object); }

// --- life ---------------------------------------------------------------------------------------------------------

/// Memory of wrappers that are gone, kept with the collector's header for the next ones: most live for one expression.
class FreeWrappers {
 public:
  static PyObject* take() {
    if (count_ > 0) {
      PyObject* const object = kept_[--count_];
      Py_SET_REFCNT(object, 1);
      cast(object)->dict = cast(object)->weak_references = nullptr;
      PyObject_GC_Track(object);
      return object;
    }
    return checked(variable_type->tp_alloc(variable_type, 0));
  }
  /// Takes an object of the type itself, untracked and emptied, which keeps its reference to the type.
  static void give(PyObject* object) {
    if (count_ < kMost) {
      kept_[count_++] = object;
      return;
    }
    PyObject_GC_Del(object);
    Py_DECREF(variable_type);
  }

 private:
#if defined(Py_GIL_DISABLED) || defined(TAPEGRAD_SANITIZED)
  static constexpr std::size_t kMost = 0;
#else
  static constexpr std::size_t kMost = 256;
#endif
  static inline std::array<PyObject*, kMost + 1> kept_;
  static inline std::size_t count_ = 0;
};

PyObject* construct(PyTypeObject* type, Variable v) {
  PyObject* const memory = type == variable_type ? FreeWrappers::take() : checked(type->tp_alloc(type, 0));
  auto* self = cast(memory);
  new (&self->variable) Variable(std::move(v));
  self->variable.meta().python = self;
  return memory;
}

/// Whether somebody could tell this wrapper from a new one.
bool has_identity(PyObject* self) {
  const VariableObject* object = cast(self);
  return object->dict || object->weak_references || Py_TYPE(self) != variable_type || object->variable.meta().hooks;
}

/// Empties the `__slots__` of subclasses, as Python's own deallocator does.
void clear_slots(PyObject* self) {
  for (const PyTypeObject* type = Py_TYPE(self); type != variable_type; type = type->tp_base)
    for (const PyMemberDef* slot = type->tp_members; slot && slot->name; ++slot)
      if (slot->type == T_OBJECT_EX && !(slot->flags & READONLY))
        Py_CLEAR(*reinterpret_cast<PyObject**>(reinterpret_cast<char*>(self) + slot->offset));
}

void variable_dealloc(PyObject* self) {
  VariableObject* object = cast(self);
  const bool defined = object->variable.defined() && object->variable.meta().python == self;
  if (defined && object->variable.meta().use_count() > 1 && has_identity(self)) {
    Py_SET_REFCNT(self, 1);  // the meta's own reference, see Note [Wrapper and meta]
    object->variable.meta().owns_python = true;
    ++host_objects;
    object->variable = Variable();
    return;
  }
  if (Py_TYPE(self)->tp_finalize && PyObject_CallFinalizerFromDealloc(self) < 0) return;
  PyObject_GC_UnTrack(self);
  if (object->weak_references) PyObject_ClearWeakRefs(self);
  clear_slots(self);
  Py_CLEAR(object->dict);
  if (defined) object->variable.meta().python = nullptr;
  PyTypeObject* type = Py_TYPE(self);
  object->variable.~Variable();
  if (type == variable_type) return FreeWrappers::give(self);
  type->tp_free(self);
  Py_DECREF(type);
}

int variable_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(cast(self)->dict);
  return visit_owned(self, cast(self)->variable, visit, arg);
}

int variable_clear(PyObject* self) {
  Py_CLEAR(cast(self)->dict);
  return 0;
}

PyObject* init_subclass(PyObject* cls, PyObject*) {
  // Python's own deallocator of subclasses would let a wrapper with an identity go.
  reinterpret_cast<PyTypeObject*>(cls)->tp_dealloc = variable_dealloc;
  subclasses_exist = true;
  Py_RETURN_NONE;
}

/// Variable(x, requires_grad=False): a new leaf that shares x's storage; Tensor(3, 4), Tensor([1, 2]): float32.
PyObject* variable_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return guarded([&]() -> PyObject* {
    bool requires_grad = false;
    PyObject* data = nullptr;
    PyObject *key = nullptr, *value = nullptr;
    for (Py_ssize_t at = 0; kwargs && PyDict_Next(kwargs, &at, &key, &value);) {
      if (PyUnicode_CompareWithASCIIString(key, "requires_grad") == 0) requires_grad = is_true(value);
      else if (PyUnicode_CompareWithASCIIString(key, "data") == 0) data = value;
      else if (PyUnicode_CompareWithASCIIString(key, "device") == 0) check_device(value);
      else fail<TypeError>("Variable() got an unexpected keyword argument '", text_of(key), "'");
    }
    py::object positional = borrow(args);
    if (PyTuple_GET_SIZE(args) == 2 && PyBool_Check(PyTuple_GET_ITEM(args, 1))) {
      requires_grad = PyTuple_GET_ITEM(args, 1) == Py_True;
      positional = steal(PyTuple_GetSlice(args, 0, 1));
    }
    const Py_ssize_t count = PyTuple_GET_SIZE(positional.ptr());
    if (!data && count > 0) data = PyTuple_GET_ITEM(args, 0);
    Variable v;
    if (data && is_variable(data)) {
      if (count > 1) fail<TypeError>("Variable() takes one Variable, and requires_grad");
      v = detach(variable_of(data));
    } else {
      const py::tuple given = count || !data ? py::tuple(positional) : py::make_tuple(borrow(data));
      v = legacy_tensor(given.ptr(), DType::Float32);
    }
    if (requires_grad) v.set_requires_grad(true);
    if (v.meta().python) v = detach(v);
    return construct(type, std::move(v));
  });
}

int variable_init(PyObject*, PyObject*, PyObject*) { return 0; }

// --- protocols ------------------------------------------------------------------------------------------------------

/// The result of a slot, of its operands' subclass.
template <class... Operands>
PyObject* like(PyObject* result, Operands... operands) {
  if (!subclasses_exist) [[likely]]
    return result;
  PyObject* const all[] = {operands...};
  return keep_subclass(result, all, sizeof...(operands));
}

bool is_sequence(PyObject* object) { return PyList_Check(object) || PyTuple_Check(object); }

/// What a slot gives for an operand that is no number: a list counts as the array that NumPy makes of it, the rest is
/// NotImplemented, so that Python tries the other side.
PyObject* with_sequences(PyObject* a, PyObject* b, PyObject* (*slot)(PyObject*, PyObject*)) {
  if (is_sequence(b)) return slot(a, as_numpys_functions_take_it(b).ptr());
  if (is_sequence(a)) return slot(as_numpys_functions_take_it(a).ptr(), b);
  Py_RETURN_NOTIMPLEMENTED;
}

/// A binary operator's slot.
template <Variable (*op)(const Operand&, const Operand&)>
PyObject* binary_slot(PyObject* a, PyObject* b) {
  return guarded([&]() -> PyObject* {
    if (Py_TYPE(a) == variable_type && Py_TYPE(b) == variable_type) return wrap(op(variable_of(a), variable_of(b)));
    const OperandArgument x(a), y(b);
    if (!x || !y) return with_sequences(a, b, binary_slot<op>);
    return like(wrap(op(x.get(), y.get())), a, b);
  });
}

template <Variable (*op)(const Operand&, const Operand&)>
PyObject* in_place_slot(PyObject* a, PyObject* b) {
  return guarded([&]() -> PyObject* {
    const OperandArgument y(b);
    if (!y) return with_sequences(a, b, in_place_slot<op>);
    const Variable& self = variable_of(a);
    const InPlace scope(self);
    op(self, y.get());
    return Py_NewRef(a);
  });
}

template <Variable (*op)(const Operand&)>
PyObject* unary_slot(PyObject* a) {
  return guarded([&]() -> PyObject* { return like(wrap(op(variable_of(a))), a); });
}

Variable plus(const Operand& a, const Operand& b) { return add(a, b); }
Variable minus(const Operand& a, const Operand& b) { return sub(a, b); }

/// Of two Variables the dtypes must agree; an array or a list beside one may have another, as in NumPy.
template <bool promoting = false>
PyObject* matrix_product_slot(PyObject* a, PyObject* b) {
  return guarded([&]() -> PyObject* {
    const OperandArgument x(a), y(b);
    if (!x || !y) return with_sequences(a, b, matrix_product_slot<true>);
    if (x.get().is_scalar() || y.get().is_scalar())
      fail<Error>("both arguments to matmul need to be at least 1D, but one is a number: use *");
    Variable left = x.get().variable(), right = y.get().variable();
    if (promoting || !is_variable(a) || !is_variable(b)) {
      const DType dtype = promote(left.dtype(), right.dtype());
      left = to(left, dtype);
      right = to(right, dtype);
    }
    return like(wrap(matmul(left, right)), a, b);
  });
}

PyObject* divmod_slot(PyObject* a, PyObject* b) {
  return guarded([&]() -> PyObject* {
    const OperandArgument x(a), y(b);
    if (!x || !y) return with_sequences(a, b, divmod_slot);
    const py::object quotient = steal(wrap(floor_divide(x.get(), y.get())));
    const py::object rest = steal(wrap(remainder(x.get(), y.get())));
    return checked(PyTuple_Pack(2, quotient.ptr(), rest.ptr()));
  });
}

PyObject* power_slot(PyObject* a, PyObject* b, PyObject* modulus) {
  if (modulus != Py_None) {
    PyErr_SetString(PyExc_TypeError, "pow() with a modulus is not defined for Variables");
    return nullptr;
  }
  return binary_slot<pow>(a, b);
}
PyObject* in_place_power_slot(PyObject* a, PyObject* b, PyObject*) { return in_place_slot<pow>(a, b); }

PyObject* positive_slot(PyObject* a) { return Py_NewRef(a); }

PyObject* compare(PyObject* a, PyObject* b, int operation) {
  using Compare = PyObject* (*)(PyObject*, PyObject*);
  static constexpr std::array<Compare, 6> slots = {binary_slot<lt>, binary_slot<le>, binary_slot<eq>,
                                                   binary_slot<ne>, binary_slot<gt>, binary_slot<ge>};
  return slots[static_cast<std::size_t>(operation)](a, b);
}

Py_hash_t hash(PyObject* self) { return static_cast<Py_hash_t>(reinterpret_cast<std::uintptr_t>(self) >> 4); }

int truth(PyObject* self) {
  return guarded([&] { return truth_of(variable_of(self)) ? 1 : 0; });
}

Py_ssize_t length(PyObject* self) {
  return guarded([&]() -> Py_ssize_t {
    const Variable& v = variable_of(self);
    if (v.ndim() == 0) fail<TypeError>("len() of a 0-d tensor");
    return v.shape()[0];
  });
}

PyObject* iterate(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const Variable& v = variable_of(self);
    if (v.ndim() == 0) fail<TypeError>("iteration over a 0-d tensor");
    const py::object rows = steal(PyList_New(v.shape()[0]));
    Py_ssize_t i = 0;
    for (Variable& row : unbind(v, 0)) PyList_SET_ITEM(rows.ptr(), i++, like(wrap(std::move(row)), self));
    return checked(PyObject_GetIter(rows.ptr()));
  });
}

int contains(PyObject* self, PyObject* item) {
  return guarded([&] {
    const OperandArgument wanted(item);
    if (!wanted) fail<TypeError>("`in` takes a number or a Variable, not ", type_name(item));
    return number_of(any(eq(variable_of(self), wanted.get()))).to<bool>() ? 1 : 0;
  });
}

PyObject* subscript(PyObject* self, PyObject* key) {
  return guarded([&]() -> PyObject* { return like(wrap(get_item(variable_of(self), key)), self); });
}

int assign_subscript(PyObject* self, PyObject* key, PyObject* value) {
  return guarded([&] {
    if (!value) fail<TypeError>("elements of a Variable cannot be deleted");
    set_item(variable_of(self), key, value);
    return 0;
  });
}

PyObject* as_float(PyObject* self) {
  return guarded(
      [&]() -> PyObject* { return checked(PyFloat_FromDouble(convertible_number(variable_of(self)).to<double>())); });
}

PyObject* as_int(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const Scalar number = convertible_number(variable_of(self));
    return number.is_float() ? checked(PyLong_FromDouble(number.to<double>())) : int_object(number);
  });
}

PyObject* as_index(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const Variable& v = variable_of(self);
    if (!is_integral(v.dtype()) || v.numel() != 1)
      fail<TypeError>("only integer tensors of a single element can be converted to an index");
    return int_object(number_of(v));
  });
}

/// What is formatted lives in Python: tapegrad._printing.
PyObject* printed(PyObject* self) {
  return guarded([&]() -> PyObject* {
    return import_attribute("tapegrad._printing", "variable_repr")(borrow(self)).release().ptr();
  });
}

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(VariableObject, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(VariableObject, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
PyMethodDef methods[] = {{"__init_subclass__", init_subclass, METH_NOARGS | METH_CLASS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};
PyGetSetDef dict_property[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
                               {nullptr, nullptr, nullptr, nullptr, nullptr}};

template <class F>
PyType_Slot slot(int id, F function) {
  return {id, reinterpret_cast<void*>(function)};
}

}  // namespace

PyObject* wrap_as(PyTypeObject* type, Variable v) {
  if (!v.defined()) Py_RETURN_NONE;
  Meta& meta = v.meta();
  if (!meta.python) return construct(type, std::move(v));
  auto* object = static_cast<PyObject*>(meta.python);
  if (!meta.owns_python) return Py_NewRef(object);
  meta.owns_python = false;
  --host_objects;
  cast(object)->variable = std::move(v);
  return object;
}

PyObject* wrap(Variable v) { return wrap_as(variable_type, std::move(v)); }

void register_variable(py::object& m) {
  PyType_Slot slots[] = {
      slot(Py_tp_new, variable_new),
      slot(Py_tp_init, variable_init),
      slot(Py_tp_dealloc, variable_dealloc),
      slot(Py_tp_traverse, variable_traverse),
      slot(Py_tp_clear, variable_clear),
      slot(Py_tp_repr, printed),
      slot(Py_tp_hash, hash),
      slot(Py_tp_iter, iterate),
      slot(Py_tp_richcompare, compare),
      {Py_tp_members, members},
      {Py_tp_methods, methods},
      {Py_tp_getset, dict_property},
      {Py_tp_doc,
       const_cast<char*>("Variable(data=None, requires_grad=False)\n--\n\n"
                         "An n-dimensional array that records what is computed from it. `data`: a Variable or an "
                         "ndarray, whose memory is shared, or numbers and nested sequences of them. With "
                         "`requires_grad` a leaf: backward() leaves its gradient in `.grad`. Raises RuntimeError for "
                         "a dtype that has no gradients.")},
      slot(Py_bf_getbuffer, get_buffer),
      slot(Py_nb_add, binary_slot<plus>),
      slot(Py_nb_subtract, binary_slot<minus>),
      slot(Py_nb_multiply, binary_slot<mul>),
      slot(Py_nb_true_divide, binary_slot<div>),
      slot(Py_nb_floor_divide, binary_slot<floor_divide>),
      slot(Py_nb_remainder, binary_slot<remainder>),
      slot(Py_nb_divmod, divmod_slot),
      slot(Py_nb_lshift, binary_slot<bitwise_left_shift>),
      slot(Py_nb_rshift, binary_slot<bitwise_right_shift>),
      slot(Py_nb_power, power_slot),
      slot(Py_nb_matrix_multiply, matrix_product_slot<>),
      slot(Py_nb_and, binary_slot<bitwise_and>),
      slot(Py_nb_or, binary_slot<bitwise_or>),
      slot(Py_nb_xor, binary_slot<bitwise_xor>),
      slot(Py_nb_inplace_add, in_place_slot<plus>),
      slot(Py_nb_inplace_subtract, in_place_slot<minus>),
      slot(Py_nb_inplace_multiply, in_place_slot<mul>),
      slot(Py_nb_inplace_true_divide, in_place_slot<div>),
      slot(Py_nb_inplace_floor_divide, in_place_slot<floor_divide>),
      slot(Py_nb_inplace_remainder, in_place_slot<remainder>),
      slot(Py_nb_inplace_lshift, in_place_slot<bitwise_left_shift>),
      slot(Py_nb_inplace_rshift, in_place_slot<bitwise_right_shift>),
      slot(Py_nb_inplace_power, in_place_power_slot),
      slot(Py_nb_inplace_and, in_place_slot<bitwise_and>),
      slot(Py_nb_inplace_or, in_place_slot<bitwise_or>),
      slot(Py_nb_inplace_xor, in_place_slot<bitwise_xor>),
      slot(Py_nb_negative, unary_slot<neg>),
      slot(Py_nb_positive, positive_slot),
      slot(Py_nb_absolute, unary_slot<abs>),
      slot(Py_nb_invert, unary_slot<bitwise_not>),
      slot(Py_nb_bool, truth),
      slot(Py_nb_float, as_float),
      slot(Py_nb_int, as_int),
      slot(Py_nb_index, as_index),
      slot(Py_mp_length, length),
      slot(Py_mp_subscript, subscript),
      slot(Py_mp_ass_subscript, assign_subscript),
      slot(Py_sq_contains, contains),
      {0, nullptr}};
  PyType_Spec spec = {"tapegrad.Variable", sizeof(VariableObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
  variable_type = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&spec)));
  py::object type = borrow(reinterpret_cast<PyObject*>(variable_type));
  // NumPy leaves operators with a Variable on either side to it.
  type.attr("__array_ufunc__") = py::none();
  m.attr("Variable") = type;
  m.attr("Tensor") = type;
}

}  // namespace tapegrad::bindings
