#pragma once
// The functions of LAPACK that are used, one overloaded name for float and double. Arguments as in its documentation,
// by value; workspaces are the caller's.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tapegrad::kernels::lapack {

using Int = std::int64_t;

/// Workspace that grows: LAPACK says in the first number how much it wants.
template <class T>
struct Workspace {
  T wanted{};
  std::vector<T> room;
  Int size() {
    room.resize(std::max<std::size_t>(1, static_cast<std::size_t>(wanted)));
    return static_cast<Int>(room.size());
  }
};

// Fortran passes everything by address, and the lengths of strings last.
extern "C" {
#define TAPEGRAD_LAPACK(p, T)                                                                                         \
  void scipy_##p##potrf_64_(const char*, const Int*, T*, const Int*, Int*, std::size_t);                              \
  void scipy_##p##getrf_64_(const Int*, const Int*, T*, const Int*, Int*, Int*);                                      \
  void scipy_##p##getri_64_(const Int*, T*, const Int*, const Int*, T*, const Int*, Int*);                            \
  void scipy_##p##getrs_64_(const char*, const Int*, const Int*, const T*, const Int*, const Int*, T*, const Int*,    \
                            Int*, std::size_t);                                                                       \
  void scipy_##p##geqrf_64_(const Int*, const Int*, T*, const Int*, T*, T*, const Int*, Int*);                        \
  void scipy_##p##orgqr_64_(const Int*, const Int*, const Int*, T*, const Int*, const T*, T*, const Int*, Int*);      \
  void scipy_##p##ormqr_64_(const char*, const char*, const Int*, const Int*, const Int*, const T*, const Int*,       \
                            const T*, T*, const Int*, T*, const Int*, Int*, std::size_t, std::size_t);                \
  void scipy_##p##syevd_64_(const char*, const char*, const Int*, T*, const Int*, T*, T*, const Int*, Int*,           \
                            const Int*, Int*, std::size_t, std::size_t);                                              \
  void scipy_##p##laswp_64_(const Int*, T*, const Int*, const Int*, const Int*, const Int*, const Int*);              \
  void scipy_##p##larft_64_(const char*, const char*, const Int*, const Int*, const T*, const Int*, const T*, T*,     \
                            const Int*, std::size_t, std::size_t);                                                    \
  void scipy_##p##larfb_64_(const char*, const char*, const char*, const char*, const Int*, const Int*, const Int*,   \
                            const T*, const Int*, const T*, const Int*, T*, const Int*, T*, const Int*, std::size_t,  \
                            std::size_t, std::size_t, std::size_t);                                                   \
  void scipy_##p##trsm_64_(const char*, const char*, const char*, const char*, const Int*, const Int*, const T*,      \
                           const T*, const Int*, T*, const Int*, std::size_t, std::size_t, std::size_t, std::size_t); \
  void scipy_##p##gemm_64_(const char*, const char*, const Int*, const Int*, const Int*, const T*, const T*,          \
                           const Int*, const T*, const Int*, const T*, T*, const Int*, std::size_t, std::size_t);     \
  void scipy_##p##gesdd_64_(const char*, const Int*, const Int*, T*, const Int*, T*, T*, const Int*, T*, const Int*,  \
                            T*, const Int*, Int*, Int*, std::size_t);
TAPEGRAD_LAPACK(s, float)
TAPEGRAD_LAPACK(d, double)
#undef TAPEGRAD_LAPACK

#define TAPEGRAD_LAPACK(p, T)                                                                                         \
  void scipy_##p##gels_64_(const char*, const Int*, const Int*, const Int*, T*, const Int*, T*, const Int*, T*,       \
                           const Int*, Int*, std::size_t);                                                            \
  void scipy_##p##gelsy_64_(const Int*, const Int*, const Int*, T*, const Int*, T*, const Int*, Int*, const T*, Int*, \
                            T*, const Int*, Int*);                                                                    \
  void scipy_##p##gelsd_64_(const Int*, const Int*, const Int*, T*, const Int*, T*, const Int*, T*, const T*, Int*,   \
                            T*, const Int*, Int*, Int*);                                                              \
  void scipy_##p##gelss_64_(const Int*, const Int*, const Int*, T*, const Int*, T*, const Int*, T*, const T*, Int*,   \
                            T*, const Int*, Int*);
TAPEGRAD_LAPACK(s, float)
TAPEGRAD_LAPACK(d, double)
#undef TAPEGRAD_LAPACK
}

#define TAPEGRAD_LAPACK(p, T)                                                                                          \
  inline Int potrf(char uplo, Int n, T* a, Int lda) {                                                                  \
    Int info = 0;                                                                                                      \
    scipy_##p##potrf_64_(&uplo, &n, a, &lda, &info, 1);                                                                \
    return info;                                                                                                       \
  }                                                                                                                    \
  inline Int getrf(Int m, Int n, T* a, Int lda, Int* pivots) {                                                         \
    Int info = 0;                                                                                                      \
    scipy_##p##getrf_64_(&m, &n, a, &lda, pivots, &info);                                                              \
    return info;                                                                                                       \
  }                                                                                                                    \
  inline void getri(Int n, T* a, const Int* pivots, T* work, Int size) {                                               \
    Int info = 0;                                                                                                      \
    scipy_##p##getri_64_(&n, a, &n, pivots, work, &size, &info);                                                       \
  }                                                                                                                    \
  inline void getrs(char transposed, Int n, Int columns, const T* lu, const Int* pivots, T* b) {                       \
    Int info = 0;                                                                                                      \
    scipy_##p##getrs_64_(&transposed, &n, &columns, lu, &n, pivots, b, &n, &info, 1);                                  \
  }                                                                                                                    \
  /* the first `count` swaps of rows; with order -1 from the last on */                                                \
  inline void laswp(Int n, T* a, Int lda, Int count, const Int* pivots, Int order = 1) {                               \
    const Int one = 1;                                                                                                 \
    scipy_##p##laswp_64_(&n, a, &lda, &one, &count, pivots, &order);                                                   \
  }                                                                                                                    \
  /* of reflectors in columns, applied from the first on, from the left; t is packed */                                \
  inline void larft(Int n, Int k, const T* v, Int ldv, const T* tau, T* t) {                                           \
    scipy_##p##larft_64_("F", "C", &n, &k, v, &ldv, tau, t, &k, 1, 1);                                                 \
  }                                                                                                                    \
  inline void larfb(char trans, Int m, Int n, Int k, const T* v, Int ldv, const T* t, T* c, Int ldc, T* work) {        \
    scipy_##p##larfb_64_("L", &trans, "F", "C", &m, &n, &k, v, &ldv, t, &k, c, &ldc, work, &n, 1, 1, 1, 1);            \
  }                                                                                                                    \
  inline void trsm(char side, char uplo, char trans, char unit, Int m, Int n, const T* a, Int lda, T* b, Int ldb) {    \
    const T one = 1;                                                                                                   \
    scipy_##p##trsm_64_(&side, &uplo, &trans, &unit, &m, &n, &one, a, &lda, b, &ldb, 1, 1, 1, 1);                      \
  }                                                                                                                    \
  inline void gemm(char trans_a, char trans_b, Int m, Int n, Int k, T alpha, const T* a, Int lda, const T* b, Int ldb, \
                   T beta, T* c, Int ldc) {                                                                            \
    scipy_##p##gemm_64_(&trans_a, &trans_b, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc, 1, 1);               \
  }                                                                                                                    \
  inline void geqrf(Int m, Int n, T* a, Int lda, T* tau, T* work, Int size) {                                          \
    Int info = 0;                                                                                                      \
    scipy_##p##geqrf_64_(&m, &n, a, &lda, tau, work, &size, &info);                                                    \
  }                                                                                                                    \
  inline void orgqr(Int m, Int n, Int k, T* a, Int lda, const T* tau, T* work, Int size) {                             \
    Int info = 0;                                                                                                      \
    scipy_##p##orgqr_64_(&m, &n, &k, a, &lda, tau, work, &size, &info);                                                \
  }                                                                                                                    \
  inline void ormqr(char side, char trans, Int m, Int n, Int k, const T* a, Int lda, const T* tau, T* c, T* work,      \
                    Int size) {                                                                                        \
    Int info = 0;                                                                                                      \
    scipy_##p##ormqr_64_(&side, &trans, &m, &n, &k, a, &lda, tau, c, &m, work, &size, &info, 1, 1);                    \
  }                                                                                                                    \
  inline Int syevd(char job, char uplo, Int n, T* a, T* w, T* work, Int size, Int* iwork, Int isize) {                 \
    Int info = 0;                                                                                                      \
    scipy_##p##syevd_64_(&job, &uplo, &n, a, &n, w, work, &size, iwork, &isize, &info, 1, 1);                          \
    return info;                                                                                                       \
  }                                                                                                                    \
  inline Int gesdd(char job, Int m, Int n, T* a, T* s, T* u, T* vt, Int ldvt, T* work, Int size, Int* iwork) {         \
    Int info = 0;                                                                                                      \
    scipy_##p##gesdd_64_(&job, &m, &n, a, &m, s, u, &m, vt, &ldvt, work, &size, iwork, &info, 1);                      \
    return info;                                                                                                       \
  }
TAPEGRAD_LAPACK(s, float)
TAPEGRAD_LAPACK(d, double)
#undef TAPEGRAD_LAPACK

// Least squares: b has max(m, n) rows.
#define TAPEGRAD_LAPACK(p, T)                                                                                      \
  inline Int gels(Int m, Int n, Int sides, T* a, T* b, T* work, Int size) {                                        \
    const char trans = 'N';                                                                                        \
    const Int lda = std::max<Int>(1, m), ldb = std::max<Int>({1, m, n});                                           \
    Int info = 0;                                                                                                  \
    scipy_##p##gels_64_(&trans, &m, &n, &sides, a, &lda, b, &ldb, work, &size, &info, 1);                          \
    return info;                                                                                                   \
  }                                                                                                                \
  inline Int gelsy(Int m, Int n, Int sides, T* a, T* b, Int* order, T rcond, Int* rank, T* work, Int size) {       \
    const Int lda = std::max<Int>(1, m), ldb = std::max<Int>({1, m, n});                                           \
    Int info = 0;                                                                                                  \
    scipy_##p##gelsy_64_(&m, &n, &sides, a, &lda, b, &ldb, order, &rcond, rank, work, &size, &info);               \
    return info;                                                                                                   \
  }                                                                                                                \
  inline Int gelsd(Int m, Int n, Int sides, T* a, T* b, T* s, T rcond, Int* rank, T* work, Int size, Int* iwork) { \
    const Int lda = std::max<Int>(1, m), ldb = std::max<Int>({1, m, n});                                           \
    Int info = 0;                                                                                                  \
    scipy_##p##gelsd_64_(&m, &n, &sides, a, &lda, b, &ldb, s, &rcond, rank, work, &size, iwork, &info);            \
    return info;                                                                                                   \
  }                                                                                                                \
  inline Int gelss(Int m, Int n, Int sides, T* a, T* b, T* s, T rcond, Int* rank, T* work, Int size) {             \
    const Int lda = std::max<Int>(1, m), ldb = std::max<Int>({1, m, n});                                           \
    Int info = 0;                                                                                                  \
    scipy_##p##gelss_64_(&m, &n, &sides, a, &lda, b, &ldb, s, &rcond, rank, work, &size, &info);                   \
    return info;                                                                                                   \
  }
TAPEGRAD_LAPACK(s, float)
TAPEGRAD_LAPACK(d, double)
#undef TAPEGRAD_LAPACK

}  // namespace tapegrad::kernels::lapack
