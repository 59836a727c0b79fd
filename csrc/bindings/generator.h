#pragma once
// tapegrad.Generator: a stream of random numbers, and what generator= takes.

#include "bindings/converters.h"
#include "kernels/random.h"

namespace tapegrad::bindings {

/// What a generator's argument stands for; None is the default one. Throws Refused for anything else.
kernels::Generator& generator_of(PyObject* object);

template <>
struct Converter<kernels::Generator> {
  explicit Converter(PyObject* object) : value(generator_of(object)) {}
  kernels::Generator& get() const { return value; }
  kernels::Generator& value;
};

}  // namespace tapegrad::bindings
