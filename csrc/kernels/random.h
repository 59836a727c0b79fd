#pragma once
// Random numbers from a counter-based generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011). Element i of a draw depends on the seed, the stream position and i only, so that a
// result is the same for any number of threads.

#include <cstdint>

#include "core/tensor.h"

namespace tapegrad::kernels {

/// Seed and position in its stream. A draw of n elements moves the position on by what it used.
struct Generator {
  std::uint64_t seed = 0;
  std::uint64_t position = 0;
};

/// The calling thread's generator state is shared by all threads under the interpreter's lock.
Generator& default_generator();

/// Each fills `out`, contiguous. uniform: floats in [low, high), 24 (float32) or 53 bits. normal: floats, Box-Muller.
/// integers: any dtype, in [low, high), low < high, without modulo bias. The bounds may be those of uint64, wrapped:
/// 2^63 written as -2^63, and 2^64 as 0.
void uniform(Tensor& out, double low, double high, Generator& generator);
void normal(Tensor& out, double mean, double std, Generator& generator);
void integers(Tensor& out, std::int64_t low, std::int64_t high, Generator& generator);

/// Distributions on floats: exponential with density rate * exp(-rate x); log_normal the exponential of normal numbers;
/// cauchy. geometric, bernoulli: any numeric dtype; the number of the first success, from 1 on; 0 or 1.
void exponential(Tensor& out, double rate, Generator& generator);
void log_normal(Tensor& out, double mean, double std, Generator& generator);
void cauchy(Tensor& out, double median, double scale, Generator& generator);
void geometric(Tensor& out, double p, Generator& generator);
void bernoulli(Tensor& out, double p, Generator& generator);

/// Each number by parameters of its own, which have out's shape and lie in their ranges: p in [0, 1], rates >= 0.
void bernoulli(Tensor& out, const Tensor& p, Generator& generator);
void poisson(Tensor& out, const Tensor& rates, Generator& generator);
void binomial(Tensor& out, const Tensor& counts, const Tensor& p, Generator& generator);

/// int64 numbers of categories, samples along the last dimension, by the weights along the last dimension of `weights`:
/// finite, not negative, not all zero. Without replacement there are no more samples than categories.
void multinomial(Tensor& out, const Tensor& weights, bool replacement, Generator& generator);

/// 0, 1, ... in random order (Fisher-Yates).
void permutation(Tensor& out, Generator& generator);

}  // namespace tapegrad::kernels
