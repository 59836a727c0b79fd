#pragma once
// Random numbers, as PyTorch's functions of the same names. The numbers depend on the generator's seed and position
// alone. Raises Error for parameters out of range, with nothing drawn or written.

#include "kernels/random.h"
#include "ops/ops.h"

namespace tapegrad {

using kernels::Generator;

// --- new arrays
Variable uniform(const Dims& shape, DType dtype, Generator& generator);
Variable standard_normal(const Dims& shape, DType dtype, Generator& generator);
Variable randint(Index low, Index high, const Dims& shape, DType dtype, Generator& generator);
Variable randperm(Index n, DType dtype, Generator& generator);

// --- by arrays of parameters
/// mean + std * noise, of mean's dtype, or std's where mean is a number: gradients flow to both.
Variable normal(const Operand& mean, const Operand& std, Generator& generator);
Variable bernoulli(const Operand& p, Generator& generator);
Variable poisson(const Operand& rates, Generator& generator);
Variable binomial(const Operand& counts, const Operand& p, Generator& generator);
Variable multinomial(const Variable& weights, Index samples, bool replacement, Generator& generator);

// --- in place: what was there has a gradient of zeros
void uniform_(const Variable& self, double low, double high, Generator& generator);
void normal_(const Variable& self, double mean, double std, Generator& generator);
void log_normal_(const Variable& self, double mean, double std, Generator& generator);
void exponential_(const Variable& self, double rate, Generator& generator);
void cauchy_(const Variable& self, double median, double scale, Generator& generator);
void geometric_(const Variable& self, double p, Generator& generator);
void bernoulli_(const Variable& self, const Operand& p, Generator& generator);
/// Whole numbers in [low, high); without them in [0, the greatest that the dtype has, or counts without gaps].
void random_(const Variable& self, std::optional<Index> low, std::optional<Index> high, Generator& generator);

}  // namespace tapegrad
