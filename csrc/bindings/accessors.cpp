// What a Variable tells about itself: properties, and the methods that are not operations.

#include "bindings/array.h"
#include "bindings/define.h"
#include "bindings/function_table.h"
#include "bindings/register.h"
#include "bindings/sequence.h"
#include "graph/grad_mode.h"

namespace tapegrad::bindings {
namespace {

template <auto get>
PyObject* getter(PyObject* self, void*) {
  return guarded([&]() -> PyObject* { return to_python(get(variable_of(self))); });
}

/// The same of what is a result: it keeps a subclass.
template <auto get>
PyObject* result_getter(PyObject* self, void*) {
  return guarded([&]() -> PyObject* {
    PyObject* result = to_python(get(variable_of(self)));
    return subclasses_exist ? keep_subclass(result, &self, 1) : result;
  });
}

template <auto set>
int setter(PyObject* self, PyObject* value, void*) {
  return guarded([&] {
    set(variable_of(self), value);
    return 0;
  });
}

// --- data and grad
// ----------------------------------------------------------------------------------------------------

Variable get_data(const Variable& x) {
  if (x.tensor().inference()) return detach(x);
  return Variable(x.tensor().with_counter(make_ref<VersionCounter>()));
}

void set_data(const Variable& x, PyObject* value) {
  if (!value) fail<Error>("Deleting tensor data is not allowed. Delete the Variable itself instead");
  if (!is_variable(value)) fail<TypeError>("Variable data has to be a tensor, but got ", type_name(value));
  const Variable& t = variable_of(value);
  Meta& meta = x.meta();
  if (meta.requires_grad && !is_floating(t.dtype()))
    fail<Error>("data set to a tensor that requires gradients must be floating point or complex dtype");
  meta.replace_tensor(t.tensor().with_counter(x.tensor().counter()));
  describe_leaf(x);
}

void detach_in_place(const Variable& x) {
  Meta& meta = x.meta();
  if (meta.view) fail<Error>("Can't detach views in-place. Use detach() instead");
  meta.node = nullptr;
  meta.interior = meta.requires_grad = meta.retains_grad = false;
  meta.output = 0;
}

PyObject* get_grad(const Variable& x) {
  const Meta& meta = x.meta();
  if (!meta.grad.defined() && !meta.retains_grad && meta.interior) {
    warn(
        "The .grad attribute of a Variable that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
        "populated during "
        "backward(). If you want it to be, call .retain_grad() on it; if it is the leaf that you meant, access that "
        "instead.");
  }
  return wrap(meta.grad);
}

void set_grad(const Variable& x, PyObject* value) {
  Meta& meta = x.meta();
  if (!value || value == Py_None) {
    meta.grad = Variable();
    return;
  }
  if (!is_variable(value))
    fail<TypeError>("assigned grad expected to be a Tensor or None but got object of type ", type_name(value));
  const Variable& grad = variable_of(value);
  if (grad.is(x)) fail<Error>("can't assign Variable as its own grad");
  if (const auto wanted = grad_dtype(x); wanted && grad.dtype() != *wanted) {
    fail<Error>("attempting to assign a gradient with dtype '", name(grad.dtype()), "' to a tensor with grad_dtype '",
                name(*wanted), "', which is the tensor's own dtype unless grad_dtype was set. The two must match");
  }
  if (grad.shape() != x.shape()) {
    fail<Error>("attempting to assign a gradient of size '", to_string(grad.shape()), "' to a tensor of size '",
                to_string(x.shape()), "'. Please ensure that the gradient and the tensor are the same size");
  }
  meta.grad = grad;
}

PyObject* get_grad_dtype(const Variable& x) {
  if (!x.is_leaf()) fail<Error>("grad_dtype can only be accessed on leaf tensors.");
  const auto dtype = grad_dtype(x);
  return Py_NewRef(dtype ? dtype_object(*dtype) : Py_None);
}

void choose_grad_dtype(const Variable& x, PyObject* value) {
  if (!value) fail<Error>("grad_dtype cannot be deleted: set it to the tensor's dtype");
  if (!x.is_leaf()) fail<Error>("grad_dtype can only be set on leaf tensors.");
  const auto dtype = find_dtype(value);
  if (value != Py_None && !dtype) fail<Error>("grad_dtype must be a dtype or None, but got ", type_name(value));
  const Variable& grad = x.meta().grad;
  if (dtype && grad.defined() && grad.dtype() != *dtype)
    fail<Error>("Cannot set grad_dtype to '", name(*dtype), "' because there is already a gradient of dtype '",
                name(grad.dtype()), "'. Clear .grad first");
  set_grad_dtype(x, dtype);
}

void set_requires_grad(const Variable& x, PyObject* value) {
  if (!value || !PyBool_Check(value))
    fail<Error>("requires_grad must be a bool, not ", value ? type_name(value) : "deleted");
  x.set_requires_grad(value == Py_True);
}

/// Giving up a history by force; None is the only value.
void set_node(const Variable& x, PyObject* value) {
  if (!value) fail<Error>("Deletion of _grad_fn not allowed. Detach tensor instead!");
  if (value != Py_None) fail<TypeError>("_grad_fn can be only set to None");
  detach_in_place(x);
}

PyObject* was_volatile(const Variable&) {
  warn("volatile was removed (Variable.volatile is always False)");
  Py_RETURN_FALSE;
}

Index version_of(const Variable& x) {
  if (x.tensor().inference()) fail<Error>("Inference tensors do not track version counter.");
  return static_cast<Index>(x.tensor().version());
}

PyObject* get_device(const Variable&) {
  static constinit Imported cpu{"tapegrad._device", "CPU"};
  return Py_NewRef(cpu.get());
}

PyObject* get_layout(const Variable&) {
  static constinit Imported strided{"tapegrad._kinds", "strided"};
  return Py_NewRef(strided.get());
}

const Variable& itself(const Variable& x) { return x; }

Variable no_imaginary_part(const Variable&) {
  fail<Error>("imag is not implemented for tensors with non-complex dtypes.");
}

Variable conjugate_transpose(const Variable& x) {
  if (x.ndim() == 0 || x.ndim() == 2) return x.ndim() ? transpose(x, 0, 1) : x;
  fail<Error>("tensor.H is only supported on matrices (2-D tensors). Got ", x.ndim(), "-D tensor: use .mH");
}

// Every entry: what numpy or PyTorch calls so.
PyGetSetDef properties[] = {
    {"data", result_getter<get_data>, setter<set_data>, "The value as a Variable without history, on the same memory.",
     nullptr},
    {"grad", getter<get_grad>, setter<set_grad>,
     "The gradient accumulated by backward(): a Variable of the same shape and dtype, or None.", nullptr},
    {"grad_dtype", getter<get_grad_dtype>, setter<choose_grad_dtype>,
     "Of a leaf: the dtype that its gradients are cast to, its own unless it is set; None leaves them as they come.",
     nullptr},
    {"grad_fn", getter<[](const Variable& x) { return wrap_node(x.grad_fn()); }>, nullptr,
     "The node that recorded the operation, or None for a leaf.", nullptr},
    {"_grad_fn", getter<[](const Variable& x) { return wrap_node(x.grad_fn()); }>, setter<set_node>,
     "grad_fn, which may be set to None.", nullptr},
    {"volatile", getter<was_volatile>, nullptr, "False, with a warning: what the document's time called no_grad.",
     nullptr},
    {"requires_grad", getter<[](const Variable& x) { return x.requires_grad(); }>, setter<set_requires_grad>,
     "Whether operations on it are recorded.", nullptr},
    {"is_leaf", getter<[](const Variable& x) { return x.is_leaf(); }>, nullptr, "Whether it has no grad_fn.", nullptr},
    {"retains_grad", getter<[](const Variable& x) { return x.meta().retains_grad; }>, nullptr,
     "Whether it is a non-leaf with retain_grad().", nullptr},
    {"shape", getter<[](const Variable& x) -> const Dims& { return x.shape(); }>, nullptr,
     "Sizes of the dimensions: tapegrad.Size.", nullptr},
    {"ndim", getter<[](const Variable& x) { return static_cast<Index>(x.ndim()); }>, nullptr, "Number of dimensions.",
     nullptr},
    {"dtype", getter<[](const Variable& x) { return Py_NewRef(dtype_object(x.dtype())); }>, nullptr,
     "Type of the elements.", nullptr},
    {"device", getter<get_device>, nullptr, "device(type='cpu').", nullptr},
    {"layout", getter<get_layout>, nullptr, "tapegrad.strided.", nullptr},
    {"itemsize", getter<[](const Variable& x) { return static_cast<Index>(itemsize(x.dtype())); }>, nullptr,
     "Bytes of an element.", nullptr},
    {"nbytes", getter<[](const Variable& x) { return static_cast<Index>(x.tensor().bytes()); }>, nullptr,
     "Bytes of all elements.", nullptr},
    {"_version", getter<[](const Variable& x) { return version_of(x); }>, nullptr,
     "How often its memory was written in place.", nullptr},
    {"output_nr", getter<[](const Variable& x) { return static_cast<Index>(x.meta().output); }>, nullptr,
     "Which output of grad_fn it is.", nullptr},
    {"_base", getter<[](const Variable& x) { return x.meta().view ? wrap(x.meta().view->base) : Py_NewRef(Py_None); }>,
     nullptr, "The Variable whose memory it is a view of, or None.", nullptr},
    {"T", result_getter<reversed>, nullptr, "A view with the dimensions reversed.", nullptr},
    {"mT", result_getter<matrix_transpose>, nullptr, "A view with the last two dimensions swapped.", nullptr},
    {"H", result_getter<conjugate_transpose>, nullptr, "A matrix transposed: a view. All numbers are real here.",
     nullptr},
    {"mH", result_getter<matrix_transpose>, nullptr, "mT: all numbers are real here.", nullptr},
    {"real", getter<itself>, nullptr, "Itself: all numbers are real here.", nullptr},
    {"imag", getter<no_imaginary_part>, nullptr, "Raises RuntimeError: all numbers are real here.", nullptr},
};

// --- methods
// ------------------------------------------------------------------------------------------------------------

PyObject* size_of(const Dims& dims, PyObject* dim) {
  if (dim == Py_None) return to_python(dims);
  return to_python(dims[size_dim(to_index(dim), dims.size())]);
}

PyObject* strides_of(const Variable& x, PyObject* dim) {
  if (dim != Py_None) return size_of(x.tensor().strides(), dim);
  return tuple_of(x.tensor().strides());
}

/// Fails where x would leave the tape; `advice` is asked for what else to say.
template <class Advice>
void check_leaves_tape(const Variable& x, Advice&& advice) {
  if (x.requires_grad() && GradMode::enabled())
    fail<Error>(
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead, or numpy(force=True)",
        advice());
}

py::object numpy(const Variable& x, bool force) {
  if (!force) check_leaves_tape(x, [] { return ""; });
  return to_array(x);
}

py::object array_protocol(const Variable& x, PyObject* dtype, PyObject* copy) {
  check_leaves_tape(x, [] {
    // NumPy's or SciPy's code got here, which may have been given the Variable within a list.
    return "; " + import_attribute("tapegrad._advice", "for_array")().cast<std::string>();
  });
  const py::object own = to_array(x);
  const py::object array = dtype == Py_None ? own : own.attr("astype")(borrow(dtype), py::arg("copy") = false);
  if (copy == Py_False && !array.is(own)) {
    fail<ValueError>("Unable to avoid copy: the array is to have another dtype than the Variable, ", name(x.dtype()),
                     ". Leave copy=False out");
  }
  return copy == Py_True ? array.attr("copy")("K") : array;
}

constexpr Function kTable[] = {
    function<[](const Variable& x, PyObject* dim) { return size_of(x.shape(), dim); }>(
        "size(input, dim=None)", "shape, or one size of it.", As::Method),
    function<strides_of>("stride(input, dim=None)", "Steps between elements along each dimension, or one, in elements.",
                         As::Method),
    function<[](const Variable& x) { return static_cast<Index>(x.ndim()); }>("dim(input)", "Number of dimensions.",
                                                                             As::Method),
    function<[](const Variable& x) { return static_cast<Index>(x.ndim()); }>("ndimension(input)",
                                                                             "Number of dimensions.", As::Method),
    function<[](const Variable& x) { return x.numel(); }>("numel(input)", "Number of elements."),
    function<[](const Variable& x) { return x.numel(); }>("nelement(input)", "Number of elements.", As::Method),
    function<[](const Variable& x) { return static_cast<Index>(itemsize(x.dtype())); }>(
        "element_size(input)", "Bytes of an element.", As::Method),
    function<[](const Variable& x) { return x.tensor().offset(); }>(
        "storage_offset(input)", "Where its first element is in its storage, in elements.", As::Method),
    function<[](const Variable& x) { return static_cast<Index>(reinterpret_cast<std::intptr_t>(x.tensor().data())); }>(
        "data_ptr(input)", "Address of the first element.", As::Method),
    function<[](const Variable& x, std::optional<MemoryFormat> format) {
      return format != MemoryFormat::Preserve && lies_in(x.tensor(), format.value_or(MemoryFormat::Contiguous));
    }>("is_contiguous(input, memory_format=None)",
       "Whether the elements lie row-major without gaps, or in another format.", As::Method),
    function<[](const Variable& x) { return is_floating(x.dtype()); }>("is_floating_point(input)",
                                                                       "Whether the dtype is floating."),
    function<[](const Variable& x) { return is_signed(x.dtype()); }>("is_signed(input)",
                                                                     "Whether the dtype has negative numbers."),
    function<[](const Variable& x, const Variable& other) { return x.shape() == other.shape(); }>(
        "is_same_size(input, other)", "Whether the shapes are equal."),
    function<truth_of>("is_nonzero(input)",
                       "Whether its one element is not zero. Raises RuntimeError for more or fewer."),
    function<[](const Variable&) { return Index{-1}; }>("get_device(input)", "-1, which is the CPU."),
    function<[](const Variable& x) { return scalar_object(number_of(x)); }>(
        "item(input)", "The one element as a Python number. Raises RuntimeError for more or fewer.", As::Method),
    function<to_list>("tolist(input)", "Nested lists of Python numbers; a number for 0 dimensions.", As::Method),
    function<numpy>(
        "numpy(input, *, force=False)",
        "An ndarray on the same memory. Raises RuntimeError where it would leave the tape unseen, unless `force`.",
        As::Method),
    function<array_protocol>("__array__(input, dtype=None, *, copy=None)", "For numpy.asarray().", As::Method),
    function<[](const Variable& x) { return x.meta().view != nullptr; }>(
        "_is_view(input)", "Whether it is a view of another Variable, `_base`.", As::Method),
    function<detach>("detach(input)", "The value without history, on the same memory and version counter.", As::Both),
    function<detach_in_place>("detach_(input)", "Takes it off its history, in place. Raises RuntimeError for a view.",
                              As::Method),
    function<[](const Variable& x, bool requires_grad) {
      if (requires_grad && !x.is_leaf()) return;
      x.set_requires_grad(requires_grad);
    }>("requires_grad_(input, requires_grad=True)", "Sets requires_grad of a leaf.", As::Method),
    function<[](const Variable& x) -> PyObject* {
      retain_grad(x);
      Py_RETURN_NONE;
    }>("retain_grad(input)", "Makes backward() keep the gradient of this non-leaf in `.grad`.", As::Method),
    function<[](const Variable& x, PyObject* spec) {
      return import_attribute("tapegrad._printing", "variable_format")(x, borrow(spec));
    }>("__format__(input, format_spec)", "Formats a 0-d Variable as its number.", As::Method),
};

}  // namespace

void register_accessors(py::object& module) {
  auto& m = module_of(module);
  for (PyGetSetDef& property : properties) {
    const py::object descriptor = steal(PyDescr_NewGetSet(variable_type, &property));
    py::setattr(borrow(reinterpret_cast<PyObject*>(variable_type)), property.name, descriptor);
  }
  register_table<kTable>(m);
  m.def(
      "is_tensor", [](const py::object& object) { return is_variable(object.ptr()); }, py::arg("obj"),
      "Whether the object is a Variable.");
}

}  // namespace tapegrad::bindings
