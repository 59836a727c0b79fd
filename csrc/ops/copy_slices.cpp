// copy_slices: the node of a base that was written through a view (Note [Views and in-place writes] in graph/view.h).

#include "graph/grad_mode.h"
#include "graph/view.h"
#include "ops/elementwise.h"

namespace tapegrad {

const Op kCopySlices({.name = "copy_slices",
                      .node = "CopySlices",
                      .forward = nullptr,
                      .derivative =
                          [](Backward& b) {
                            const auto& a = b.attributes<CopySlicesAttributes>();
                            Layout part = a.view;
                            const bool dense = is_contiguous(a.base.shape, a.base.strides);
                            part.offset -= a.base.offset;
                            // The part of the gradient that the view covers goes through the write's own node.
                            Variable whole = b.take();
                            if (GradMode::enabled() || !whole.exclusively_owned()) whole = clone(whole);
                            if (!dense) {
                              const auto [low, high] = extent(a.base.shape, a.base.strides);
                              Variable room = as_strided(full({high - low + 1}, 0.0, whole.dtype()),
                                                         {a.base.shape, a.base.strides, -low});
                              copy_(room, whole);
                              whole = std::move(room);
                              part.offset -= low;
                            } else if (!whole.tensor().contiguous()) {
                              whole = contiguous(whole);
                            }
                            part.offset += whole.tensor().offset();
                            const Variable covered = as_strided(whole, part);
                            std::vector<Variable> results(b.inputs());
                            {
                              const PooledArray<bool> wanted = [&] {
                                PooledArray<bool> flags(b.inputs());
                                for (std::size_t i = 0; i < b.inputs(); ++i) flags[i] = b.needs(i);
                                return flags;
                              }();
                              Variable gradient = clone(covered);
                              const Backward inner(a.inner, {&gradient, 1}, results, {wanted.begin(), wanted.size()});
                              a.inner->op()->derivative(const_cast<Backward&>(inner));
                            }
                            if (b.needs(0)) {
                              if (results[0].defined()) copy_(covered, results[0]);
                              else zero_(covered);
                              b.set(0, std::move(whole));
                            }
                            for (std::size_t i = 1; i < b.inputs(); ++i) b.set(i, std::move(results[i]));
                          },
                      .category = Category::Graph});

}  // namespace tapegrad
