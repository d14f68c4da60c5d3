#include "tests/support/made_campaign.hpp"

#include "core/base/need.hpp"
#include "core/model/digest.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/shard_notes.hpp"

namespace harness::test {

store::Ledger make_campaign(const std::string& path, const MadeCampaign& made) {
  auto directory = need(store::WorkDir::create(path));
  need(directory.lock());
  CampaignPlan plan{.name = "made", .target = {.executable = "/bin/true"}};
  for (const auto& phase : made.phases) {
    plan.phases.push_back({phase, plan.phases.empty() ? Trigger(LaunchTrigger{})
                                                      : Trigger(SymbolTrigger{.name = "main"})});
  }
  plan.grammar.options = {{.options = {{.text = made.option}}}};
  plan.explore.seed = made.seed;
  const std::string text = plan::serialise_plan(plan);
  need(directory.write(directory.plan(), text));
  auto environment = store::take_environment(
      {.executable = "/bin/true", .plan = text, .seed = made.seed, .version = "test"});
  environment["target_sha256"] = sha256_hex(made.target);
  need(directory.write(directory.environment(), store::environment_json(environment)));
  auto ledger = need(store::Ledger::create(std::move(directory), made.phases));
  store::note_shard(ledger, made.shard);
  const auto writer = ledger.begin_writer();
  for (const auto& run : made.runs) {
    store::RunRecord record{.writer = writer, .reached = {0, 1}, .input = run.input, .keep = true};
    for (const auto call : run.calls) {
      record.pairs.push_back(
          {.pair = ledger.pair(1, {AuditArch::x86_64, call}, "true"), .calls = 1});
    }
    need(ledger.record(record));
  }
  need(ledger.checkpoint());
  return ledger;
}

} // namespace harness::test
