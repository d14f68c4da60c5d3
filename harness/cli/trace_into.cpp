// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/trace_into.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/model/input.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/plan/plan.hpp"
#include "sandbox/find_program.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace harness::cli {

namespace {

template <typename T> T or_user_error(Result<T> result, const std::string& directory) {
  if (!result) {
    throw UserError({directory}, result.error().message,
                    "name a campaign directory that no other process is using with --into");
  }
  return std::move(*result);
}

/// The name under which the tracer reports a program: symbolic links are resolved, except where the
/// link has another file name, as in multi-call programs.
std::string traced_name(const std::string& program) {
  const auto found = program.find('/') == std::string::npos ? sandbox::find_program(program)
                                                            : std::optional(program);
  std::error_code problem;
  const auto called = std::filesystem::absolute(found.value_or(program)).lexically_normal();
  const auto path = std::filesystem::canonical(called, problem);
  if (!found || problem) {
    throw UserError({}, fmt::format("--only: program {} not found", quote_if_needed(program)),
                    "name the program whose calls are merged");
  }
  return path.filename() == called.filename() ? path.string() : called.string();
}

/// A reproducer for the calls of the command. Only a direct start of the target can be replayed.
std::string reproducer(const std::vector<std::string>& program, bool direct) {
  Input input;
  if (direct) {
    input.arguments.assign(program.begin() + 1, program.end());
  }
  std::string command;
  for (const auto& word : program) {
    command += " " + quote_if_needed(word);
  }
  std::string text = serialize_input(input);
  const auto first_line = text.find('\n') + 1;
  return text.insert(first_line, fmt::format("# seen by harness trace --into, --{}\n", command));
}

} // namespace

TraceInto::TraceInto(const std::string& directory, const std::string& only) {
  auto work_dir = or_user_error(store::WorkDir::open(directory), directory);
  or_user_error(work_dir.lock(), directory);
  const auto text = or_user_error(read_file(work_dir.plan()), directory);
  plan_ = plan::parse_plan(text, work_dir.plan());
  executable_ = traced_name(only.empty() ? plan_.target.executable : only);
  recorder_ = or_user_error(store::CampaignRecorder::resume(std::move(work_dir)), directory);
}

std::vector<store::PairSighting> TraceInto::sightings_of(const RunResult& result,
                                                         std::uint32_t executable) {
  const auto& phases = recorder_->state().profile.phases;
  std::vector<store::PairSighting> sightings;
  for (const auto& sighting : result.sightings) {
    if (sighting.executable == executable) {
      sightings.push_back({.pair = recorder_->pair(pair_of(sighting, result, phases)),
                           .calls = sighting.calls,
                           .only_faulted = sighting.only_faulted,
                           .backtrace = sighting.backtrace});
    }
  }
  return sightings;
}

Result<std::vector<std::string>> TraceInto::merge(const RunResult& result,
                                                  const std::vector<std::string>& program) {
  const auto place = std::find(result.executables.begin(), result.executables.end(), executable_);
  if (place == result.executables.end()) {
    return std::vector{
        fmt::format("harness: trace: {} did not run; nothing was merged", executable_)};
  }
  const auto index = static_cast<std::uint32_t>(place - result.executables.begin());
  const bool direct = !result.processes.empty() && result.processes[0].executable == index;
  std::set<PhaseIndex> reached;
  for (const auto& sighting : result.sightings) {
    if (sighting.executable == index) {
      reached.insert(sighting.phase);
    }
  }
  // No row of the incidence matrix: the command was not drawn from the plan's grammar.
  auto news = recorder_->record({.writer = recorder_->begin_writer(),
                                 .row = false,
                                 .incomplete = result.incomplete,
                                 .reached = {reached.begin(), reached.end()},
                                 .pairs = sightings_of(result, index),
                                 .input = reproducer(program, direct)});
  if (!news) {
    return std::move(news).error();
  }
  if (auto saved = recorder_->checkpoint(); !saved) {
    return std::move(saved).error();
  }
  std::vector lines{fmt::format("harness: trace: merged into {}: {} new",
                                recorder_->directory().path(), news->pairs.size())};
  for (const auto& pair : news->pairs) {
    lines.push_back(fmt::format("  {}: {}", pair.phase, qualified_name(pair.call)));
  }
  return lines;
}

} // namespace harness::cli
