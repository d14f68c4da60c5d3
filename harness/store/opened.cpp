#include "harness/store/opened.hpp"

#include "core/base/need.hpp"
#include "core/base/user_error.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/ledger.hpp"

namespace harness::store {

OpenedCampaign open_campaign(const std::string& path) {
  auto directory = WorkDir::open(path);
  if (!directory) {
    throw UserError({}, directory.error().message, "name a directory that `harness explore` made");
  }
  CampaignPlan plan = plan::parse_plan(need(read_file(directory->plan())), directory->plan());
  auto environment = need(parse_environment(need(read_file(directory->environment()))));
  Books books = need(Ledger::read(*directory));
  auto notes = need(Ledger::read_notes(*directory));
  return {std::move(*directory), std::move(plan), std::move(environment), std::move(books),
          std::move(notes)};
}

} // namespace harness::store
