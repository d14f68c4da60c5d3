#include "harness/campaign/finish.hpp"

#include "harness/base/text.hpp"
#include "harness/campaign/campaign_policy.hpp"
#include "harness/campaign/shard_shares.hpp"
#include "harness/store/summary.hpp"
#include "reports/formats.hpp"
#include "reports/view.hpp"

#include <fmt/format.h>

namespace harness::campaign {

CampaignSummary summarise_campaign(const Holdings& holdings, const Ending& ending) {
  CampaignSummary summary = store::summarise(holdings.plan, holdings.directory, holdings.books);
  summary.stop_reason = ending.stop_reason;
  summary.shards = shard_shares(holdings.books, holdings.notes);
  if (auto missing = missing_shards(holdings.notes); !missing.empty()) {
    summary.not_established.push_back(std::move(missing));
  }
  if (holdings.plan.explore.until == Until::quiet) {
    summary.converged = ending.reached_goal; // the plan's own rule; `statement` says what it proves
  }
  summary.environment = holdings.environment;
  summary.plan_file = ending.plan_file;
  for (const auto& [phase, place] : ending.places.phases) {
    summary.phase_lines[phase] = place.line;
  }
  summary.target_line = ending.places.target.line;
  if (ending.baseline) {
    summary.baseline = ending.baseline->from;
    summary.changes = compare(*ending.baseline, summary.profile);
  }
  summary.policy = plain_policy(summary);
  summary.exit_status = gate_bits(summary);
  return summary;
}

int gate_bits(const CampaignSummary& summary) {
  int bits = 0;
  for (const auto& gate : reports::View(summary).gates) {
    bits |= gate.applies && !gate.passed ? gate.bit : 0;
  }
  return bits;
}

void note_ending(store::Ledger& ledger, const Ending& ending) {
  ledger.set_note("stop_reason", ending.stop_reason);
  ledger.set_note("reached_goal", ending.reached_goal ? "yes" : "no");
  ledger.set_note("plan_file", ending.plan_file);
  ledger.set_note("target_line", fmt::format("{}", ending.places.target.line));
  std::string lines;
  for (const auto& [phase, place] : ending.places.phases) {
    lines += fmt::format("{} {}\n", place.line, phase);
  }
  ledger.set_note("phase_lines", lines);
}

Ending ending_of(const std::map<std::string, std::string>& notes) {
  const auto note = [&](const std::string& key) {
    const auto found = notes.find(key);
    return found == notes.end() ? std::string() : found->second;
  };
  Ending ending{.stop_reason = note("stop_reason"),
                .reached_goal = note("reached_goal") == "yes",
                .plan_file = note("plan_file")};
  if (ending.stop_reason.empty()) {
    ending.stop_reason = "It has not ended yet.";
  }
  ending.places.target.line = static_cast<int>(parse_integer(note("target_line")).value_or(0));
  for (const auto& line : split(note("phase_lines"), '\n')) {
    const auto blank = line.find(' ');
    if (blank != std::string::npos) {
      ending.places.phases[line.substr(blank + 1)].line =
          static_cast<int>(parse_integer(line.substr(0, blank)).value_or(0));
    }
  }
  return ending;
}

Result<> write_reports(const store::WorkDir& directory, const CampaignSummary& summary) {
  for (const auto& format : reports::formats()) {
    const std::string file = directory.path() + "/" + std::string(format.file_name);
    if (auto written = directory.write(file, format.render(summary)); !written) {
      return written;
    }
  }
  // Of an unfinished campaign a policy must be asked for by name: harness policy.
  return summary.converged && summary.policy ? write_policies(directory, *summary.policy) : Done{};
}

} // namespace harness::campaign
