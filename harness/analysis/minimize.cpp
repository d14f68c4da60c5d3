#include "harness/analysis/minimize.hpp"

#include <algorithm>
#include <tuple>

namespace harness::analysis {

namespace {

Columns columns_of(const store::InputRecord& input) {
  Columns columns;
  for (const auto& [phase, calls] : input.pairs) {
    for (const SyscallId call : calls) {
      columns.insert({phase, call});
    }
  }
  return columns;
}

/// By size, then by name: the order in which inputs are preferred.
std::vector<std::string> by_size(const Inputs& inputs) {
  std::vector<std::string> order;
  for (const auto& [hash, input] : inputs) {
    order.push_back(hash);
  }
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return inputs.at(a).bytes < inputs.at(b).bytes;
  });
  return order;
}

/// Removes inputs whose pairs are all in other selected inputs, largest inputs first.
void drop_superfluous(std::vector<std::string>& chosen, const Inputs& inputs,
                      const std::map<std::string, Columns>& shown) {
  std::map<store::Column, int> times;
  for (const auto& hash : chosen) {
    for (const auto& column : shown.at(hash)) {
      ++times[column];
    }
  }
  std::stable_sort(chosen.begin(), chosen.end(), [&](const auto& a, const auto& b) {
    return std::tuple(inputs.at(b).bytes, b) < std::tuple(inputs.at(a).bytes, a);
  });
  std::erase_if(chosen, [&](const auto& hash) {
    const Columns& columns = shown.at(hash);
    if (std::any_of(columns.begin(), columns.end(),
                    [&](const auto& column) { return times[column] == 1; })) {
      return false;
    }
    for (const auto& column : columns) {
      --times[column];
    }
    return true;
  });
}

} // namespace

std::vector<std::string> choose_inputs(const Inputs& inputs) {
  std::map<std::string, Columns> shown;
  Columns missing;
  for (const auto& [hash, input] : inputs) {
    shown[hash] = columns_of(input);
    missing.insert(shown[hash].begin(), shown[hash].end());
  }
  const auto order = by_size(inputs);
  std::vector<std::string> chosen;
  while (!missing.empty()) {
    const std::string* best = nullptr;
    std::ptrdiff_t best_gain = 0;
    for (const auto& hash : order) { // small ones first, and only more gain beats them
      const auto gain = std::count_if(shown[hash].begin(), shown[hash].end(),
                                      [&](const auto& c) { return missing.contains(c); });
      if (gain > best_gain) {
        best_gain = gain;
        best = &hash;
      }
    }
    for (const auto& column : shown[*best]) {
      missing.erase(column);
    }
    chosen.push_back(*best);
  }
  drop_superfluous(chosen, inputs, shown);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Minimized minimize(const Inputs& inputs, const Show& show) {
  Minimized result;
  Columns missing;
  for (const auto& [hash, input] : inputs) {
    const Columns columns = columns_of(input);
    missing.insert(columns.begin(), columns.end());
    result.bytes_before += input.bytes;
  }
  result.pairs = missing.size();

  const auto chosen = choose_inputs(inputs);
  std::set<std::string> kept(chosen.begin(), chosen.end());
  std::set<std::string> tried;
  const auto try_inputs = [&](const std::vector<std::string>& hashes) {
    tried.insert(hashes.begin(), hashes.end());
    const std::size_t before = missing.size();
    for (const auto& columns : show(hashes)) {
      for (const auto& column : columns) {
        missing.erase(column);
      }
    }
    return missing.size() < before;
  };
  try_inputs(chosen);
  for (const auto& hash : by_size(inputs)) {
    const Columns columns = columns_of(inputs.at(hash));
    const bool hopeful =
        !tried.contains(hash) && std::any_of(columns.begin(), columns.end(),
                                             [&](const auto& c) { return missing.contains(c); });
    if (hopeful && try_inputs({hash})) {
      kept.insert(hash);
    }
  }
  result.unconfirmed = missing;
  result.inputs.assign(kept.begin(), kept.end());
  for (const auto& hash : result.inputs) {
    result.bytes += inputs.at(hash).bytes;
  }
  return result;
}

} // namespace harness::analysis
