// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/minimize.hpp"

#include <algorithm>
#include <tuple>

namespace harness::analysis {

namespace {

PhaseCalls calls_of(const store::InputRecord& input) {
  PhaseCalls pairs;
  for (const auto& [phase, calls] : input.pairs) {
    for (const SyscallId call : calls) {
      pairs.insert({phase, call});
    }
  }
  return pairs;
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
                      const std::map<std::string, PhaseCalls>& shown) {
  std::map<PhaseCall, int> times;
  for (const auto& hash : chosen) {
    for (const auto& pair : shown.at(hash)) {
      ++times[pair];
    }
  }
  std::stable_sort(chosen.begin(), chosen.end(), [&](const auto& a, const auto& b) {
    return std::tuple(inputs.at(b).bytes, b) < std::tuple(inputs.at(a).bytes, a);
  });
  std::erase_if(chosen, [&](const auto& hash) {
    const PhaseCalls& calls = shown.at(hash);
    if (std::any_of(calls.begin(), calls.end(),
                    [&](const auto& pair) { return times[pair] == 1; })) {
      return false;
    }
    for (const auto& pair : calls) {
      --times[pair];
    }
    return true;
  });
}

} // namespace

std::vector<std::string> choose_inputs(const Inputs& inputs) {
  std::map<std::string, PhaseCalls> shown;
  PhaseCalls missing;
  for (const auto& [hash, input] : inputs) {
    shown[hash] = calls_of(input);
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
    for (const auto& pair : shown[*best]) {
      missing.erase(pair);
    }
    chosen.push_back(*best);
  }
  drop_superfluous(chosen, inputs, shown);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Minimized minimize(const Inputs& inputs, const Show& show) {
  Minimized result;
  PhaseCalls missing;
  for (const auto& [hash, input] : inputs) {
    const PhaseCalls calls = calls_of(input);
    missing.insert(calls.begin(), calls.end());
    result.bytes_before += input.bytes;
  }
  result.pairs = missing.size();

  const auto chosen = choose_inputs(inputs);
  std::set<std::string> kept(chosen.begin(), chosen.end());
  std::set<std::string> tried;
  const auto try_inputs = [&](const std::vector<std::string>& hashes) {
    tried.insert(hashes.begin(), hashes.end());
    const std::size_t before = missing.size();
    for (const auto& calls : show(hashes)) {
      for (const auto& pair : calls) {
        missing.erase(pair);
      }
    }
    return missing.size() < before;
  };
  try_inputs(chosen);
  for (const auto& hash : by_size(inputs)) {
    const PhaseCalls calls = calls_of(inputs.at(hash));
    const bool hopeful =
        !tried.contains(hash) &&
        std::any_of(calls.begin(), calls.end(), [&](const auto& c) { return missing.contains(c); });
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
