#include "bindings/saved_attributes.h"

#include <algorithm>
#include <array>
#include <optional>

#include "bindings/converters.h"
#include "ops/ops.h"

namespace tapegrad::bindings {
namespace {

/// What PyTorch calls the tensors that a node saves.
struct Names {
  std::string_view node;
  std::array<const char*, 3> inputs = {"self", "other", nullptr};
  const char* result = "result";
};

// Where they are not self, other and result.
// clang-format off
constexpr Names kNames[] = {
    {"PowBackward1", {"self", "exponent"}}, {"PowBackward2", {"self", "exponent"}},
    {"MmBackward0", {"self", "mat2"}}, {"BmmBackward0", {"self", "mat2"}}, {"MvBackward0", {"self", "vec"}},
    {"DotBackward0", {"self", "tensor"}}, {"WhereBackward0", {"condition"}}, {"ClampBackward0", {"self", "min", "max"}},
    {"AddmmBackward0", {"self", "mat1", "mat2"}}, {"AddmvBackward0", {"self", "mat", "vec"}},
    {"BaddbmmBackward0", {"self", "batch1", "batch2"}}, {"AddbmmBackward0", {"self", "batch1", "batch2"}},
    {"AddrBackward0", {"self", "vec1", "vec2"}}, {"LerpBackward0", {"self", "end", "weight"}},
    {"LerpBackward1", {"self", "end", "weight"}}, {"AddcmulBackward0", {"self", "tensor1", "tensor2"}},
    {"AddcdivBackward0", {"self", "tensor1", "tensor2"}},
    {"GatherBackward0", {"self", "index"}}, {"IndexSelectBackward0", {"self", "index"}},
    {"ScatterBackward0", {"self", "index"}}, {"ScatterBackward1", {"self", "index"}},
    {"ScatterAddBackward0", {"self", "index"}}, {"IndexAddBackward0", {"self", "index"}},
    {"IndexCopyBackward0", {"self", "index"}}, {"IndexFillBackward0", {"self", "index"}},
    {"IndexFillBackward1", {"self", "index"}}, {"TakeBackward0", {"self", "index"}},
    {"MaskedFillBackward0", {"self", "mask"}}, {"MaskedFillBackward1", {"self", "mask"}},
    {"MaskedSelectBackward0", {"self", "mask"}},
    {"MaxBackward0", {"self"}, "indices"}, {"MinBackward0", {"self"}, "indices"},
    {"SortBackward0", {"self"}, "indices"}, {"SortBackward1", {"self"}, "indices"},
    {"TopkBackward0", {"self"}, "indices"}, {"KthvalueBackward0", {"self"}, "indices"},
    {"ModeBackward0", {"self"}, "indices"}, {"MedianBackward1", {"self"}, "indices"},
    {"NanmedianBackward1", {"self"}, "indices"}, {"CummaxBackward0", {"self"}, "indices"},
    {"CumminBackward0", {"self"}, "indices"},
};
// clang-format on

const Names& names_of(const Node& node) {
  static constexpr Names kUsual{};
  for (const Names& names : kNames)
    if (names.node == node.name()) return names;
  return kUsual;
}

/// How many of the saved inputs have names: those that the row saves by their places.
std::size_t named_inputs(const Node& node) {
  const Op& op = node.op();
  return op->saves.rest ? 0 : std::min<std::size_t>(op.saved_inputs(node.edges().size()), 3);
}

/// Where among the saved values the one of that name is.
std::optional<std::size_t> place_of(const Node& node, std::string_view name) {
  if (&node.op() == &kCustomFunction) return {};
  const Names& names = names_of(node);
  for (std::size_t i = 0; i < named_inputs(node); ++i)
    if (names.inputs[i] && name == names.inputs[i]) return i;
  const std::size_t results = node.op().saved_results(), count = node.saved().size();
  if (results > 0 && name == names.result) return count < results ? 0 : count - results;
  return {};
}

PyObject* value_object(Node& node, const SavedValue& value, std::string_view name) {
  if (value.empty()) Py_RETURN_NONE;
  value.check(node);
  const Value again = value.unpack(Ref<Node>(&node), true);
  if (!value.is_number()) return wrap(again.variable);
  // PyTorch makes a tensor of the number that a tensor is multiplied by.
  if (name == "other") return wrap(full({}, again.scalar, again.scalar.dtype()));
  return scalar_object(again.scalar);
}

PyObject* saved_value(Node& node, std::size_t place, std::string_view name) {
  node.check_freed();
  if (place >= node.saved().size()) Py_RETURN_NONE;
  return value_object(node, node.saved()[place], name);
}

/// The dimensions that an indexing's saved indices are of.
Dims indexed_dims(const Node& node) {
  for (const Field& field : node.fields())
    if (std::string_view(field.name) == ".dims") return std::get<Dims>(field.value);
  return {};
}

/// What an indexing saved, in a tuple with a place for each dimension up to the last that is indexed: `item(place)`,
/// and `none()` for the others.
template <class Item, class None>
PyObject* saved_indices(Node& node, Item item, None none) {
  node.check_freed();
  const std::size_t first = node.op()->saves.rest, count = node.saved().size() - first;
  Dims dims = indexed_dims(node);
  if (dims.size() != count) {
    dims = {};
    for (std::size_t i = 0; i < count; ++i) dims.push_back(static_cast<Index>(i));
  }
  py::tuple tuple(dims.empty() ? 0 : static_cast<std::size_t>(*std::max_element(dims.begin(), dims.end())) + 1);
  for (std::size_t i = tuple.size(); i-- > 0;) tuple[i] = steal(none());
  for (std::size_t i = 0; i < count; ++i) tuple[static_cast<std::size_t>(dims[i])] = steal(item(first + i));
  return tuple.release().ptr();
}

struct FieldObject {
  PyObject* operator()(std::monostate) const { Py_RETURN_NONE; }
  PyObject* operator()(bool value) const { return PyBool_FromLong(value); }
  PyObject* operator()(Index value) const { return checked(PyLong_FromLongLong(value)); }
  PyObject* operator()(const Scalar& value) const { return scalar_object(value); }
  PyObject* operator()(const Dims& dims) const { return tuple_of(dims); }
  PyObject* operator()(const char* text) const { return checked(PyUnicode_FromString(text)); }
};

}  // namespace

PyObject* field_object(const Field& field) { return std::visit(FieldObject{}, field.value); }

PyObject* raw_saved_attribute(Node& node, std::string_view name) {
  if (&node.op() != &kCustomFunction && node.op()->saves.rest && name == "indices") {
    return saved_indices(
        node, [&](std::size_t place) { return saved_tensor(node, place); },
        [&] { return saved_tensor(node, kNoPlace); });
  }
  const auto place = place_of(node, name);
  return place ? saved_tensor(node, *place) : nullptr;
}

PyObject* saved_attribute(Node& node, std::string_view name) {
  if (&node.op() == &kCustomFunction) return nullptr;
  if (const auto place = place_of(node, name)) return saved_value(node, *place, name);
  if (node.op()->saves.rest && name == "indices") {
    return saved_indices(
        node, [&](std::size_t place) { return value_object(node, node.saved()[place], "indices"); },
        [] { return Py_NewRef(Py_None); });
  }
  for (const Field& field : node.fields())
    if (name == field.name) return field_object(field);
  return nullptr;
}

std::vector<std::string> saved_names(const Node& node) {
  std::vector<std::string> all;
  if (&node.op() == &kCustomFunction) return all;
  const auto add = [&](const char* name) { all.push_back(std::string("_saved_") + name); };
  const auto add_both = [&](const char* name) {
    add(name);
    all.push_back(std::string("_raw_saved_") + name);
  };
  const Names& names = names_of(node);
  for (std::size_t i = 0; i < named_inputs(node); ++i)
    if (names.inputs[i]) add_both(names.inputs[i]);
  if (node.op().saved_results() > 0) add_both(names.result);
  if (node.op()->saves.rest) add_both("indices");
  for (const Field& field : node.fields())
    if (*field.name != '.') add(field.name);
  return all;
}

}  // namespace tapegrad::bindings
