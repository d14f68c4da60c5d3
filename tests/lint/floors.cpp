// Every #include against the floors of ARCHITECTURE.md: down is allowed, up is not, and the rooms
// of floor 2 never know each other.
#include "harness/base/text.hpp"
#include "tests/lint/tree.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <optional>

using namespace harness;
using namespace harness::lint;

namespace {

struct Room {
  std::string_view directory;
  int floor;
};

// In the order of the root meson.build. On floors 1 and 3 a room may use those above it in this
// table; on floor 2 none.
constexpr std::array rooms = {
    Room{"harness/base/", 0},     Room{"harness/model/", 1},  Room{"harness/bpf/", 1},
    Room{"harness/stats/", 1},    Room{"tracer/", 2},         Room{"mutators/", 2},
    Room{"workloads/", 2},        Room{"policy/", 2},         Room{"patch/", 2},
    Room{"reports/", 2},          Room{"harness/engine/", 3}, Room{"harness/store/", 3},
    Room{"harness/campaign/", 3}, Room{"harness/cli/", 4},
};

std::optional<std::size_t> room_of(std::string_view path) {
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (path.starts_with(rooms[i].directory)) {
      return i;
    }
  }
  return std::nullopt;
}

bool may_use(std::size_t user, std::size_t used) {
  if (user == used || rooms[used].floor < rooms[user].floor) {
    return true;
  }
  return rooms[used].floor == rooms[user].floor && rooms[user].floor != 2 && used < user;
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

TEST_CASE("includes go down the floors") {
  std::vector<std::string> findings;
  std::size_t seen = 0;
  for (const auto& file : tree()) {
    const auto user = room_of(file.path);
    if (!user || !is_source(file)) {
      continue;
    }
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      const auto included = quoted_include(file.lines[line]);
      if (!included || included->ends_with(".inc")) { // generated tables stand in the build tree
        continue;
      }
      ++seen;
      const auto used = room_of(*included);
      if (!used) {
        findings.push_back(fmt::format("{}:{}: {} is in no room; write includes from the root",
                                       file.path, line + 1, *included));
      } else if (!may_use(*user, *used)) {
        findings.push_back(fmt::format("{}:{}: {} must not use {}", file.path, line + 1,
                                       rooms[*user].directory, rooms[*used].directory));
      }
    }
  }
  CHECK(seen > 100);
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("rules of the table, by example") {
  const auto allowed = [](std::string_view user, std::string_view used) {
    return may_use(*room_of(user), *room_of(used));
  };
  CHECK(allowed("tracer/x.cpp", "harness/bpf/filter.hpp"));
  CHECK_FALSE(allowed("tracer/x.cpp", "policy/x.hpp"));
  CHECK_FALSE(allowed("tracer/x.cpp", "mutators/x.hpp"));
  CHECK_FALSE(allowed("harness/model/x.hpp", "tracer/x.hpp"));
  CHECK(allowed("harness/campaign/x.cpp", "harness/store/x.hpp"));
  CHECK_FALSE(allowed("harness/store/x.cpp", "harness/campaign/x.hpp"));
  CHECK_FALSE(allowed("harness/base/x.cpp", "harness/model/x.hpp"));
}

TEST_CASE("the root meson.build builds in the order of the floors") {
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
    for (const auto& room : rooms) {
      expected.emplace_back(room.directory);
    }
    order.resize(std::min(order.size(), expected.size()));
    CHECK(order == expected);
    return;
  }
  FAIL("no meson.build at the root");
}

TEST_CASE("libraries are known by the rooms that need them") {
  struct Rule {
    std::string_view header;
    std::vector<std::string_view> allowed; // path prefixes
  };
  // Where a library may be included at all; a second user is a decision, not an accident.
  const std::vector<Rule> rules = {
      {"<yaml-cpp/",
       {"harness/campaign/yaml_tree.cpp", "policy/format_spo.cpp", "tests/containers/recipes.cpp"}},
      {"<CLI/", {"harness/cli/"}},
      {"<sqlite3.h>", {"harness/store/", "tests/"}},
      {"<kainjow/", {"reports/"}},
      {"<boost/", {"harness/campaign/", "harness/engine/", "harness/stats/", "tests/campaign/"}},
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
              fmt::format("{}:{}: {} is not for this room", file.path, line + 1, rule.header));
        }
      }
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}
