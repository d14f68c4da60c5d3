// SPDX-License-Identifier: Apache-2.0
#include "core/model/syscall_table.hpp"
#include "reports/formats.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/schema.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace harness;
using namespace harness::reports;
using nlohmann::json;

namespace {

json parsed_schema() {
  return json::parse(test::read_text(test::source_root() + "/docs/report.schema.json"));
}

void check_valid(const json& report) {
  for (const auto& error : test::schema_errors(parsed_schema(), report)) {
    FAIL_CHECK(error);
  }
}

} // namespace

TEST_CASE("report.json") {
  const std::string text = to_json(test::example_summary());
  test::check_golden("report.json", text);
  check_valid(json::parse(text));
}

TEST_CASE("the keys of the contract come first, in their order") {
  const auto report = nlohmann::ordered_json::parse(to_json(test::example_summary()));
  const std::vector<std::string> wanted{
      "schema", "campaign", "runs",          "converged", "elapsed_s",       "runs_per_s",
      "phases", "union",    "residual_risk", "failures",  "incomplete_runs", "fault_only"};
  std::vector<std::string> keys;
  for (const auto& [key, value] : report.items()) {
    keys.push_back(key);
  }
  keys.resize(wanted.size());
  CHECK(keys == wanted);

  const std::vector<std::string> row_keys{"name", "number",    "arch",        "calls",
                                          "runs", "first_run", "first_input", "executables"};
  keys.clear();
  for (const auto& [key, value] : report["phases"][0]["syscalls"][0].items()) {
    keys.push_back(key);
  }
  keys.resize(row_keys.size());
  CHECK(keys == row_keys);
}

TEST_CASE("the schema describes every key, and no other") {
  json schema = parsed_schema();
  const json report = json::parse(to_json(test::example_summary()));
  for (const auto& [key, value] : report.items()) {
    CHECK_MESSAGE(schema["properties"].contains(key), key);
  }
  for (const auto& [key, value] : schema["properties"].items()) {
    CHECK_MESSAGE(report.contains(key), key);
  }
}

TEST_CASE("union is sorted, names foreign architectures and leaves fault-only calls apart") {
  const json report = json::parse(to_json(test::example_summary()));
  const std::vector<std::string> names = report["union"];
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(std::count(names.begin(), names.end(), "i386:open") == 1);
  CHECK(std::count(names.begin(), names.end(), "sync") == 0);
  CHECK(report["fault_only"] == json({"sync"}));
  for (const auto& row : report["phases"][1]["syscalls"]) {
    CHECK(row["name"] != "sync");
  }
  CHECK(report["phases"][1]["fault_only"][0]["name"] == "sync");
}

TEST_CASE("a row joins the executables that make the call") {
  const json report = json::parse(to_json(test::example_summary()));
  for (const auto& row : report["phases"][1]["syscalls"]) {
    if (row["name"] == "openat") {
      CHECK(row["calls"] == 21022 + 31);
      CHECK(row["runs"] == 17011);
      CHECK(row["executables"] == json({"redis-server", "sh"}));
      CHECK(row["first_run"] == 2);
    }
  }
}

TEST_CASE("a call is as steady as its steadiest executable, whose input the row names") {
  CampaignSummary summary = test::example_summary();
  const auto row_of = [](const CampaignSummary& of) {
    const json report = json::parse(to_json(of));
    for (const auto& row : report["phases"][1]["syscalls"]) {
      if (row["name"] == "openat") {
        return row;
      }
    }
    return json();
  };
  std::vector<PairRecord*> records; // of redis-server and sh
  for (auto& [key, record] : summary.profile.pairs) {
    if (key.phase == "serving" && syscall_name(key.call) == "openat") {
      records.push_back(&record);
    }
  }
  REQUIRE(records.size() == 2);
  records[1]->first.input = "of sh";
  records[1]->stability = {1, 5};
  json row = row_of(summary);
  CHECK(row["flaky"] == false);
  CHECK(row["shown"] == 5);
  CHECK(row["first_input"] == records[0]->first.input);

  std::swap(records[0]->stability, records[1]->stability);
  row = row_of(summary);
  CHECK(row["flaky"] == false);
  CHECK(row["first_input"] == "of sh");

  records[1]->only_faulted = true; // then it is no reproducer for a plain run
  row = row_of(summary);
  CHECK(row["flaky"] == true);
  CHECK(row["shown"] == 1);
  CHECK(row["first_input"] == records[0]->first.input);
}

TEST_CASE("of several replicates the one that proved least gives the bound") {
  CampaignSummary summary = test::example_summary();
  summary.attempts[1].replicate = 2;
  const json report = json::parse(to_json(summary));
  check_valid(report);
  CHECK(report["residual_risk"]["bound"] == 0.0151);
  CHECK(report["attempts"][0]["replicate"] == 1);
  CHECK(report["attempts"][1]["replicate"] == 2);
}

TEST_CASE("without a complete attempt there is no bound") {
  CampaignSummary summary = test::example_summary();
  summary.attempts.resize(1);
  summary.attempts[0].complete = false;
  json report = json::parse(to_json(summary));
  check_valid(report);
  CHECK(report["residual_risk"]["bound"].is_null());
  CHECK(report["residual_risk"]["fresh_runs"] == 0);
  report = json::parse(to_json(test::example_summary()));
  CHECK(report["residual_risk"]["bound"] == 0.0099);
  CHECK(report["residual_risk"]["fresh_runs"] == 477);
}

TEST_CASE("in discover, counts of the last phase are not known") {
  CampaignSummary summary = test::example_summary();
  summary.plan.explore.mode = Mode::discover;
  const json report = json::parse(to_json(summary));
  check_valid(report);
  CHECK(report["phases"][0]["syscalls"][0]["calls"].is_number());
  CHECK(report["phases"][1]["syscalls"][0]["calls"].is_null());
}

TEST_CASE("an empty and a hostile campaign are valid reports") {
  check_valid(json::parse(to_json(test::empty_summary())));
  const std::string text = to_json(test::hostile_summary());
  CHECK(test::is_tame(text));
  const json report = json::parse(text);
  check_valid(report);
  CHECK(report["campaign"].get<std::string>().find("</script>") != std::string::npos);
}

TEST_CASE("equal campaigns have equal reports") {
  CHECK(to_json(test::example_summary()) == to_json(test::example_summary()));
}
