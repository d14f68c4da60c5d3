// SPDX-License-Identifier: Apache-2.0
#include "tests/support/made_campaign.hpp"

#include "core/base/value_or_throw.hpp"
#include "core/model/digest.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/shard_notes.hpp"

namespace harness::test {

store::CampaignRecorder make_campaign(const std::string& path, const MadeCampaign& made) {
  auto directory = value_or_throw(store::WorkDir::create(path));
  value_or_throw(directory.lock());
  CampaignPlan plan{.name = "made", .target = {.executable = "/bin/true"}};
  for (const auto& phase : made.phases) {
    plan.phases.push_back({phase, plan.phases.empty() ? Trigger(LaunchTrigger{})
                                                      : Trigger(SymbolTrigger{.name = "main"})});
  }
  plan.grammar.options = {{.options = {{.text = made.option}}}};
  plan.explore.seed = made.seed;
  const std::string text = plan::serialize_plan(plan);
  value_or_throw(directory.write(directory.plan(), text));
  auto environment = store::take_environment(
      {.executable = "/bin/true", .plan = text, .seed = made.seed, .version = "test"});
  environment["target_sha256"] = sha256_hex(made.target);
  value_or_throw(directory.write(directory.environment(), store::environment_json(environment)));
  auto recorder =
      value_or_throw(store::CampaignRecorder::create(std::move(directory), made.phases));
  store::note_shard(recorder, made.shard);
  const auto writer = recorder.begin_writer();
  for (const auto& run : made.runs) {
    store::RunRecord record{.writer = writer, .reached = {0, 1}, .input = run.input, .keep = true};
    for (const auto call : run.calls) {
      record.pairs.push_back(
          {.pair = recorder.pair({made.phases.at(1), {AuditArch::x86_64, call}, "true"}),
           .calls = 1});
    }
    value_or_throw(recorder.record(record));
  }
  value_or_throw(recorder.checkpoint());
  return recorder;
}

} // namespace harness::test
