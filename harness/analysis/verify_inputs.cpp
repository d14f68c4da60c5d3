// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/verify_inputs.hpp"

#include "core/base/value_or_throw.hpp"
#include "mutators/generator.hpp"

namespace harness::analysis {

VerifyInputs verify_inputs(const store::CampaignSnapshot& campaign, std::uint64_t fresh,
                           std::uint64_t seed) {
  VerifyInputs inputs;
  std::vector<Input> corpus;
  for (const auto& hash : value_or_throw(campaign.directory.inputs())) {
    inputs.texts.push_back(value_or_throw(campaign.directory.input(hash)));
    if (auto input = parse_input(inputs.texts.back())) {
      corpus.push_back(*std::move(input));
    }
  }
  inputs.kept = inputs.texts.size();

  const auto& plan = campaign.plan;
  mutators::GeneratorOptions options{.fresh_share = plan.explore.fresh_share,
                                     .base_files = plan.workload.files};
  for (std::size_t i = 1; i < plan.phases.size(); ++i) {
    options.phases.push_back(plan.phases[i].name);
  }
  const mutators::Generator generator(mutators::compile(plan.grammar),
                                      mutators::Dictionary(plan.grammar.dictionary), options);
  Random random(seed);
  for (std::uint64_t i = 0; i < fresh; ++i) {
    inputs.texts.push_back(serialize_input(generator.draw(corpus, random)));
  }
  return inputs;
}

SyscallSet calls_of_faults(const Profile& profile) {
  SyscallSet faulted;
  SyscallSet others;
  for (const auto& [key, record] : profile.pairs) {
    (record.only_faulted ? faulted : others).insert(key.call);
  }
  return faulted - others;
}

} // namespace harness::analysis
