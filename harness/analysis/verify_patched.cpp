// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/verify_patched.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/model/input.hpp"
#include "core/model/kernel_names.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/analysis/output_comparison.hpp"
#include "harness/analysis/verify_inputs.hpp"
#include "harness/pool/replay_session.hpp"
#include "harness/pool/worker_sandbox.hpp"
#include "patch/record.hpp"
#include "policy/policy_json.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace harness::analysis {

namespace {

constexpr std::uint32_t first_looks = 2;
/// What a rare accident made different in two runs is seen in so many more, or it was none.
constexpr std::uint32_t further_looks = 8;
constexpr std::uint32_t looks_at_a_time = 2;
/// Every call is stopped twice, for its result, so that the time limits of the plan are too short.
constexpr int patience = 3;

/// How the kernel answered a call: phase, call, errno.
using Answer = std::tuple<PhaseIndex, SyscallId, int>;

Policy embedded_policy(const store::CampaignSnapshot& campaign, const std::string& program) {
  const auto fail = [&](std::string_view problem, std::string_view remedy) {
    throw UserError({}, fmt::format("{}: {}", printable(program), problem), std::string(remedy));
  };
  const auto image = read_file(program);
  if (!image) {
    throw UserError({}, image.error().message, "name a program that harness patch made");
  }
  const auto record = patch::read_record(*image);
  if (!record) {
    fail(record.error().message, "patch it again");
  }
  if (!record->has_value()) {
    fail("this program carries no policy", "create it with harness patch PROGRAM POLICY -o OUT");
  }
  const auto hash = campaign.environment.find("target_sha256");
  if (hash == campaign.environment.end() || hash->second != (*record)->original_hash) {
    fail(fmt::format("it was made from another program than {}, which the campaign explored",
                     printable(campaign.plan.target.executable)),
         "patch that one, or explore again");
  }
  auto policy = policy::read_policy_json((*record)->policy);
  if (!policy) {
    fail(policy.error().message, "patch it again");
  }
  return *std::move(policy);
}

/// The errors with which the policy refuses calls.
std::set<int> refusals_of(const Policy& policy) {
  std::set<int> codes;
  const auto add = [&](Action action) {
    if (action == Action::enosys || action == Action::eperm) {
      codes.insert(action == Action::enosys ? ENOSYS : EPERM);
    }
  };
  add(policy.default_action);
  for (const auto& phase : policy.phases) {
    for (const auto& [call, entry] : phase.entries) {
      add(entry.action);
    }
  }
  return codes;
}

Observation showing_of(const engine::Replayed& run) {
  return {describe(run.result.end), run.printed};
}

/// The installer makes these calls itself: a fault would hit it, which then rightly fails closed.
std::string without_faults_of_installer(const std::string& text) {
  auto input = parse_input(text);
  if (!input) {
    return text;
  }
  const auto left_out = std::erase_if(input->faults, [](const Fault& fault) {
    return fault.call == "prctl" || fault.call == "seccomp";
  });
  return left_out == 0 ? text : serialize_input(*input);
}

CampaignPlan with_patience(CampaignPlan plan) {
  plan.limits.wall *= patience;
  plan.workload.ready_within *= patience;
  return plan;
}

/// All runs of one input.
struct Case {
  std::string text;   // as it is kept
  std::string played; // as it is run
  std::vector<Observation> original;
  std::vector<Observation> patched;
  std::map<std::pair<Answer, bool>, std::uint64_t> refused; // times; true: as faults lead to
};

class Comparison {
public:
  Comparison(const store::CampaignSnapshot& campaign, const VerifyPatchedOptions& options,
             const std::function<void(std::size_t, std::size_t)>& done)
      : campaign_(campaign), options_(options), done_(done), plan_(with_patience(campaign.plan)),
        policy_(embedded_policy(campaign, options.program)), codes_(refusals_of(policy_)),
        of_faults_(calls_of_faults(campaign.state.profile)) {}

  PatchedVerified run() {
    verified_.converged = policy_.converged;
    const auto inputs = verify_inputs(campaign_, options_.fresh_runs, options_.seed);
    for (const auto& text : inputs.texts) {
      cases_.push_back({.text = text, .played = without_faults_of_installer(text)});
      all_.push_back(cases_.size() - 1);
    }
    expected_runs_ = cases_.size() * (first_looks + 1);
    look_at_original(all_, first_looks);
    look_at_patched(all_, 1);
    // What seems to differ may do so by itself, but seldom.
    std::vector<std::size_t> doubtful;
    for (const auto i : all_) {
      if (compared(i) &&
          differs(compare_output(cases_[i].original, cases_[i].patched).compare_output)) {
        doubtful.push_back(i);
      }
    }
    expected_runs_ += doubtful.size() * further_looks * 2;
    // In turn: what the machine does meanwhile falls on both.
    for (std::uint32_t seen = 0; seen < further_looks; seen += looks_at_a_time) {
      look_at_original(doubtful, looks_at_a_time);
      look_at_patched(doubtful, looks_at_a_time);
    }
    for (const auto i : all_) {
      if (compared(i)) {
        judge(cases_[i]);
        ++(i < inputs.kept ? verified_.corpus_runs : verified_.fresh_runs);
      }
    }
    return std::move(verified_);
  }

private:
  bool compared(std::size_t i) const {
    return !cases_[i].patched.empty() && cases_[i].original.size() >= first_looks;
  }

  std::vector<pool::ReplayOutcome> replay(const std::vector<std::size_t>& which,
                                          std::uint32_t times, const std::string& stand_in) {
    if (verified_.interrupted || which.empty()) {
      return {};
    }
    std::vector<pool::ReplayJob> jobs;
    for (const auto i : which) {
      jobs.push_back({cases_[i].played, times, true});
    }
    pool::ReplaySession session(
        plan_, {.workers = pool::worker_count(plan_), .filters = {}, .stand_in = stand_in});
    auto outcomes = session.run(jobs, [&](std::size_t over) {
      if (done_) {
        done_(runs_before_ + over * times, expected_runs_);
      }
    });
    runs_before_ += jobs.size() * times;
    verified_.interrupted = session.interrupted();
    return outcomes;
  }

  void look_at_original(const std::vector<std::size_t>& which, std::uint32_t times) {
    const auto outcomes = replay(which, times, "");
    for (std::size_t n = 0; n < outcomes.size(); ++n) {
      auto& showings = cases_[which[n]].original;
      const bool first = showings.empty();
      for (const auto& run : outcomes[n].runs) {
        if (failed(run)) {
          continue;
        }
        if (std::holds_alternative<LaunchFailed>(run.result.end)) {
          continue; // an input may forbid its own start: no memory, no processes
        }
        showings.push_back(showing_of(run));
        for (const auto& seen : run.result.errnos) {
          usual_.insert({seen.phase, seen.call, seen.code});
        }
      }
      if (outcomes[n].runs.empty()) {
        fail(outcomes[n].problem);
      } else if (first && showings.empty()) {
        ++verified_.not_launched;
      }
    }
  }

  void look_at_patched(const std::vector<std::size_t>& which, std::uint32_t times) {
    const auto outcomes = replay(which, times, options_.program);
    for (std::size_t n = 0; n < outcomes.size(); ++n) {
      Case& one = cases_[which[n]];
      for (const auto& run : outcomes[n].runs) {
        if (!failed(run)) {
          note(one, run);
        }
      }
      if (outcomes[n].runs.empty()) {
        fail(outcomes[n].problem);
      }
    }
  }

  void note(Case& one, const engine::Replayed& patched) {
    one.patched.push_back(showing_of(patched));
    verified_.incomplete += patched.result.incomplete.empty() ? 0 : 1;
    for (const auto& seen : patched.result.errnos) {
      if (codes_.contains(seen.code)) {
        const bool by_fault = patched.result.faulted && of_faults_.contains(seen.call);
        one.refused[{{seen.phase, seen.call, seen.code}, by_fault}] += seen.times;
      }
    }
  }

  bool failed(const engine::Replayed& run) {
    const auto* failure = std::get_if<TracerFailed>(&run.result.end);
    if (failure != nullptr) {
      fail(failure->error.message);
    }
    return failure != nullptr;
  }

  void fail(const std::string& problem) {
    if (!verified_.interrupted && verified_.failed++ == 0) {
      verified_.problem = problem.empty() ? "the run did not start" : problem;
    }
  }

  void judge(const Case& one) {
    const auto input = input_hash(one.text);
    bool without_those_of_faults = false;
    for (const auto& [refusal, times] : one.refused) {
      const auto& [answer, by_fault] = refusal;
      const auto& [phase, call, code] = answer;
      if (usual_.contains(answer)) {
        continue;
      }
      if (by_fault) {
        ++verified_.under_faults;
        without_those_of_faults = true;
      } else {
        verified_.refused.push_back(
            fmt::format("{}\t{}\t{}\t{}\t{}", printable(policy_.phases.at(phase).name),
                        qualified_name(call, policy_.native), errno_name(code), times, input));
      }
    }
    if (without_those_of_faults) {
      return; // refused by its policy, which does not allow calls made only under faults
    }
    const auto [alike, shown_by] = compare_output(one.original, one.patched);
    switch (alike) {
    case OutputComparison::same:
      ++verified_.same;
      break;
    case OutputComparison::but_for_numbers:
      ++verified_.but_for_numbers;
      break;
    case OutputComparison::changes_by_itself:
      ++verified_.changes_by_itself;
      break;
    case OutputComparison::seldom_other:
      ++verified_.seldom_other;
      break;
    case OutputComparison::other_output:
      verified_.different.push_back(fmt::format("differs\toutput\t{}", input));
      break;
    case OutputComparison::other_end:
      verified_.different.push_back(fmt::format(
          "differs\t{}, not {}\t{}", one.patched[shown_by].end, one.original.front().end, input));
      break;
    }
  }

  const store::CampaignSnapshot& campaign_;
  const VerifyPatchedOptions& options_;
  const std::function<void(std::size_t, std::size_t)>& done_;
  CampaignPlan plan_;
  Policy policy_;
  std::set<int> codes_;
  SyscallSet of_faults_;
  std::set<Answer> usual_; // how the original's calls are answered
  std::vector<Case> cases_;
  std::vector<std::size_t> all_; // 0, 1, … of `cases_`
  std::size_t runs_before_ = 0;
  std::size_t expected_runs_ = 0;
  PatchedVerified verified_;
};

} // namespace

PatchedVerified verify_patched(const store::CampaignSnapshot& campaign,
                               const VerifyPatchedOptions& options,
                               const std::function<void(std::size_t, std::size_t)>& done) {
  return Comparison(campaign, options, done).run();
}

} // namespace harness::analysis
