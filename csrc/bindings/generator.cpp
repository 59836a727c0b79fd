#include "bindings/generator.h"

#include <cstring>
#include <random>

#include "bindings/define.h"
#include "bindings/register.h"
#include "ops/ops.h"

namespace tapegrad::bindings {
namespace {

using kernels::Generator;

/// PyTorch's default, so that a program without a seed is reproducible there and here.
constexpr std::uint64_t kDefaultSeed = 67280421310721;

/// The Python object: a generator of its own, or the default one.
struct PyGenerator : Zeroed {
  Generator own{kDefaultSeed, 0};
  bool is_default = false;
  Generator& it() { return is_default ? kernels::default_generator() : own; }
};

PyObject* default_object = nullptr;

PyGenerator& default_generator() { return py::cast<PyGenerator&>(py::handle(default_object)); }

/// Negative seeds wrap, as PyTorch's. Raises ValueError for what 64 bits cannot hold.
void manual_seed(PyGenerator& g, const py::int_& seed) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(seed.ptr(), &overflow);
  auto bits = static_cast<std::uint64_t>(value);
  if (overflow) {
    bits = overflow > 0 ? PyLong_AsUnsignedLongLong(seed.ptr()) : 0;
    if (overflow < 0 || PyErr_Occurred()) {
      PyErr_Clear();
      fail<ValueError>("Overflow when unpacking long long: a seed is in [-2**63, 2**64)");
    }
  }
  g.it() = {bits, 0};
}

std::uint64_t seed_anew(PyGenerator& g) {
  std::random_device device;
  g.it() = {std::uint64_t{device()} << 32 | device(), 0};
  return g.it().seed;
}

constexpr Index kStateBytes = sizeof(Generator);
static_assert(kStateBytes == 16);

Variable get_state(PyGenerator& g) {
  const TensorRef bytes = new_tensor(DType::UInt8, {kStateBytes});
  std::memcpy(bytes->data(), &g.it(), sizeof(Generator));
  return Variable(bytes);
}

void set_state(PyGenerator& g, const py::object& state) {
  if (!is_variable(state.ptr()) || variable_of(state.ptr()).dtype() != DType::UInt8)
    fail<TypeError>("expected a ByteTensor (a Variable of dtype uint8, as get_state() gives), but got ",
                    type_name(state.ptr()));
  const Variable& bytes = variable_of(state.ptr());
  if (bytes.shape() != Dims{kStateBytes})
    fail<Error>("Expected a state of size ", kStateBytes, " but found the input RNG state to be of shape ",
                to_string(bytes.shape()));
  std::memcpy(&g.it(), contiguous(detach(bytes)).tensor().data(), sizeof(Generator));
}

py::int_ as_int(const py::object& seed) { return py::reinterpret_steal<py::int_>(checked(PyNumber_Long(seed.ptr()))); }

}  // namespace

kernels::Generator& generator_of(PyObject* object) {
  if (object == Py_None) return kernels::default_generator();
  if (!py::isinstance<PyGenerator>(py::handle(object))) throw Refused{object, "a Generator or None"};
  return py::cast<PyGenerator&>(py::handle(object)).it();
}

void register_generator(py::object& module) {
  auto& m = module_of(module);
  kernels::default_generator() = {kDefaultSeed, 0};
  py::class_<PyGenerator>(m, "Generator",
                          "A stream of random numbers. The same seed gives the same numbers, whatever the number of "
                          "threads.")
      .def(py::init([](const py::object& device) {
             check_device(device.ptr());
             return PyGenerator{};
           }),
           py::arg("device") = py::none())
      .def_property_readonly(
          "device", [](const PyGenerator&) { return import_attribute("tapegrad._device", "CPU"); }, "The CPU.")
      .def(
          "manual_seed",
          [](const py::object& self, const py::object& seed) {
            if (!PyLong_Check(seed.ptr())) fail<Error>("manual_seed expected a long, but got ", type_name(seed.ptr()));
            manual_seed(py::cast<PyGenerator&>(self), py::reinterpret_borrow<py::int_>(seed));
            return self;
          },
          py::arg("seed"), "Starts the numbers anew; gives the generator itself.")
      .def("seed", seed_anew, "Starts the numbers anew from a seed of the system's, which it gives.")
      .def(
          "initial_seed", [](PyGenerator& g) { return g.it().seed; }, "The seed that it was started from.")
      .def("get_state", get_state, "Where it is in its stream, as a Variable of dtype uint8.")
      .def("set_state", set_state, py::arg("new_state"), "Goes on from where get_state() was called.")
      .def(
          "clone_state", [](PyGenerator& g) { return PyGenerator{{}, g.it()}; }, "Another one at the same place.")
      // What object's own makes of __getstate__, which aborts for the protocols 0 and 1.
      .def("__reduce__",
           [](const py::object& self) {
             return py::make_tuple(import_attribute("copyreg", "__newobj__"), py::make_tuple(py::type::of(self)),
                                   self.attr("__getstate__")());
           })
      .def(py::pickle([](PyGenerator& g) { return py::make_tuple(g.it().seed, g.it().position); },
                      [](const py::tuple& state) {
                        return PyGenerator{{}, {state[0].cast<std::uint64_t>(), state[1].cast<std::uint64_t>()}};
                      }));
  PyGenerator shared;
  shared.is_default = true;
  py::object object = py::cast(shared);
  m.attr("default_generator") = object;
  default_object = object.release().ptr();
  m.def(
      "manual_seed",
      [](const py::object& seed) {
        manual_seed(default_generator(), as_int(seed));
        return py::reinterpret_borrow<py::object>(default_object);
      },
      py::arg("seed"),
      "Starts the random numbers anew: the same seed gives the same numbers, whatever the number of threads. Gives the "
      "default generator.");
  m.def(
      "seed", [] { return seed_anew(default_generator()); },
      "Starts the random numbers anew from a seed of the "
      "system's, which it gives.");
  m.def("initial_seed", [] { return default_generator().it().seed; }, "The seed of the default generator.");
  m.def("get_rng_state", [] { return get_state(default_generator()); }, "The state of the default generator.");
  m.def(
      "set_rng_state", [](const py::object& state) { set_state(default_generator(), state); }, py::arg("new_state"),
      "Sets the state of the default generator.");
}

}  // namespace tapegrad::bindings
