// Variables that are given other memory, or another shape in theirs: set_, resize_.
//
// Both are outside of the graph: a Variable whose gradient is wanted must not change so where that is recorded. A leaf
// that is set gets an accumulator anew, since graphs of before expect a gradient of the old shape.

#include <cstring>

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "core/memory_format.h"
#include "graph/view.h"

namespace tapegrad::bindings {
namespace {

void check_sizes(const char* function, const Dims& size, const Dims& stride) {
  if (size.size() != stride.size())
    fail<Error>(function, "(): ", to_string(size), " and ", to_string(stride),
                " are a shape and strides of two lengths");
  for (std::size_t i = 0; i < size.size(); ++i)
    if (size[i] < 0 || stride[i] < 0)
      fail<Error>(function, "(): sizes and strides must not be negative, got ", to_string(size), " and ",
                  to_string(stride));
}

/// The layout that set_() is asked for, in the source's memory. Raises Error where it does not lie in there.
Layout layout_in(const Variable& source, Index offset, const std::optional<Dims>& size,
                 const std::optional<Dims>& stride) {
  if (!size) {
    if (offset != 0 || stride) fail<TypeError>("set_(): storage_offset and stride need a size");
    return source.tensor().layout();
  }
  Layout layout(*size, stride ? *stride : contiguous_strides(*size), offset);
  check_sizes("set_", layout.shape, layout.strides);
  const auto [low, high] = extent(layout.shape, layout.strides);
  const Index elements = source.tensor().room();
  if (offset < 0 || (high >= low && offset + high >= elements))
    fail<Error>("set_(): shape ", to_string(layout.shape), ", strides ", to_string(layout.strides), " and offset ",
                offset, " are out of bounds for storage of ", elements, " elements");
  return layout;
}

Variable set(const Variable& x, const std::optional<Variable>& source, Index offset, const std::optional<Dims>& size,
             const std::optional<Dims>& stride) {
  check_history(x, GradMode::enabled());
  const bool recorded = GradMode::enabled() && (x.requires_grad() || (source && source->requires_grad()));
  if (recorded || (x.requires_grad() && !x.is_leaf()))
    fail<Error>(
        "set_() is not differentiable: of a Variable that requires grad it takes leaves alone, under "
        "tapegrad.no_grad()");
  if (source && source->dtype() != x.dtype())
    fail<Error>("Could not set tensor of type ", name(source->dtype()), " to a tensor of type ", name(x.dtype()));
  TensorRef tensor = source ? source->tensor().view(layout_in(*source, offset, size, stride)) : zeros(x.dtype(), {0});
  Meta& meta = x.meta();
  meta.replace_tensor(tensor->with_counter(x.tensor().counter()));
  meta.tensor->bump_version("set_");
  meta.view = nullptr;
  forget_accumulator(x);
  return x;
}

/// The memory of a tensor, larger: what is new is zero. Raises Error where others share it.
TensorRef grown(const Tensor& old, Index elements) {
  if (old.storage().use_count() > 1 || old.storage().foreign()) {
    fail<Error>(
        "resize_(): there is no room for ", elements,
        " elements, and the memory cannot grow since a view, another Variable or an array shares it: resize a clone()");
  }
  TensorRef room = zeros(old.dtype(), {elements});
  std::memcpy(room->data(), old.storage().data(), std::min(old.storage().bytes(), room->storage().bytes()));
  return room;
}

Variable resize(const Variable& x, const Dims& size, std::optional<MemoryFormat> format) {
  if (x.requires_grad() && !x.tensor().inference())
    fail<Error>("cannot resize variables that require grad: resize a detach() or a clone()");
  check_history(x, GradMode::enabled());
  const Tensor& old = x.tensor();
  check_sizes("resize_", size, size);
  if (size == old.shape()) return x;
  const Index count = count_elements(size, itemsize(old.dtype())), end = old.offset() + count;
  Layout layout(size, strides_in(size, format.value_or(MemoryFormat::Contiguous)), old.offset());
  const bool fits = count == 0 || end <= old.room();
  const TensorRef room = fits ? x.tensor_ref() : grown(old, end);
  const Ref<VersionCounter> counter = old.counter();
  x.meta().replace_tensor(room->view(std::move(layout))->with_counter(counter));
  x.tensor().bump_version("resize_");
  describe_leaf(x);
  return x;
}

bool is_set_to(const Variable& x, const Variable& other) {
  const Tensor &a = x.tensor(), &b = other.tensor();
  return &a.storage() == &b.storage() && a.dtype() == b.dtype() && a.layout() == b.layout();
}

constexpr Function kTable[] = {
    function<set>("set_(input, source=None, storage_offset=0, size=None, stride=None)",
                  "Makes it show the memory of `source`, as `source` does or with another layout, and nothing without "
                  "one. A leaf that requires grad is set under no_grad(), and graphs of before lead to it no more. "
                  "Raises RuntimeError for another dtype and for a layout that does not lie in that memory.",
                  As::Method),
    function<resize>("resize_(input, *sizes, memory_format=None)",
                     "Gives it another shape, in its own memory where that has room, else in new memory with the old "
                     "elements first and zeros behind. Raises RuntimeError where it requires grad, or others share "
                     "memory that is too small.",
                     As::Method),
    function<[](const Variable& x, const Variable& other, std::optional<MemoryFormat> format) {
      const bool preserve = format == MemoryFormat::Preserve;
      return resize(x, other.shape(), preserve ? format_of(other.tensor()) : format);
    }>("resize_as_(input, the_template, *, memory_format=None)", "resize_(the_template.shape).", As::Method),
    function<is_set_to>("is_set_to(input, tensor)", "Whether both show the same memory, with the same layout.",
                        As::Method),
};

}  // namespace

void register_resizing(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
