// Orthogonal factorisations: QR, symmetric eigenvalues, singular values, and the pseudo-inverse.

#include <algorithm>

#include "graph/backward.h"
#include "graph/grad_mode.h"
#include "ops/matrices.h"

namespace tapegrad {
namespace {

struct QrAttributes {
  QrMode mode;
  std::vector<Field> fields() const {
    return {{"mode", mode == QrMode::Reduced ? "reduced" : mode == QrMode::Complete ? "complete" : "r"}};
  }
};

/// What is below the diagonal of packed matrices becomes zero.
template <class T>
void clear_below(T* x, Index batch, Index rows, Index columns) {
  for (Index i = 0; i < batch; ++i, x += rows * columns)
    for (Index c = 0; c < columns; ++c) std::fill(x + c * rows + std::min(c + 1, rows), x + (c + 1) * rows, T(0));
}

void qr_forward(Call& call) {
  const QrMode mode = call.attributes<QrAttributes>().mode;
  const Tensor& a = call.tensor(0);
  const Dims& shape = a.shape();
  const Index m = shape[shape.size() - 2], n = shape.back(), k = std::min(m, n);
  const Index width = mode == QrMode::Complete ? m : k;
  const auto factors = kernels::columns(a), tau = new_tensor(a.dtype(), with_last(shape, 2, {k}));
  kernels::qr_factor(*factors, *tau);
  const auto r = kernels::columns(*corner(*factors, width, n));
  const Index batch = n * width == 0 ? 0 : r->numel() / (n * width);
  if (a.dtype() == DType::Float32) clear_below(r->data_as<float>(), batch, width, n);
  else clear_below(r->data_as<double>(), batch, width, n);
  call.out[1] = r;
  if (mode == QrMode::R) {
    call.new_output(a.dtype(), {0});
    return;
  }
  const auto q = kernels::new_columns(a.dtype(), with_last(shape, 2, {m, width}));
  if (width > k) kernels::copy(*q, Scalar(0));
  kernels::copy(*corner(*q, m, k), *corner(*factors, m, k));
  kernels::qr_product(*q, *tau);
  call.out[0] = q;
}

// Walter and Lehmann (2010). For more columns than rows, A = [X Y], Q R1 = X, and R2 = Q^T Y has no part in Q.
void qr_derivative(Backward& b) {
  const QrMode mode = b.attributes<QrAttributes>().mode;
  if (mode == QrMode::R)
    fail<Error>(
        "The derivative of linalg.qr depends on Q, which is not computed when mode='r': use mode='reduced' for "
        "gradients");
  const Variable q = b.result(0), r = b.result(1);
  const Index m = q.shape()[q.ndim() - 2], n = r.shape().back(), k = q.shape().back();
  if (mode == QrMode::Complete && m > n)
    fail<Error>("The QR decomposition is not differentiable when mode='complete' and nrows > ncols: use 'reduced'");
  const Variable &gq = b.grad(0), &gr = b.grad(1);
  if (!gq.defined() && !gr.defined()) return;
  Variable middle = full(with_last(r.shape(), 2, {k, k}), 0.0, r.dtype());
  if (gr.defined()) middle = matmul(gr, mt(r));
  if (gq.defined()) middle = middle - matmul(mt(q), gq);
  if (m >= n) {
    const Variable half = triu(middle);
    Variable g = matmul(q, half + mt(half) - diag_embed(diagonal(half, 0, -2, -1)));
    if (gq.defined()) g = g + gq;
    return b.set(0, solve_triangular(mt(r), g, false, false));
  }
  const Variable x = slice(r, -1, 0, m, 1);
  const Variable skew = tril(mt(middle) - middle, -1);
  Variable g = matmul(q, solve_triangular(mt(x), skew, false, false));
  const Variable parts[] = {g, full(with_last(r.shape(), 2, {m, n - m}), 0.0, r.dtype())};
  g = cat(parts, -1);
  b.set(0, gr.defined() ? g + matmul(q, gr) : g);
}

const Op kQr({.name = "linalg_qr",
              .node = "LinalgQrBackward0",
              .forward = qr_forward,
              .derivative = qr_derivative,
              .category = Category::Matrix,
              .outputs = 2,
              .saves = {.result = 3}});

// Note [Equal values]
//
// Between the vectors of two eigenvalues the gradient has (V^T gV)_ij / (l_j - l_i). A function that does not depend on
// the choice of vectors has 0 / 0 there for equal values, and 0 is taken. That is right for functions of the spaces
// that equal values span, and, as they do not need it, for functions of the values. It is not all there is for V f(L)
// V^T, whose limit has f'(l). That cannot be told from gV and gL: what is missing is a symmetric block, of which gL is
// the diagonal in just the basis that LAPACK chose. The element (1, 2) of e V V^T and of V exp(L) V^T have at A = 1 the
// same gV and gL, but the derivatives 0 and e. So a first derivative by V f(L) V^T, and a second one even of a function
// of the values alone (whose first is V gL V^T), lack their part inside of a space of equal values.
//
// Singular values have that part, too, for U f(S) V^T, where vectors on both sides turn together. What turns them
// against each other has 1 / (s_j + s_i), and is all there.

/// What is zero to within rounding among sums and differences of x.
Variable rounding(const Variable& x) {
  return unsqueeze(amax(abs(x), {-1}, true), -1) * (epsilon(x.dtype()) * static_cast<double>(x.shape().back()));
}

/// 1 / x, and 0 where that is zero.
Variable inverse_or_zero(const Variable& x, const Variable& least) {
  const Variable zero = le(abs(x), least);
  return where(zero, 0.0, reciprocal(where(zero, 1.0, x)));
}

Variable differences(const Variable& x) { return unsqueeze(x, -2) - unsqueeze(x, -1); }

struct EighAttributes {
  bool upper, vectors;
};

// Giles (2008), 3.1. See Note [Equal values].
void eigh_derivative(Backward& b) {
  const Variable values = b.result(0), v = b.result(1);
  const Variable &gl = b.grad(0), &gv = b.grad(1);
  if (v.numel() == 0) return b.set(0, full(v.shape(), 0.0, v.dtype()));
  if (!gl.defined() && !gv.defined()) return;
  if (!gv.defined()) return b.set(0, matmul(v * unsqueeze(gl, -2), mt(v)));
  // Of V^T gV the part that turns V, so that the gradient is symmetric, as A is.
  const Variable turned = matmul(mt(v), gv);
  Variable middle = (turned - mt(turned)) * (inverse_or_zero(differences(values), rounding(values)) / 2.0);
  if (gl.defined()) middle = middle + diag_embed(gl);
  b.set(0, matmul(matmul(v, middle), mt(v)));
}

const Op kEigh({.name = "linalg_eigh",
                .node = "LinalgEighBackward0",
                .forward =
                    [](Call& call) {
                      const auto& [is_upper, vectors] = call.attributes<EighAttributes>();
                      const Tensor& a = call.tensor(0);
                      call.out[1] = kernels::columns(a);
                      Tensor& values = call.new_output(a.dtype(), with_last(a.shape(), 1, {}));
                      Tensor& info = call.new_output(DType::Int32, with_last(a.shape(), 2, {}), 2);
                      kernels::eigh(*call.out[1], values, is_upper, vectors, info);
                    },
                .derivative = eigh_derivative,
                .category = Category::Matrix,
                .outputs = 3,
                .saves = {.result = 3}});

struct SvdAttributes {
  bool full, vectors;
};

void svd_forward(Call& call) {
  const auto& [all, vectors] = call.attributes<SvdAttributes>();
  const Tensor& a = call.tensor(0);
  const Dims& shape = a.shape();
  const Index m = shape[shape.size() - 2], n = shape.back(), k = std::min(m, n);
  Tensor& s = call.new_output(a.dtype(), with_last(shape, 2, {k}), 1);
  Tensor& info = call.new_output(DType::Int32, with_last(shape, 2, {}), 3);
  const auto x = kernels::columns(a);
  if (!vectors) {
    call.new_output(a.dtype(), {0}, 0);
    call.new_output(a.dtype(), {0}, 2);
    return kernels::svd(*x, s, nullptr, nullptr, info);
  }
  const Index left = all ? m : k, right = all ? n : k;
  call.out[0] = kernels::new_columns(a.dtype(), with_last(shape, 2, {m, left}));
  call.out[2] = kernels::new_columns(a.dtype(), with_last(shape, 2, {right, n}));
  if (k == 0) {
    kernels::copy(*call.out[0], Variable(eye(m, left, a.dtype())).tensor());
    kernels::copy(*call.out[2], Variable(eye(right, n, a.dtype())).tensor());
  }
  kernels::svd(*x, s, call.out[0].get(), call.out[2].get(), info);
}

// Giles (2008), 3.2, with the parts of U and V outside of A's row and column space. See Note [Equal values].
void svd_derivative(Backward& b) {
  const Index k = b.result(1).shape().back();
  const auto kept = [&](const Variable& x, Index dim) {
    return x.defined() && x.shape()[wrap_dim(dim, x.ndim())] != k ? first(x, dim, k) : x;
  };
  const Variable u = kept(b.result(0), -1), s = b.result(1), vh = kept(b.result(2), -2);
  const Variable gu = kept(b.grad(0), -1), gvh = kept(b.grad(2), -2);
  const Variable& gs = b.grad(1);
  if (!gu.defined() && !gs.defined() && !gvh.defined()) return;
  if (s.numel() == 0) return b.set(0, full(with_last(u.shape(), 1, {vh.shape().back()}), 0.0, s.dtype()));
  if (!gu.defined() && !gvh.defined()) return b.set(0, matmul(u * unsqueeze(gs, -2), vh));
  Variable middle = zeros_like_batch(unsqueeze(s, -1), k, k);
  if (gs.defined()) middle = diag_embed(gs);
  const auto skew = [&](const Variable& x) {
    return x.defined() ? x - mt(x) : zeros_like_batch(unsqueeze(s, -1), k, k);
  };
  const Variable left = skew(gu.defined() ? matmul(mt(u), gu) : Variable());
  const Variable right = skew(gvh.defined() ? matmul(vh, mt(gvh)) : Variable());
  const Variable least = rounding(s);
  middle = middle + ((left + right) * inverse_or_zero(differences(s), least) +
                     (left - right) * inverse_or_zero(unsqueeze(s, -2) + unsqueeze(s, -1), least)) *
                        0.5;
  const Variable row = unsqueeze(s, -2), zero = eq(row, 0);
  const Variable inverse = where(zero, 0.0, reciprocal(where(zero, 1.0, row)));
  Variable g = matmul(matmul(u, middle), vh);
  if (gu.defined() && u.shape()[u.ndim() - 2] > k) {
    const Variable outside = gu - matmul(u, matmul(mt(u), gu));
    g = g + matmul(outside * inverse, vh);
  }
  if (gvh.defined() && vh.shape().back() > k) {
    const Variable outside = gvh - matmul(matmul(gvh, mt(vh)), vh);
    g = g + matmul(u * inverse, outside);
  }
  b.set(0, g);
}

const Op kSvd({.name = "linalg_svd",
               .node = "LinalgSvdBackward0",
               .forward = svd_forward,
               .derivative = svd_derivative,
               .category = Category::Matrix,
               .outputs = 4,
               .saves = {.result = 7}});

std::array<Variable, 4> svd_of(const char* function, const Variable& a, const SvdAttributes& attributes) {
  check_matrices(function, a);
  auto out = apply_all<4>(kSvd, {a}, attributes);
  check_info(function, out[3], "The algorithm failed to converge (error code: ", ").");
  return out;
}

std::array<Variable, 3> eigh_of(const char* function, const Variable& a, const EighAttributes& attributes) {
  check_square(function, a);
  auto out = apply_all<3>(kEigh, {a}, attributes);
  check_info(function, out[2],
             "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated "
             "eigenvalues (error code: ",
             ").");
  return out;
}

bool recorded(const Variable& a) { return GradMode::enabled() && a.requires_grad(); }

struct PinvAttributes {
  bool hermitian;
};

Variable pinv_value(const Variable& a, const Operand& atol, const Operand& rtol, bool hermitian) {
  if (a.numel() == 0) return full(mt(a).shape(), 0.0, a.dtype());
  const auto inverted = [&](const Variable& values) {
    const Variable size = abs(values);
    const Variable kept = gt(size, maximum(amax(size, {-1}, true) * rtol, atol));
    return where(kept, reciprocal(where(kept, values, 1.0)), 0.0);
  };
  if (hermitian) {
    const auto [values, v] = eigh(a);
    return matmul(v * unsqueeze(inverted(values), -2), mt(v));
  }
  const auto [u, s, vh] = svd(a);
  return matmul(mt(vh) * unsqueeze(inverted(s), -2), mt(u));
}

void pinv_derivative(Backward& b) { b.set(0, pinv_gradient(b.input(0).variable, b.result(), b.grad())); }

const Op kPinv({.name = "linalg_pinv",
                .node = "LinalgPinvBackward0",
                .forward =
                    [](Call& call) {
                      const GradModeGuard no_grad(false);
                      const bool hermitian = call.attributes<PinvAttributes>().hermitian;
                      call.out[0] = pinv_value(call.in[0].variable(), call.in[1], call.in[2], hermitian).tensor_ref();
                    },
                .derivative = pinv_derivative,
                .category = Category::Matrix,
                .inputs = 3,
                .saves = {.inputs = {kFor0}, .result = 1}});

}  // namespace

std::array<Variable, 2> qr(const Variable& a, QrMode mode) {
  check_matrices("linalg.qr", a);
  return apply_all<2>(kQr, {a}, QrAttributes{mode});
}

std::array<Variable, 2> eigh(const Variable& a, bool upper) {
  auto out = eigh_of("linalg.eigh", a, {upper, true});
  return {out[0], out[1]};
}

Variable eigvalsh(const Variable& a, bool upper) { return eigh_of("linalg.eigvalsh", a, {upper, recorded(a)})[0]; }

std::array<Variable, 3> svd(const Variable& a, bool full) {
  auto out = svd_of("linalg.svd", a, {full, true});
  return {out[0], out[1], out[2]};
}

Variable svdvals(const Variable& a) { return svd_of("linalg.svdvals", a, {false, recorded(a)})[1]; }

// G. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables
// separate" (1973).
Variable pinv_gradient(const Variable& a, const Variable& p, const Variable& g) {
  const Variable pt = mt(p), gt_ = mt(g);
  const Variable left = matmul(gt_, matmul(p, pt)), right = matmul(matmul(pt, p), gt_);
  return left - matmul(a, matmul(p, left)) + right - matmul(matmul(right, p), a) - matmul(matmul(pt, g), pt);
}

Variable pinv(const Variable& a, const std::optional<Operand>& atol, const std::optional<Operand>& rtol,
              bool hermitian) {
  if (hermitian) check_square("linalg.pinv", a);
  else check_matrices("linalg.pinv", a);
  const auto [absolute, relative] = tolerances(a, atol, rtol);
  return apply(kPinv, {a, absolute, relative}, PinvAttributes{hermitian});
}

}  // namespace tapegrad
