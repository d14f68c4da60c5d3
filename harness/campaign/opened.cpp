#include "harness/campaign/opened.hpp"

#include "harness/base/user_error.hpp"
#include "harness/campaign/need.hpp"
#include "harness/campaign/plan.hpp"
#include "harness/store/ledger.hpp"

namespace harness::campaign {

OpenedCampaign open_campaign(const std::string& path) {
  auto directory = store::WorkDir::open(path);
  if (!directory) {
    throw UserError({}, directory.error().message, "name a directory that `harness explore` made");
  }
  CampaignPlan plan = parse_plan(need(read_file(directory->plan())), directory->plan());
  auto environment = need(store::parse_environment(need(read_file(directory->environment()))));
  store::Books books = need(store::Ledger::read(*directory));
  auto notes = need(store::Ledger::read_notes(*directory));
  return {std::move(*directory), std::move(plan), std::move(environment), std::move(books),
          std::move(notes)};
}

} // namespace harness::campaign
