// einsum: its notation, and the order of contraction.

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "ops/contraction.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

using Labels = std::vector<int>;

// Labels: a letter's number in ASCII; the dimensions of an ellipsis, counted from the right, lie below all letters.
constexpr int kEllipsis = 0;
constexpr int ellipsis_label(std::size_t from_right) { return -static_cast<int>(from_right); }
constexpr std::size_t kLetters = 128;

struct Equation {
  std::vector<Labels> terms;  // kEllipsis stands for an ellipsis
  Labels output;
  bool has_output = false;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Equation parse(std::string_view text) {
  Equation e;
  e.terms.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    Labels& term = e.has_output ? e.output : e.terms.back();
    const std::string where = e.has_output ? "output" : "operand " + std::to_string(e.terms.size() - 1);
    const auto found = [&](int label) { return std::find(term.begin(), term.end(), label) != term.end(); };
    const char c = text[i];
    if (c == ' ') continue;
    if (is_letter(c)) {
      if (e.has_output && found(c))
        fail<Error>("einsum(): output subscript ", c, " appears more than once in the output");
      term.push_back(c);
    } else if (c == '.') {
      if (found(kEllipsis)) fail<Error>("einsum(): found '.' for ", where, " but an ellipsis (...) was already found");
      if (text.substr(i, 3) != "...")
        fail<Error>("einsum(): found '.' for ", where, " that is not part of any ellipsis");
      term.push_back(kEllipsis);
      i += 2;
    } else if (c == ',' && !e.has_output) {
      e.terms.emplace_back();
    } else if (text.substr(i, 2) == "->" && !e.has_output) {
      e.has_output = true;
      ++i;
    } else {
      fail<Error>("einsum(): invalid subscript given at index ", i,
                  " in the equation string, subscripts must be in [a-zA-Z]");
    }
  }
  return e;
}

/// The dimensions that the ellipses stand for: as many as in the operand where it stands for most.
std::size_t ellipsis_size(const Equation& e, std::span<const Variable> operands) {
  if (e.terms.size() != operands.size()) {
    fail<Error>("einsum(): ", operands.size() > e.terms.size() ? "more" : "fewer",
                " operands were provided than specified in the equation");
  }
  std::size_t most = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Labels& term = e.terms[i];
    const bool ellipsis = std::find(term.begin(), term.end(), kEllipsis) != term.end();
    const std::size_t letters = term.size() - (ellipsis ? 1 : 0), ndim = operands[i].ndim();
    if (ellipsis ? letters > ndim : letters != ndim) {
      fail<Error>(
          "einsum(): the number of subscripts in the equation (", letters,
          ellipsis ? ") is more than the number of dimensions (" : ") does not match the number of dimensions (", ndim,
          ") for operand ", i, ellipsis ? "" : " and no ellipsis was given");
    }
    if (ellipsis) most = std::max(most, ndim - letters);
  }
  return most;
}

Labels with_ellipsis(const Labels& term, std::size_t count) {
  Labels labels;
  for (const int label : term) {
    if (label != kEllipsis) labels.push_back(label);
    else
      for (std::size_t i = count; i > 0; --i) labels.push_back(ellipsis_label(i));
  }
  return labels;
}

std::string name_of(int label) {
  return label > 0 ? std::string("subscript ") + static_cast<char>(label)
                   : "dimension " + std::to_string(-label) + " from the right of the ellipsis";
}

/// An operand with its labels, each once: of repeated ones the diagonal.
Labelled labelled(Variable value, Labels labels, std::size_t operand) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = i + 1; j < labels.size();) {
      if (labels[j] != labels[i]) {
        ++j;
        continue;
      }
      if (value.shape()[i] != value.shape()[j]) {
        fail<Error>("einsum(): ", name_of(labels[i]), " is repeated for operand ", operand,
                    " but the sizes don't match, ", value.shape()[j], " != ", value.shape()[i]);
      }
      // The diagonal comes last, and goes back to where i was.
      value = diagonal_of(value, static_cast<Index>(i), static_cast<Index>(j));
      Dims order;
      for (std::size_t d = 0; d + 1 < value.ndim(); ++d) order.push_back(static_cast<Index>(d));
      order.insert(i, static_cast<Index>(value.ndim() - 1));
      value = permute(value, order);
      labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(j));
    }
  }
  return {std::move(value), std::move(labels)};
}

/// Checks that sizes agree, and takes the dimensions of size 1 that broadcast away.
void broadcast_labels(std::vector<Labelled>& factors) {
  std::vector<std::pair<int, Index>> sizes;
  const auto size_of = [&](int label) -> Index& {
    for (auto& [known, size] : sizes)
      if (known == label) return size;
    return sizes.emplace_back(label, 1).second;
  };
  for (std::size_t i = 0; i < factors.size(); ++i) {
    for (const int label : factors[i].labels) {
      Index& known = size_of(label);
      const Index size = factors[i].size(label);
      if (known == 1) known = size;
      else if (size != 1 && size != known)
        fail<Error>("einsum(): ", name_of(label), " has size ", size, " for operand ", i,
                    " which does not broadcast with previously seen size ", known);
    }
  }
  for (Labelled& x : factors) {
    for (std::size_t d = x.labels.size(); d-- > 0;) {
      if (x.value.shape()[d] != 1 || size_of(x.labels[d]) == 1) continue;
      x.value = squeeze(x.value, static_cast<Index>(d));
      x.labels.erase(x.labels.begin() + static_cast<std::ptrdiff_t>(d));
    }
  }
}

Labels output_labels(const Equation& e, const std::vector<Labels>& terms, std::size_t ellipsis) {
  std::array<int, kLetters> times{};
  for (const Labels& term : terms)
    for (const int label : term)
      if (label > 0) ++times[static_cast<std::size_t>(label)];
  if (e.has_output) {
    for (const int label : e.output)
      if (label != kEllipsis && times[static_cast<std::size_t>(label)] == 0)
        fail<Error>("einsum(): output subscript ", static_cast<char>(label),
                    " does not appear in the equation for any input operand");
    return with_ellipsis(e.output, ellipsis);
  }
  Labels output = with_ellipsis({kEllipsis}, ellipsis);
  for (std::size_t letter = 0; letter < kLetters; ++letter)
    if (times[letter] == 1) output.push_back(static_cast<int>(letter));
  return output;
}

double elements(const Labelled& x) { return static_cast<double>(x.value.numel()); }

/// The two factors whose contraction makes the total memory least.
std::pair<std::size_t, std::size_t> next_pair(const std::vector<Labelled>& factors, const Labels& output) {
  std::pair<std::size_t, std::size_t> best{0, 1};
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < factors.size(); ++i) {
    for (std::size_t j = i + 1; j < factors.size(); ++j) {
      double size = 1;
      const auto add = [&](const Labelled& x, const Labelled* counted) {
        for (const int label : x.labels) {
          if (counted && counted->has(label)) continue;
          bool kept = std::find(output.begin(), output.end(), label) != output.end();
          for (std::size_t k = 0; k < factors.size() && !kept; ++k) kept = k != i && k != j && factors[k].has(label);
          if (kept) size *= static_cast<double>(x.size(label));
        }
      };
      add(factors[i], nullptr);
      add(factors[j], &factors[i]);
      const double cost = size - elements(factors[i]) - elements(factors[j]);
      if (cost < least) {
        least = cost;
        best = {i, j};
      }
    }
  }
  return best;
}

}  // namespace

Variable einsum(std::string_view text, std::span<const Variable> operands) {
  const Equation equation = parse(text);
  const std::size_t ellipsis = ellipsis_size(equation, operands);
  std::vector<Labelled> factors;
  std::vector<Labels> terms;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Labels& term = equation.terms[i];
    terms.push_back(with_ellipsis(term, operands[i].ndim() + 1 - term.size()));
    factors.push_back(labelled(operands[i], terms[i], i));
  }
  const Labels output = output_labels(equation, terms, ellipsis);
  broadcast_labels(factors);
  while (factors.size() > 1) {
    const auto [i, j] = next_pair(factors, output);
    const Labelled b = std::move(factors[j]), a = std::move(factors[i]);
    factors.erase(factors.begin() + static_cast<std::ptrdiff_t>(j));
    factors.erase(factors.begin() + static_cast<std::ptrdiff_t>(i));
    const auto keeps = [&](int label) {
      return std::find(output.begin(), output.end(), label) != output.end() ||
             std::any_of(factors.begin(), factors.end(), [&](const Labelled& x) { return x.has(label); });
    };
    factors.push_back(contract(a, b, keeps, true));
  }
  const Variable result = reduced_to(factors[0], output);
  return operands.size() == 1 && result.is(operands[0]) ? view(result, result.shape()) : result;
}

}  // namespace tapegrad
