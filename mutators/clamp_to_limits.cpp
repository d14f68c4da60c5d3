// SPDX-License-Identifier: Apache-2.0
#include "mutators/clamp_to_limits.hpp"

#include "core/model/input_limits.hpp"

#include <algorithm>
#include <unordered_set>

namespace harness::mutators {

namespace {

/// What a line of the text form costs beside its words.
constexpr std::size_t line_bytes = 48;

/// Text that may still be spent.
class Budget {
public:
  /// Cuts `text` to what is left of the budget and takes that.
  void spend(std::string& text) {
    text.resize(std::min(text.size(), left_));
    left_ -= text.size();
  }
  /// A line with `bytes` of text that can't be cut; false if that is too much.
  bool spend_line(std::size_t bytes = 0) {
    if (left_ < line_bytes + bytes) {
      return false;
    }
    left_ -= line_bytes + bytes;
    return true;
  }

private:
  std::size_t left_ = max_text_bytes;
};

template <typename Value> void cut(std::vector<Value>& list, std::size_t most) {
  if (list.size() > most) {
    list.resize(most);
  }
}

/// Keeps the elements for which `keep` (which may change them) is true.
template <typename Value, typename Keep> void keep_if(std::vector<Value>& list, Keep keep) {
  list.erase(std::remove_if(list.begin(), list.end(), [&](Value& value) { return !keep(value); }),
             list.end());
}

void settle_c_string(std::string& text, Budget& budget) {
  std::replace(text.begin(), text.end(), '\0', '?');
  text.resize(std::min(text.size(), input_limits::string_bytes / 2));
  budget.spend(text);
}

void settle_launch(Input& input, Budget& budget) {
  cut(input.arguments, input_limits::arguments);
  keep_if(input.arguments, [&](std::string& argument) {
    settle_c_string(argument, budget);
    return budget.spend_line();
  });
  cut(input.environment, input_limits::environment);
  keep_if(input.environment, [&](EnvironmentChange& change) {
    settle_c_string(change.name, budget);
    std::replace(change.name.begin(), change.name.end(), '=', '_');
    if (change.value) {
      settle_c_string(*change.value, budget);
    }
    return !change.name.empty() && budget.spend_line();
  });
}

/// A node that keeps the rules for its kind; false if it can't.
bool settle_node(FileNode& node, Budget& budget) {
  const bool links = node.kind == FileNode::Kind::symlink || node.kind == FileNode::Kind::hard_link;
  if (!check_tree_path(node.path) || !budget.spend_line(node.path.size())) {
    return false;
  }
  if (node.kind == FileNode::Kind::hard_link && !check_tree_path(node.target)) {
    return false;
  }
  if (node.kind == FileNode::Kind::symlink) {
    std::replace(node.target.begin(), node.target.end(), '\0', '?');
    node.target.resize(std::min(node.target.size(), input_limits::path_bytes));
  }
  cut(node.attributes, input_limits::attributes);
  const std::size_t target_bytes = node.target.size();
  budget.spend(node.target);
  budget.spend(node.content);
  for (auto& [name, value] : node.attributes) {
    budget.spend(value);
  }
  // A target that the budget cut short is another target.
  return !links || (!node.target.empty() && node.target.size() == target_bytes);
}

void settle_files(Input& input, Budget& budget) {
  cut(input.files, input_limits::files);
  std::unordered_set<std::string> paths;
  std::uint64_t entries = 0;
  std::size_t file_systems = 0;
  keep_if(input.files, [&](FileNode& node) {
    if (!settle_node(node, budget) || !paths.insert(node.path).second) {
      return false;
    }
    node.entries = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(node.entries, input_limits::directory_entries - entries));
    entries += node.entries;
    file_systems += node.kind == FileNode::Kind::file_system ? 1 : 0;
    return node.kind != FileNode::Kind::file_system || file_systems <= input_limits::file_systems;
  });
}

void settle_script(Input& input, Budget& budget) {
  cut(input.configuration, input_limits::configuration_lines);
  keep_if(input.configuration, [&](std::vector<std::string>& words) {
    for (auto& word : words) {
      budget.spend(word);
    }
    return !words.empty() && budget.spend_line();
  });
  cut(input.script, input_limits::steps);
  std::uint64_t milliseconds = 0;
  const auto spend_time = [&](std::uint32_t& wanted) {
    const std::uint64_t left = input_limits::total_milliseconds - milliseconds;
    wanted = static_cast<std::uint32_t>(
        std::min<std::uint64_t>({wanted, input_limits::milliseconds, left}));
    milliseconds += wanted;
  };
  keep_if(input.script, [&](Step& step) {
    for (auto& word : step.words) {
      budget.spend(word);
    }
    spend_time(step.milliseconds);
    step.client %= input_limits::clients;
    return budget.spend_line();
  });
  for (auto& fault : input.faults) {
    spend_time(fault.milliseconds);
  }
}

} // namespace

void clamp_to_limits(Input& input) {
  Budget budget;
  settle_launch(input, budget);
  settle_files(input, budget);
  cut(input.faults, input_limits::faults);
  settle_script(input, budget);
  // A line of standard input costs its quotes and directive too: count every line end.
  budget.spend(input.standard_input.bytes);
  const auto lines = static_cast<std::size_t>(
      std::count(input.standard_input.bytes.begin(), input.standard_input.bytes.end(), '\n'));
  if (lines * line_bytes > max_text_bytes) {
    input.standard_input.bytes.resize(max_text_bytes / line_bytes);
  }
  cut(input.signals, input_limits::signals);
  cut(input.limits, input_limits::resource_limits);
  cut(input.sidecars, input_limits::sidecars);
  cut(input.identity.capabilities, input_limits::capabilities);
}

} // namespace harness::mutators
