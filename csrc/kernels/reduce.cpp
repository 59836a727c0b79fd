// Sums and their like.
//
// The elements are a table of kept x reduced. A result is found in one of two ways: element by element, folding the run
// of what is reduced into it (fold_results); or a block of results at a time, combining rows of what is kept, eight by
// eight (combine_rows; combine_planes where they are short). Which one, and where the work is cut, depends on sizes and
// strides alone.

#include "kernels/reduce.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/block_loader.h"
#include "kernels/cascade.h"
#include "kernels/elementwise_loop.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kPart = 65536;     // elements that are worth a thread
constexpr Index kMostParts = 64;   // of one result
constexpr Index kColumns = 1024;   // results that are combined at a time
constexpr Index kFewReduced = 64;  // below, strided rows are better than strided folds

struct Functions {
  Functions(ReduceFn fn, DType t)
      : fold(vector_table().of(fn, t)),
        rows8(vector_table().rows8[static_cast<std::size_t>(fn)][static_cast<std::size_t>(t)]) {
    constexpr BinaryFn kCombine[kReduceFns] = {BinaryFn::Add,     BinaryFn::Mul,        BinaryFn::Maximum,
                                               BinaryFn::Minimum, BinaryFn::BitwiseAnd, BinaryFn::BitwiseOr};
    combine = vector_table().of(kCombine[static_cast<std::size_t>(fn)], t);
  }
  BlockFn fold, rows8, combine;
};

/// A Map as block functions: one or two, the second in the place of what the first wrote.
class Mapping {
 public:
  Mapping(const Map& map, DType t) : reads_(map.fn == MapFn::NonZero ? DType::Bool : t), exponent_(map.exponent, t) {
    const VectorTable& table = vector_table();
    switch (map.fn) {
      case MapFn::Identity: return;
      case MapFn::NonZero: first_ = table.convert[static_cast<std::size_t>(reads_)][static_cast<std::size_t>(t)]; break;
      case MapFn::AbsPower: second_ = table.of(BinaryFn::Pow, t); [[fallthrough]];
      case MapFn::Abs: first_ = table.of(UnaryFn::Abs, t); break;
      case MapFn::Square: first_ = table.of(UnaryFn::Square, t); break;
      case MapFn::NanToZero: first_ = table.of(UnaryFn::NanToZero, t); break;
      case MapFn::SquaredDeviation: second_ = table.of(UnaryFn::Square, t); [[fallthrough]];
      case MapFn::Deviation: first_ = table.of(BinaryFn::Sub, t); break;
    }
    second_is_power_ = map.fn == MapFn::AbsPower;
  }
  bool identity() const { return !first_; }
  /// What elements are converted to before they are mapped.
  DType reads() const { return reads_; }
  /// Maps n elements to `to`; `centers` are null, one for all, or one for each.
  void operator()(Index n, void* to, const void* from, const void* centers, bool one_center) const {
    const void* const operands[] = {from, centers};
    first_(n, to, operands, centers && one_center ? 2 : 0);
    if (!second_) return;
    const void* const again[] = {to, exponent_.bytes};
    second_(n, to, again, second_is_power_ ? 2 : 0);
  }

 private:
  BlockFn first_ = nullptr, second_ = nullptr;
  DType reads_;
  bool second_is_power_ = false;
  Element exponent_;
};

/// in = kept x reduced (walks from the same first element), results of type t at `out`, in the order of `kept`, and so
/// are centers, if there are any.
struct Problem {
  Walk kept, reduced;
  DType t;
  Functions functions;
  Byte* out;
  Mapping map;
  const Byte* centers = nullptr;
  std::size_t item() const { return itemsize(t); }
  const Byte* center(Index result) const { return centers ? centers + result * static_cast<Index>(item()) : nullptr; }
};

/// A table of `rows` x `columns` results, each row combined from the ones before, to be combined once more.
Problem table_of(const Byte* data, Index rows, Index columns, const Problem& p) {
  Problem rest{Walk(data, p.t), Walk(data, p.t), p.t, p.functions, p.out, Mapping({}, p.t)};
  const auto item = static_cast<Index>(p.item());
  rest.kept.append(columns, item);
  rest.kept.close();
  rest.reduced.append(rows, columns * item);
  rest.reduced.close();
  return rest;
}

/// Results [first, last), each of the reduced elements [begin, end), which lie next to each other.
void fold_runs(const Problem& p, Index first, Index last, Index begin, Index end, Byte* out) {
  const auto item = static_cast<Index>(p.item());
  const Index from = p.reduced.item();
  Cursor result;
  result.start(p.kept, first, p.kept.data());
  alignas(64) Byte mapped[kBlock * 8];
  const void* block = mapped;
  for (Index k = first; k < last; ++k, out += item, result.advance(1)) {
    const Byte* const run = result.at();
    if (p.map.identity()) {
      const void* const elements = run + begin * from;
      p.functions.fold(end - begin, out, &elements, 0);
      continue;
    }
    const auto fold = [&](Index i, void* to) {
      const Index n = std::min(kBlock, end - i);
      p.map(n, mapped, run + i * from, p.center(k), true);
      p.functions.fold(n, to, &block, 0);
    };
    if (end - begin <= kBlock) {
      fold(begin, out);
      continue;
    }
    Cascade cascade(p.functions.combine, p.item(), 1, end - begin);
    for (Index i = begin; i < end; i += kBlock) {
      fold(i, cascade.next());
      cascade.push();
    }
    std::memcpy(out, cascade.finish(), p.item());
  }
}

/// Results [first, last), each of the reduced elements [begin, end).
void fold_results(const Problem& p, Index first, Index last, Index begin, Index end, Byte* out) {
  if (p.reduced.is_one_run() && p.reduced.dtype() == p.map.reads()) return fold_runs(p, first, last, begin, end, out);
  const auto item = static_cast<Index>(p.item());
  Cursor result;
  result.start(p.kept, first, p.kept.data());
  BlockReader reader;
  reader.start(p.reduced, p.map.reads(), begin);
  const Cursor origin = reader.place();
  Cascade cascade(p.functions.combine, p.item(), 1, end - begin);
  alignas(64) Byte repeated[kBlock * 8], mapped[kBlock * 8];
  for (Index k = first; k < last; ++k, out += item) {
    reader.move_to(origin, result.at() - p.reduced.data());
    for (Index i = begin; i < end;) {
      Index n = reader.limit(end - i);
      if (reader.repeated() || !p.map.identity()) n = std::min(n, kBlock);
      const void* block = reader.read(n);
      if (reader.repeated()) {
        fill(p.map.reads(), n, repeated, block);
        block = repeated;
      }
      if (!p.map.identity()) {
        p.map(n, mapped, block, p.center(k), true);
        block = mapped;
      }
      p.functions.fold(n, cascade.next(), &block, 0);
      cascade.push();
      i += n;
    }
    std::memcpy(out, cascade.finish(), p.item());
    result.advance(1);
  }
}

/// The results [first, last), at most kColumns of them, each of the reduced elements [begin, end).
void combine_columns(const Problem& p, Index first, Index last, Index begin, Index end, Byte* out) {
  const Index width = last - first;
  const std::size_t bytes = static_cast<std::size_t>(width) * p.item();
  BlockReader reader;
  reader.start(p.kept, p.map.reads(), first);
  const Cursor origin = reader.place();
  const bool direct = reader.direct() && reader.limit(width) == width, mapped = !p.map.identity();
  const auto read_item = static_cast<Index>(itemsize(p.map.reads()));
  // Eight rows, and before they are mapped one more.
  const auto buffer = direct && !mapped ? nullptr : std::make_unique_for_overwrite<Byte[]>(9 * bytes);
  Cascade cascade(p.functions.combine, p.item(), width, end - begin);
  Cursor row;
  row.start(p.reduced, begin, origin.at());
  const auto read = [&](std::size_t slot) -> const void* {
    Byte* const at = row.at();
    row.advance(1);
    if (direct && !mapped) return at;
    Byte* const result = buffer.get() + slot * bytes;
    Byte* const elements = direct ? at : mapped ? buffer.get() + 8 * bytes : result;
    if (!direct) {
      reader.move_to(origin, at - origin.at());
      Byte* to = elements;
      for (Index left = width; left > 0;) {
        const Index n = reader.limit(left);
        reader.read_into(to, n);
        to += n * read_item;
        left -= n;
      }
    }
    if (mapped) p.map(width, result, elements, p.center(first), false);
    return result;
  };
  Index i = begin;
  for (; i + 8 <= end; i += 8) {
    const void* rows[8];
    for (std::size_t slot = 0; slot < 8; ++slot) rows[slot] = read(slot);
    p.functions.rows8(width, cascade.next(), rows, 0);
    cascade.push();
  }
  for (; i < end; ++i) {
    std::memcpy(cascade.next(), read(0), bytes);
    cascade.push();
  }
  std::memcpy(out, cascade.finish(), bytes);
}

/// Short rows of results, each combined from rows one after the other (a plane): kept is planes x row. Planes
/// [first, last).
void combine_planes(const Problem& p, Index first, Index last) {
  const Index row = p.kept.run(), count = p.reduced.count(), step = p.reduced.run_step(), bytes = row * p.kept.item();
  Cascade cascade(p.functions.combine, p.item(), row, count);
  for (Index k = first; k < last; ++k) {
    const Byte* at = p.kept.data() + k * p.kept.step(0);
    Index i = 0;
    for (; i + 8 <= count; i += 8) {
      const void* rows[8];
      for (const void*& next : rows) {
        next = at;
        at += step;
      }
      p.functions.rows8(row, cascade.next(), rows, 0);
      cascade.push();
    }
    for (; i < count; ++i, at += step) {
      std::memcpy(cascade.next(), at, static_cast<std::size_t>(bytes));
      cascade.push();
    }
    std::memcpy(p.out + k * bytes, cascade.finish(), static_cast<std::size_t>(bytes));
  }
}

/// Whether that is what p is, with planes so small that each is one thread's.
bool is_planes(const Problem& p) {
  constexpr Index kShortRow = 8, kLongRow = 256, kFewPlanes = 8, kMost = 16384;
  return p.kept.ndim() == 2 && p.kept.run_step() == p.kept.item() && p.kept.run() >= kShortRow &&
         p.kept.run() < kLongRow && p.kept.size(0) >= kFewPlanes && p.reduced.ndim() == 1 && p.map.identity() &&
         p.kept.dtype() == p.map.reads() && p.reduced.count() >= 4 && p.reduced.count() * p.kept.run() <= kMost;
}

void combine_rows(const Problem& p, Index first, Index last, Index begin, Index end, Byte* out) {
  for (Index k = first; k < last; k += kColumns) {
    combine_columns(p, k, std::min(k + kColumns, last), begin, end, out);
    out += kColumns * static_cast<Index>(p.item());
  }
}

/// Solves p with `solve`, one of the two ways. Results are shared out in parts of at least `grain`; where they are too
/// few to keep threads busy, what is reduced is cut as well, and the parts' results are combined as rows.
void solve_in_parts(const Problem& p, Index grain, decltype(fold_results)* solve) {
  const Index results = p.kept.count(), reduced = p.reduced.count(), total = results * reduced;
  const auto item = static_cast<Index>(p.item());
  grain = std::max(grain, (kPart + reduced - 1) / reduced);
  const Index cuts = std::min({kMostParts, total / kPart, reduced / 8});
  constexpr Index kEnough = 8;  // parts of results
  if (results <= grain && cuts < 2) return solve(p, 0, results, 0, reduced, p.out);
  if (cuts < 2 || (results + grain - 1) / grain >= std::min(cuts, kEnough)) {
    return parallel_for(results, grain,
                        [&](Index first, Index last) { solve(p, first, last, 0, reduced, p.out + first * item); });
  }
  const Index size = (reduced + cuts - 1) / cuts, parts = (reduced + size - 1) / size;
  const auto partial = std::make_unique_for_overwrite<Byte[]>(static_cast<std::size_t>(parts * results * item));
  parallel_for(parts, 1, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      solve(p, 0, results, i * size, std::min((i + 1) * size, reduced), partial.get() + i * results * item);
  });
  combine_rows(table_of(partial.get(), parts, results, p), 0, results, 0, parts, p.out);
}

void solve(const Problem& p);

/// Few columns next to each other under many rows: several rows are taken as one wide one, and its parts combined.
bool solve_narrow(const Problem& p) {
  const Index columns = p.kept.run(), item = p.kept.item(), rows = p.reduced.run();
  const bool dense = p.kept.ndim() == 1 && p.kept.run_step() == item && p.reduced.run_step() == columns * item;
  if (!dense || columns >= 128) return false;
  const Index wide = kColumns / columns;
  if (rows < 8 * wide) return false;
  // Rows of the run that fill no wide row are left to the end.
  const Index wide_rows = rows / wide, left = rows - wide_rows * wide;
  const auto width = static_cast<Index>(p.item());
  const auto partial = std::make_unique_for_overwrite<Byte[]>(static_cast<std::size_t>((wide + 1) * columns * width));
  const auto centers =
      p.centers ? std::make_unique_for_overwrite<Byte[]>(static_cast<std::size_t>(wide * columns * width)) : nullptr;
  for (Index i = 0; p.centers && i < wide; ++i)
    std::memcpy(centers.get() + i * columns * width, p.centers, static_cast<std::size_t>(columns * width));

  const auto part = [&](Index skip, Index count, Index step, Index run, Byte* out) {
    Problem one{Walk(p.kept.data() + skip, p.kept.dtype()),
                Walk(p.kept.data() + skip, p.kept.dtype()),
                p.t,
                p.functions,
                out,
                p.map,
                centers.get()};
    one.kept.append(run, item);
    one.kept.close();
    for (std::size_t i = 0; i + 1 < p.reduced.ndim(); ++i) one.reduced.append(p.reduced.size(i), p.reduced.step(i));
    one.reduced.append(count, step);
    one.reduced.close();
    solve_in_parts(one, kColumns, combine_rows);
  };
  part(0, wide_rows, wide * columns * item, wide * columns, partial.get());
  Index pieces = wide;
  if (left)
    part(wide_rows * wide * columns * item, left, columns * item, columns, partial.get() + pieces++ * columns * width);
  combine_rows(table_of(partial.get(), pieces, columns, p), 0, columns, 0, pieces, p.out);
  return true;
}

void solve(const Problem& p) {
  const Index item = p.kept.item(), reduced = p.reduced.count();
  const bool kept_runs = p.kept.run_step() == item && p.kept.run() >= 32;
  const bool reduced_runs = p.reduced.run_step() == item && p.reduced.run() >= 4;
  if (!reduced_runs && is_planes(p)) {
    const Index plane = p.kept.run() * reduced;
    return parallel_for(p.kept.size(0), std::max<Index>(1, kPart / plane),
                        [&](Index first, Index last) { combine_planes(p, first, last); });
  }
  if (!reduced_runs && p.kept.count() > 1 && solve_narrow(p)) return;
  if (!reduced_runs && p.kept.count() > 1 && (kept_runs || reduced < kFewReduced)) solve_in_parts(p, 256, combine_rows);
  else solve_in_parts(p, 1, fold_results);
}

/// The reduced dimensions, by stride, all forwards: their order does not matter.
Walk reduced_walk(const Tensor& in, std::uint64_t mask) {
  struct Axis {
    Index size, step;
  };
  Axis axes[kMaxDims];
  std::size_t count = 0;
  auto* first = static_cast<Byte*>(in.data());
  const auto item = static_cast<Index>(itemsize(in.dtype()));
  for (std::size_t i = 0; i < in.ndim(); ++i) {
    if (!(mask >> i & 1) || in.shape()[i] == 1) continue;
    Axis axis{in.shape()[i], in.strides()[i] * item};
    if (axis.step < 0) {
      first += axis.step * (axis.size - 1);
      axis.step = -axis.step;
    }
    std::size_t at = count++;
    for (; at > 0 && axes[at - 1].step < axis.step; --at) axes[at] = axes[at - 1];
    axes[at] = axis;
  }
  Walk walk(first, in.dtype());
  for (std::size_t i = 0; i < count; ++i) walk.append(axes[i].size, axes[i].step);
  walk.close();
  return walk;
}

Scalar of_nothing(ReduceFn fn) {
  switch (fn) {
    case ReduceFn::Sum:
    case ReduceFn::Any: return Scalar(0);
    case ReduceFn::Prod:
    case ReduceFn::All: return Scalar(1);
    case ReduceFn::Max:
    case ReduceFn::Min: break;
  }
  fail<Error>("the maximum or minimum of no elements does not exist");
}

}  // namespace

void reduce(ReduceFn fn, Tensor& out, const Tensor& in, std::uint64_t mask, const Map& map) {
  if (out.numel() == 0) return;
  if (in.numel() == 0) return copy(out, of_nothing(fn));
  const Functions functions(fn, out.dtype());
  if (!functions.fold) fail<Error>("this reduction is not implemented for ", name(out.dtype()));
  const Mapping mapping(map, out.dtype());
  if (out.numel() == 1 && in.numel() <= kPart && in.contiguous() && in.dtype() == out.dtype() && mapping.identity()) {
    const void* const run = in.data();
    return functions.fold(in.numel(), out.data(), &run, 0);
  }
  const Walk reduced = reduced_walk(in, mask);
  Walk kept(reduced.data(), in.dtype());
  for (std::size_t i = 0; i < in.ndim(); ++i)
    if (!(mask >> i & 1)) kept.append(in.shape()[i], in.strides()[i] * kept.item());
  kept.close();
  const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
  solve({kept, reduced, out.dtype(), functions, static_cast<Byte*>(out.data()), mapping,
         map.centers ? static_cast<const Byte*>(map.centers->data()) : nullptr});
}

}  // namespace tapegrad::kernels
