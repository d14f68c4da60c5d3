// Ablation: what does each part of the search contribute? Explores a plan in several ways, the same
// number of runs and the same seeds each, and prints how many (phase, call) pairs each way found,
// those seen only under faults apart. What is compared is the search: all ways but the last two
// begin with the empty input, so that nobody's seeds find the calls for them.
// Usage: ablation HARNESS PLAN.yaml [RUNS [SEEDS [JOBS [WAY]...]]]     (default 400 runs, 5 seeds,
// 2 jobs, all ways) A job is a campaign with one worker; they run side by side.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "harness/plan/plan.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char** environ;

using namespace harness;

namespace {

namespace fs = std::filesystem;

struct Found {
  std::set<std::string> pairs;
  std::set<std::string> faulted; // seen only under faults
  std::uint64_t kept = 0;        // inputs
  double elapsed_s = 0;
};

struct Way {
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

void no_faults(CampaignPlan& plan) {
  without(plan.grammar.dimensions, "faults");
}

/// What a byte fuzzer has: bytes for a server's connection, or for a command's arguments and
/// standard input; pairs guide it as coverage would.
void plain_bytes(CampaignPlan& plan) {
  no_features(plan);
  plan.grammar = {};
  if (plan.workload.kind == WorkloadPlan::Kind::server) {
    plan.grammar.script = {1, 4, {{.text = "@send {bytes:200}"}}};
  } else {
    plan.grammar.operands = {0, 4, {{.text = "{bytes:40}"}}};
    plan.grammar.standard_input = {0, 2, {{.text = "{bytes:200}"}}};
  }
}

constexpr Way ways[] = {
    {"plain bytes",
     [](CampaignPlan& plan) {
       plan.seeds.clear();
       plain_bytes(plan);
     }},
    {"typed",
     [](CampaignPlan& plan) {
       plan.seeds.clear();
       no_features(plan);
       no_faults(plan);
     }},
    {"typed+edges",
     [](CampaignPlan& plan) {
       plan.seeds.clear();
       plan.explore.arguments = false;
       no_faults(plan);
     }},
    {"typed+arguments",
     [](CampaignPlan& plan) {
       plan.seeds.clear();
       plan.explore.edges = false;
       no_faults(plan);
     }},
    {"typed+features",
     [](CampaignPlan& plan) {
       plan.seeds.clear();
       no_faults(plan);
     }},
    {"typed+features+faults", [](CampaignPlan& plan) { plan.seeds.clear(); }},
    {"from seeds, typed",
     [](CampaignPlan& plan) {
       no_features(plan);
       no_faults(plan);
     }},
    {"from seeds, all", [](CampaignPlan&) {}},
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
  for (const auto& phase : report.at("phases")) {
    const auto gather = [&](const char* key, std::set<std::string>& names) {
      for (const auto& call : phase.value(key, nlohmann::json::array())) {
        names.insert(phase.at("name").get<std::string>() + ":" +
                     call.at("name").get<std::string>());
      }
    };
    gather("syscalls", found.pairs);
    gather("fault_only", found.faulted);
  }
  found.kept = report.at("corpus").get<std::uint64_t>();
  found.elapsed_s = report.at("elapsed_s").get<double>();
  return found;
}

struct Sizes {
  std::uint64_t runs;
  std::uint64_t seeds;
  std::uint64_t jobs;
};

/// Writes the plan as it is explored that way; its path.
std::string write_plan(const std::string& file, const Way& way, std::uint64_t runs,
                       const fs::path& directory) {
  CampaignPlan plan = plan::load_plan(file);
  way.change(plan);
  plan.explore.until = Until::budget;
  plan.explore.runs = runs;
  plan.explore.budget.reset();
  plan.explore.replicates = 1;
  std::string path = directory / (std::string(way.name) + ".yaml");
  if (const auto written = replace_file(path, plan::serialize_plan(plan)); !written) {
    throw std::runtime_error(written.error().message);
  }
  return path;
}

/// "31 (29-33)": the median and the range.
std::string spread(std::vector<std::size_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return fmt::format("{} ({}-{})", numbers[numbers.size() / 2], numbers.front(), numbers.back());
}

void print_row(const Way& way, const std::vector<Found>& found, std::uint64_t runs) {
  std::vector<std::size_t> pairs;
  std::vector<std::size_t> faulted;
  std::vector<std::size_t> kept;
  std::set<std::string> together;
  double elapsed_s = 0;
  for (const auto& one : found) {
    pairs.push_back(one.pairs.size());
    faulted.push_back(one.faulted.size());
    kept.push_back(one.kept);
    together.insert(one.pairs.begin(), one.pairs.end());
    elapsed_s += one.elapsed_s;
  }
  fmt::print("| {:<21} | {:>13} | {:>8} | {:>17} | {:>15} | {:>6.1f} |\n", way.name, spread(pairs),
             together.size(), spread(faulted), spread(kept),
             static_cast<double>(runs * found.size()) / elapsed_s);
  std::fflush(stdout);
}

/// `chosen`: names of ways; none: all.
void bench(const std::string& harness, const std::string& file, const Sizes& sizes,
           const std::set<std::string>& chosen) {
  const fs::path directory = fs::temp_directory_path() / fmt::format("ablation.{}", ::getpid());
  fs::create_directories(directory);
  fmt::print("{}: {} runs, seeds 1 to {}, one worker; medians and ranges\n\n", file, sizes.runs,
             sizes.seeds);
  fmt::print("| {:<21} | {:>13} | {:>8} | {:>17} | {:>15} | {:>6} |\n", "way", "pairs", "together",
             "only under faults", "inputs kept", "runs/s");
  fmt::print("|{:-<23}|{:-<14}:|{:-<9}:|{:-<18}:|{:-<16}:|{:-<7}:|\n", "", "", "", "", "", "");
  for (const auto& way : ways) {
    if (!chosen.empty() && !chosen.contains(way.name)) {
      continue;
    }
    const std::string plan = write_plan(file, way, sizes.runs, directory);
    std::vector<Found> found(sizes.seeds);
    std::vector<std::string> problems(sizes.seeds);
    std::atomic<std::uint64_t> next = 0;
    {
      std::vector<std::jthread> jobs;
      for (std::uint64_t job = 0; job < sizes.jobs; ++job) {
        jobs.emplace_back([&] {
          for (std::uint64_t at = next++; at < sizes.seeds; at = next++) {
            try {
              found[at] = explore(harness, plan, fmt::format("{}.{}", plan, at + 1), at + 1);
            } catch (const std::exception& error) {
              problems[at] = error.what();
            }
          }
        });
      }
    }
    for (const auto& problem : problems) {
      if (!problem.empty()) {
        throw std::runtime_error(problem);
      }
    }
    print_row(way, found, sizes.runs);
  }
  fs::remove_all(directory);
}

} // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, std::uint64_t fallback) {
    return argc > at ? std::strtoull(argv[at], nullptr, 10) : fallback;
  };
  const Sizes sizes{.runs = number(3, 400), .seeds = number(4, 5), .jobs = number(5, 2)};
  if (argc < 3 || sizes.runs == 0 || sizes.seeds == 0 || sizes.jobs == 0) {
    std::fputs("usage: ablation HARNESS PLAN.yaml [RUNS [SEEDS [JOBS [WAY]...]]]\n", stderr);
    return 64;
  }
  try {
    bench(argv[1], argv[2], sizes, std::set<std::string>(argv + std::min(argc, 6), argv + argc));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ablation: %s\n", error.what());
    return 70;
  }
}
