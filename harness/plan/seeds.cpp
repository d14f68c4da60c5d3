// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/seeds.hpp"

#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "core/model/read_input.hpp"
#include "harness/plan/seed_check.hpp"

#include <algorithm>
#include <filesystem>

namespace harness::plan {

namespace fs = std::filesystem;

std::vector<Seed> read_seeds(const CampaignPlan& plan) {
  if (plan.seeds.empty()) {
    return {{"", serialize_input(Input{})}};
  }
  std::error_code failed;
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(plan.seeds, failed)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with('.') && !name.ends_with(".md") && entry.is_regular_file(failed)) {
      files.push_back(entry.path());
    }
  }
  if (failed) {
    throw UserError({.file = plan.seeds}, "cannot read the seeds: " + failed.message(),
                    "name a directory of input files under `seeds`, or omit `seeds`");
  }
  std::sort(files.begin(), files.end());
  std::vector<Seed> seeds;
  for (const auto& file : files) {
    const auto bytes = read_file(file, max_input_bytes + 1);
    if (!bytes) {
      throw UserError({.file = file}, bytes.error().message,
                      "make the file readable, or remove it");
    }
    const Input input = read_input(*bytes, file);
    check_seed(plan, input, *bytes, file);
    seeds.push_back({file, serialize_input(input)});
  }
  if (seeds.empty()) {
    throw UserError({.file = plan.seeds}, "this directory contains no seeds",
                    "add input files, or omit `seeds` in the plan");
  }
  return seeds;
}

} // namespace harness::plan
