// The recipes of containers/, as far as they can be checked without their engines: YAML parses,
// shell scripts are shell, every harness command in them exists with every option that it is given,
// units are units, and manifests are Jobs.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "tests/reports/schema.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <yaml-cpp/yaml.h>

using namespace harness;
namespace fs = std::filesystem;

namespace {

const fs::path containers = fs::path(test::source_root()) / "containers";

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> files_of(const std::string& directory, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(containers / directory)) {
    if (entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  REQUIRE_FALSE(files.empty());
  return files;
}

/// What a shell is given in a YAML file: `run`, `script` and `args`, wherever they stand.
void collect_scripts(const YAML::Node& node, bool script, std::vector<std::string>& scripts) {
  if (node.IsScalar() && script) {
    scripts.push_back(node.as<std::string>());
  }
  for (const auto& item : node) {
    if (node.IsMap()) {
      const auto key = item.first.as<std::string>();
      collect_scripts(item.second, key == "run" || key == "script" || key == "args", scripts);
    } else {
      collect_scripts(item, script, scripts);
    }
  }
}

/// Every recipe's shell text, by file.
std::vector<std::pair<std::string, std::string>> scripts() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const char* extension : {".sh", ".sbatch", ".service"}) {
    for (const auto& file : files_of("", extension)) {
      all.emplace_back(file.filename(), text_of(file));
    }
  }
  for (const char* extension : {".yaml", ".yml"}) {
    for (const auto& file : files_of("", extension)) {
      std::vector<std::string> found;
      collect_scripts(YAML::Load(text_of(file)), false, found);
      CHECK_MESSAGE(!found.empty(), file.string() << " runs nothing");
      for (auto& script : found) {
        all.emplace_back(file.filename(), std::move(script));
      }
    }
  }
  return all;
}

const std::string& help_of(const std::string& command) {
  static std::map<std::string, std::string> known;
  const auto [place, fresh] = known.try_emplace(command);
  if (fresh) {
    const auto outcome = test::run({.words = {test::harness_binary(), command, "--help"}});
    place->second = outcome.status == 0 ? outcome.output : "";
  }
  return place->second;
}

nlohmann::json json_of(const YAML::Node& node) {
  nlohmann::json json;
  if (node.IsMap()) {
    json = nlohmann::json::object();
    for (const auto& item : node) {
      json[item.first.as<std::string>()] = json_of(item.second);
    }
  } else if (node.IsSequence()) {
    json = nlohmann::json::array();
    for (const auto& item : node) {
      json.push_back(json_of(item));
    }
  } else if (node.Tag() == "!") { // quoted
    json = node.as<std::string>();
  } else {
    const auto text = node.as<std::string>();
    const auto number = parse_integer(text);
    json = number                              ? nlohmann::json(*number)
           : text == "true" || text == "false" ? nlohmann::json(text == "true")
                                               : nlohmann::json(text);
  }
  return json;
}

} // namespace

TEST_CASE("scripts are shell, and their commands and options exist") {
  // harness, ./run, "$harness", "${HARNESS:-harness}", /usr/local/bin/harness; then a word.
  const std::regex command(
      R"((?:^|[\s;&|"])(?:/usr/local/bin/harness|harness|\./run|\$harness|"\$harness"|"\$\{HARNESS:-harness\}") ([a-z]+)((?:[^\n;&|]|\\\n)*))");
  const std::regex option(R"((?:^|\s)(--[a-z][-a-z]*))");
  std::size_t commands = 0;
  for (const auto& [file, script] : scripts()) {
    CAPTURE(file);
    if (!file.ends_with(".service")) {
      const auto checked = test::run({.words = {"sh", "-n"}, .input = script});
      CHECK_MESSAGE(checked.status == 0, checked.error);
    }
    std::string text;
    for (const auto& line : split(script, '\n')) { // without comments
      const auto begin = line.find_first_not_of(' ');
      text += begin != std::string::npos && line[begin] == '#' ? "" : line + "\n";
    }
    text = std::regex_replace(text, std::regex(R"(\\\n)"), " ");
    for (std::sregex_iterator i(text.begin(), text.end(), command), end; i != end; ++i) {
      const std::string name = (*i)[1];
      const std::string words = (*i)[2];
      CAPTURE(i->str());
      ++commands;
      CHECK_MESSAGE(!help_of(name).empty(), "no such command");
      for (std::sregex_iterator j(words.begin(), words.end(), option); j != end; ++j) {
        CHECK_MESSAGE(help_of(name).find((*j)[1].str()) != std::string::npos,
                      name << " has no option " << (*j)[1].str());
      }
    }
  }
  CHECK(commands >= 15);
}

TEST_CASE("units are units") {
  if (!test::available("systemd-analyze", "systemd")) {
    return;
  }
  const test::TemporaryDirectory place;
  for (const char* name : {"harness-explore@.service", "harness-explore@.timer"}) {
    const std::string text =
        std::regex_replace(text_of(containers / "systemd" / name),
                           std::regex("/usr/local/bin/harness"), test::harness_binary());
    std::ofstream(place / name) << text;
  }
  for (const char* name : {"harness-explore@redis.service", "harness-explore@redis.timer"}) {
    const auto outcome =
        test::run({.words = {"systemd-analyze", "verify", "--man=no", place / name}});
    CHECK_MESSAGE(outcome.status == 0, outcome.error);
    // It names other units of the machine, too; ours must not be among them.
    CHECK_MESSAGE(outcome.error.find("harness-explore") == std::string::npos, outcome.error);
  }
}

TEST_CASE("manifests are Jobs, each index of which has its shard") {
  const auto schema = nlohmann::json::parse(
      text_of(fs::path(test::source_root()) / "tests/containers/job.schema.json"));
  for (const auto& file : files_of("kubernetes", ".yaml")) {
    CAPTURE(file.string());
    const YAML::Node manifest = YAML::Load(text_of(file));
    const auto job = json_of(manifest);
    for (const auto& error : test::schema_errors(schema, job)) {
      FAIL_CHECK(error);
    }
    if (job["spec"].contains("completions")) {
      const std::string count = std::to_string(job["spec"]["completions"].get<int>());
      const std::string script = job["spec"]["template"]["spec"]["containers"][0]["args"][0];
      CHECK(script.find("/" + count + " ") != std::string::npos);
    }
  }
  // The schema is no rubber stamp.
  auto wrong = json_of(YAML::Load(text_of(containers / "kubernetes/explore.yaml")));
  wrong["spec"]["completion"] = 8;
  wrong["spec"]["completions"] = "eight";
  CHECK(test::schema_errors(schema, wrong).size() == 2);
}

TEST_CASE("workflows say when they run, and what") {
  const auto github = YAML::Load(text_of(containers / "ci/github-actions.yml"));
  CHECK(github["on"]["schedule"][0]["cron"].as<std::string>() == "30 1 * * *");
  for (const auto& job : github["jobs"]) {
    CHECK(job.second["runs-on"].IsScalar());
    for (const auto& step : job.second["steps"]) {
      CHECK((step["uses"].IsDefined() != step["run"].IsDefined())); // one of them
    }
  }
  const auto gitlab = YAML::Load(text_of(containers / "ci/gitlab-ci.yml"));
  for (const char* job : {"nightly exploration", "merge request"}) {
    CHECK(gitlab[job]["script"].IsSequence());
    CHECK(gitlab[job]["extends"].as<std::string>() == ".harness");
    CHECK(gitlab[job]["rules"][0]["if"].IsScalar());
  }
}
