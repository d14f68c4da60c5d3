// Checks every #include against the layers of ARCHITECTURE.md: a module may use lower layers, never
// higher ones, and the modules of layers 2 and 5 never include each other.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "tests/lint/tree.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <optional>

using namespace harness;
using namespace harness::lint;

namespace {

struct Module {
  std::string_view directory;
  int layer;
};

// In the order of the root meson.build. On layers 1 and 3 a module may use those above it in this
// table; on layers 2 and 5 modules never include each other.
constexpr std::array modules = {
    Module{"core/base/", 0},
    Module{"core/model/", 1},
    Module{"core/bpf/", 1},
    Module{"core/stats/", 1},
    Module{"core/launch/", 1},
    Module{"tracer/", 2},
    Module{"mutators/", 2},
    Module{"workloads/", 2},
    Module{"sandbox/", 2},
    Module{"policy/", 2},
    Module{"patch/", 2},
    Module{"reports/", 2},
    Module{"harness/engine/", 3},
    Module{"harness/plan/", 3},
    Module{"harness/store/", 3},
    Module{"harness/pool/", 4},
    Module{"harness/campaign/", 5},
    Module{"harness/analysis/", 5},
    Module{"harness/cli/", 6},
};

std::optional<std::size_t> module_of(std::string_view path) {
  for (std::size_t i = 0; i < modules.size(); ++i) {
    if (path.starts_with(modules[i].directory)) {
      return i;
    }
  }
  return std::nullopt;
}

bool may_use(std::size_t user, std::size_t used) {
  if (user == used || modules[used].layer < modules[user].layer) {
    return true;
  }
  const int layer = modules[user].layer;
  return modules[used].layer == layer && layer != 2 && layer != 5 && used < user;
}

std::optional<std::string> quoted_include(const std::string& line) {
  constexpr std::string_view start = "#include \"";
  if (!line.starts_with(start)) {
    return std::nullopt;
  }
  return line.substr(start.size(), line.find('"', start.size()) - start.size());
}

bool is_source(const SourceFile& file) {
  return file.has_extension(".cpp") || file.has_extension(".hpp");
}

} // namespace

TEST_CASE("includes go to lower layers only") {
  std::vector<std::string> findings;
  std::size_t seen = 0;
  for (const auto& file : tree()) {
    const auto user = module_of(file.path);
    if (!user || !is_source(file)) {
      continue;
    }
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      const auto included = quoted_include(file.lines[line]);
      if (!included || included->ends_with(".inc") ||
          included->ends_with(".skel.h")) { // generated tables stand in the build tree
        continue;
      }
      ++seen;
      const auto used = module_of(*included);
      if (!used) {
        findings.push_back(fmt::format("{}:{}: {} is in no module; write includes from the root",
                                       file.path, line + 1, *included));
      } else if (!may_use(*user, *used)) {
        findings.push_back(fmt::format("{}:{}: {} must not use {}", file.path, line + 1,
                                       modules[*user].directory, modules[*used].directory));
      }
    }
  }
  CHECK(seen > 100);
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("rules of the table, by example") {
  const auto allowed = [](std::string_view user, std::string_view used) {
    return may_use(*module_of(user), *module_of(used));
  };
  CHECK(allowed("tracer/x.cpp", "core/bpf/filter.hpp"));
  CHECK_FALSE(allowed("tracer/x.cpp", "policy/x.hpp"));
  CHECK_FALSE(allowed("tracer/x.cpp", "mutators/x.hpp"));
  CHECK_FALSE(allowed("core/model/x.hpp", "tracer/x.hpp"));
  CHECK(allowed("harness/campaign/x.cpp", "harness/store/x.hpp"));
  CHECK_FALSE(allowed("harness/store/x.cpp", "harness/campaign/x.hpp"));
  CHECK_FALSE(allowed("harness/analysis/x.cpp", "harness/campaign/x.hpp"));
  CHECK_FALSE(allowed("harness/campaign/x.cpp", "harness/analysis/x.hpp"));
  CHECK_FALSE(allowed("core/base/x.cpp", "core/model/x.hpp"));
}

TEST_CASE("the root meson.build builds in the order of the layers") {
  for (const auto& file : tree()) {
    if (file.path != "meson.build") {
      continue;
    }
    std::vector<std::string> order;
    for (const auto& line : file.lines) {
      if (line.starts_with("subdir('")) {
        order.push_back(line.substr(8, line.find('\'', 8) - 8) + "/");
      }
    }
    std::vector<std::string> expected;
    for (const auto& module : modules) {
      expected.emplace_back(module.directory);
    }
    order.resize(std::min(order.size(), expected.size()));
    CHECK(order == expected);
    return;
  }
  FAIL("no meson.build at the root");
}

TEST_CASE("a run starts processes through core/launch only") {
  constexpr std::array ways = {"fork(", "clone(",      "SYS_clone", "execv",
                               "execl", "posix_spawn", "popen(",    "system("};
  std::vector<std::string> findings;
  std::size_t seen = 0;
  for (const auto& file : tree()) {
    if (!is_source(file) || !(file.is_below("tracer/") || file.is_below("workloads/"))) {
      continue;
    }
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      ++seen;
      for (const std::string_view way : ways) {
        const auto place = file.lines[line].find("::" + std::string(way));
        const auto raw = way.starts_with("SYS_")
                             ? file.lines[line].find("syscall(" + std::string(way))
                             : std::string::npos;
        if (place != std::string::npos || raw != std::string::npos) {
          findings.push_back(fmt::format("{}:{}: {} starts a process; use launch::ChildPlan",
                                         file.path, line + 1, way));
        }
      }
    }
  }
  CHECK(seen > 1000);
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("libraries are included by the modules that need them") {
  struct Rule {
    std::string_view header;
    std::vector<std::string_view> allowed; // path prefixes
  };
  // Where a library may be included at all; a second user is a decision, not an accident.
  const std::vector<Rule> rules = {
      {"<yaml-cpp/",
       {"harness/plan/yaml_tree.cpp", "policy/format_spo.cpp", "tests/containers/recipes.cpp"}},
      {"<CLI/", {"harness/cli/"}},
      {"<sqlite3.h>", {"harness/store/", "tests/"}},
      {"<kainjow/", {"reports/"}},
      {"<boost/",
       {"harness/campaign/", "harness/analysis/", "harness/pool/", "harness/engine/", "core/stats/",
        "tests/campaign/"}},
      {"<sys/ptrace.h>", {"tracer/", "tests/", "bench/"}},
      {"<linux/ptrace.h>", {"tracer/", "tests/", "bench/"}},
  };
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    if (!is_source(file) && !file.has_extension(".c")) {
      continue;
    }
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      for (const auto& rule : rules) {
        const bool used = file.lines[line].starts_with("#include ") &&
                          file.lines[line].find(rule.header) != std::string::npos;
        const bool allowed = std::any_of(rule.allowed.begin(), rule.allowed.end(),
                                         [&](auto prefix) { return file.is_below(prefix); });
        if (used && !allowed) {
          findings.push_back(
              fmt::format("{}:{}: {} is not for this module", file.path, line + 1, rule.header));
        }
      }
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}
