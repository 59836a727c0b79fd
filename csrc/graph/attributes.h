#pragma once
// Attributes: the part of a call that is not a tensor (dimensions, an exponent), as a plain struct of the op's own.

#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/dtype.h"
#include "core/ref.h"
#include "core/shape.h"

namespace tapegrad {

class Node;

/// A part of a call as users see it: `node._saved_{name}`. A struct of attributes tells its own in `fields()`.
struct Field {
  const char* name;
  std::variant<std::monostate, bool, Index, Scalar, Dims, const char*> value;
};

/// The first word of a node's own attributes; their struct follows.
struct AttributesHeader;

/// How to copy and drop one type of attributes, and to find the node inside it, if it holds one.
struct AttributesType {
  AttributesHeader* (*copy)(const void*);
  void (*destroy)(AttributesHeader*);
  Node* (*inner)(const AttributesHeader*);
  std::vector<Field> (*fields)(const AttributesHeader*);
};

struct AttributesHeader {
  const AttributesType* type;
};

template <class T>
struct AttributesBox : AttributesHeader, Pooled<AttributesBox<T>> {
  explicit AttributesBox(const T& v);
  T value;
};

template <class T>
Node* inner_node(const AttributesHeader* box) {
  if constexpr (requires(const T& t) { t.inner.get(); })
    return static_cast<const AttributesBox<T>*>(box)->value.inner.get();
  else return nullptr;
}

template <class T>
std::vector<Field> fields_of(const AttributesHeader* box) {
  if constexpr (requires(const T& t) { t.fields(); }) return static_cast<const AttributesBox<T>*>(box)->value.fields();
  else return {};
}

template <class T>
inline constexpr AttributesType kAttributesType = {
    [](const void* value) -> AttributesHeader* { return new AttributesBox<T>(*static_cast<const T*>(value)); },
    [](AttributesHeader* box) { delete static_cast<AttributesBox<T>*>(box); }, inner_node<T>, fields_of<T>};

template <class T>
AttributesBox<T>::AttributesBox(const T& v) : AttributesHeader{&kAttributesType<T>}, value(v) {}

/// Attributes of a call that is being made: somebody else's struct, and its type. Empty where the op takes none.
struct AttributesView {
  AttributesView() = default;
  template <class T>
    requires(!std::is_same_v<T, AttributesView>)
  AttributesView(const T& v) : value(&v), type(&kAttributesType<T>) {}
  const void* value = nullptr;
  const AttributesType* type = nullptr;
};

/// A node's own copy.
class Attributes {
 public:
  Attributes() = default;
  explicit Attributes(AttributesView view) : box_(view.type ? view.type->copy(view.value) : nullptr) {}
  Attributes(Attributes&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Attributes& operator=(Attributes&& other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Attributes() {
    if (box_) box_->type->destroy(box_);
  }
  bool empty() const { return box_ == nullptr; }
  template <class T>
  T& get() const {
    return static_cast<AttributesBox<T>*>(box_)->value;
  }
  Node* inner() const { return box_ ? box_->type->inner(box_) : nullptr; }
  std::vector<Field> fields() const { return box_ ? box_->type->fields(box_) : std::vector<Field>(); }

 private:
  AttributesHeader* box_ = nullptr;
};

}  // namespace tapegrad
