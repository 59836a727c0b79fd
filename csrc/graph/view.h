#pragma once
// Views: which base a view belongs to, and how its history follows when either is written in place.
//
// Note [Views and in-place writes]
// A write through a view changes its base. The base's new node is copy_slices, which runs the write's own node on the
// part of the gradient that the view covers. Every other view of the base then has an outdated node; when next looked
// at it gets a new one, as_strided of the base, since a view is known by its layout alone.

#include "graph/node.h"
#include "graph/variable.h"

namespace tapegrad {

/// Notes that `view` was made from `source` and shares its storage; `one_of_many`: by an op with several views.
void mark_view(const Variable& view, const Variable& source, bool one_of_many = false);

/// Makes the node of a view anew if its storage was written since the node was made.
void refresh_view(const Variable& view);

/// Raises Error where `self` may not be written in place: a leaf that requires grad (or a view of one) while the write
/// would be recorded, a view made in no_grad mode, by a custom Function or as one of many, read-only or overlapping
/// memory; the last is right for a `uniform` write.
void check_writable(const Variable& self, bool recording, bool uniform = false);

/// The same of its history alone, where no memory is written.
void check_history(const Variable& self, bool recording);

/// The same for an op that overwrites `self` and has arguments of its own to check, which comes after.
void check_overwritten(const Variable& self);

/// Raises Error where dense memory that is written and dense memory that is read overlap and are not the same.
void refuse_overlap(const Tensor& written, const Tensor& read);

/// Makes `node` the history of `self` alone, also of a view, whose base stays as it is: its layout changed, and nothing
/// else.
void set_own_history(const Variable& self, Ref<Node> node);

/// `self` for an op that computes first and is then written to `self`: where that is recorded, a copy with the same
/// history, so that what the op saves is not what is written.
Variable as_before(const Variable& self);

/// Makes `node`, which recorded an in-place write, the history of `self` (through its base, if it is a view).
void rebase_history(const Variable& self, Ref<Node> node);

/// Attributes of copy_slices: the write's own node, and where base and view lie in the storage.
struct CopySlicesAttributes {
  Ref<Node> inner;
  Layout base;
  Layout view;
};

/// Attributes of as_strided: the layouts of the input and of the result in one storage.
struct AsStridedAttributes {
  Layout from;
  Layout to;
  /// Whether the caller said where the first element is.
  bool with_offset = false;
  std::vector<Field> fields() const {
    return {{"size", to.shape},
            {"stride", to.strides},
            with_offset ? Field{"storage_offset", to.offset} : Field{"storage_offset", {}}};
  }
};

}  // namespace tapegrad
