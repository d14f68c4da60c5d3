// Ablation: what does each part of the search contribute? Explores a plan with parts of it switched
// off, the same number of runs each, several seeds, and prints how many (phase, call) pairs each
// variant found, calls seen only under faults apart.
// Usage: ablation HARNESS PLAN.yaml [RUNS [SEEDS]]      (default 600 runs, 5 seeds, one worker)
#include "harness/base/fd.hpp"
#include "harness/base/text.hpp"
#include "harness/campaign/plan.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

using namespace harness;

namespace {

namespace fs = std::filesystem;

struct Found {
  std::set<std::string> pairs;
  std::set<std::string> faulted; // seen only under faults
  double elapsed_s = 0;
};

struct Variant {
  const char* name;
  void (*change)(CampaignPlan&);
};

void without(std::vector<std::string>& names, std::string_view name) {
  names.erase(std::remove(names.begin(), names.end(), name), names.end());
}

void no_features(CampaignPlan& plan) {
  plan.explore.edges = false;
  plan.explore.arguments = false;
  plan.explore.errnos = false;
}

void no_disturbance(CampaignPlan& plan) {
  without(plan.grammar.dimensions, "faults");
}

/// Arguments and streams of bytes, as a byte fuzzer has them; the seeds stay.
void plain_bytes(CampaignPlan& plan) {
  no_features(plan);
  const bool talks = !plan.grammar.script.of.empty();
  plan.grammar = {};
  plan.grammar.dimensions = {"arguments", "standard_input"};
  if (talks) {
    plan.grammar.dimensions = {"script"};
    plan.grammar.script = {1, 4, {{.text = "@send {bytes:200}"}}};
  }
}

constexpr Variant variants[] = {
    {"plain bytes", plain_bytes},
    {"typed",
     [](CampaignPlan& plan) {
       no_features(plan);
       no_disturbance(plan);
     }},
    {"typed+features",
     [](CampaignPlan& plan) {
       plan.explore.edges = plan.explore.arguments = true;
       no_disturbance(plan);
     }},
    {"typed+features+faults",
     [](CampaignPlan& plan) {
       plan.explore.edges = plan.explore.arguments = true;
       without(plan.grammar.dimensions, "faults");
       plan.grammar.dimensions.emplace_back("faults");
     }},
};

/// Runs `words` with both outputs in the file `log`; the wait status.
int run(const std::vector<std::string>& words, const std::string& log) {
  const auto output = open_file(log, O_WRONLY | O_CREAT | O_TRUNC);
  if (!output) {
    throw std::runtime_error(output.error().message);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output->get(), 1);
  posix_spawn_file_actions_adddup2(&actions, output->get(), 2);
  std::vector<char*> pointers;
  for (const auto& word : words) {
    pointers.push_back(const_cast<char*>(word.c_str()));
  }
  pointers.push_back(nullptr);
  pid_t child = -1;
  const int failed =
      ::posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw std::runtime_error(Error::from_errno(words[0], failed).message);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

Found explore(const std::string& harness, const std::string& plan, const std::string& out,
              std::uint64_t seed) {
  const int status = run({harness, "explore", plan, "--out", out, "--seed", std::to_string(seed),
                          "--workers", "1", "--quiet"},
                         out + ".log");
  const auto text = read_file(out + "/report.json");
  if (!text) {
    throw std::runtime_error(fmt::format("no report (status {}); see {}.log", status, out));
  }
  const auto report = nlohmann::json::parse(*text);
  Found found;
  const auto faulted = report.value("fault_only", nlohmann::json::array());
  for (const auto& phase : report.at("phases")) {
    for (const auto& call : phase.at("syscalls")) {
      const auto name = call.at("name").get<std::string>();
      const bool only = std::find(faulted.begin(), faulted.end(), name) != faulted.end();
      (only ? found.faulted : found.pairs).insert(phase.at("name").get<std::string>() + ":" + name);
    }
  }
  found.elapsed_s = report.at("elapsed_s").get<double>();
  return found;
}

void bench(const std::string& harness, const std::string& file, std::uint64_t runs,
           std::uint64_t seeds) {
  const fs::path directory = fs::temp_directory_path() / fmt::format("ablation.{}", ::getpid());
  fs::create_directories(directory);
  fmt::print("{}: {} runs, {} seeds, pairs found (only under faults)\n", file, runs, seeds);
  for (const auto& variant : variants) {
    CampaignPlan plan = campaign::load_plan(file);
    variant.change(plan);
    plan.explore.until = Until::budget;
    plan.explore.runs = runs;
    plan.explore.budget.reset();
    plan.explore.replicates = 1;
    const std::string path = directory / (std::string(variant.name) + ".yaml");
    if (const auto written = replace_file(path, campaign::serialise_plan(plan)); !written) {
      throw std::runtime_error(written.error().message);
    }
    fmt::print("{:<24}", variant.name);
    std::set<std::string> all;
    double elapsed_s = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const Found found = explore(harness, path, fmt::format("{}.{}", path, seed), seed);
      fmt::print(" {:4}{:<5}", found.pairs.size(),
                 found.faulted.empty() ? "" : fmt::format("(+{})", found.faulted.size()));
      std::fflush(stdout);
      all.insert(found.pairs.begin(), found.pairs.end());
      elapsed_s += found.elapsed_s;
    }
    fmt::print("  together {:4}  {:.0f} runs/s\n", all.size(),
               static_cast<double>(runs * seeds) / elapsed_s);
  }
  fs::remove_all(directory);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: ablation HARNESS PLAN.yaml [RUNS [SEEDS]]\n", stderr);
    return 64;
  }
  try {
    const auto number = [&](int at, std::uint64_t fallback) {
      return argc > at ? std::strtoull(argv[at], nullptr, 10) : fallback;
    };
    bench(argv[1], argv[2], number(3, 600), number(4, 5));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ablation: %s\n", error.what());
    return 70;
  }
}
