// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/process_tree.hpp"

#include <cstdint>

namespace harness::campaign {

namespace {

ProcessNode node_of(const RunResult& result, std::size_t index,
                    const std::vector<std::string>& phases) {
  const ProcessRecord& process = result.processes[index];
  ProcessNode node{.name = process.name,
                   .executable = process.executable < result.executables.size()
                                     ? result.executables[process.executable]
                                     : "",
                   .phase = process.phase < phases.size() ? phases[process.phase] : "",
                   .end = process.end ? describe(*process.end) : "",
                   .threads = process.threads.size()};
  for (const auto& thread : process.threads) {
    for (const auto& sighting : thread.calls) {
      node.calls += sighting.calls.value_or(0);
    }
  }
  // A child comes after its parent in the list: no cycle whatever the records say.
  for (std::size_t child = index + 1; child < result.processes.size(); ++child) {
    if (result.processes[child].parent.value_or(0) == index) {
      node.children.push_back(node_of(result, child, phases));
    }
  }
  return node;
}

} // namespace

ProcessNode process_tree(const RunResult& result, const std::vector<std::string>& phases) {
  return result.processes.empty() ? ProcessNode{} : node_of(result, 0, phases);
}

} // namespace harness::campaign
