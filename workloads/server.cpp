// The server workload: started, talked to by the clients of the script once it can be, stopped.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/kernel_names.hpp"
#include "workloads/kinds.hpp"
#include "workloads/preparation.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

namespace harness::workloads {

namespace {

/// A port that nobody had a moment ago. Where the run is isolated the network is a worker's own and
/// the plan's port is always free.
Result<std::uint16_t> free_port() {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return Error::from_errno("find a free port", errno);
  }
  return ntohs(address.sin_port);
}

/// True for points that a server reaches by itself, without a client, a signal or a clock.
bool comes_by_itself(const Trigger& trigger) {
  return std::holds_alternative<SymbolTrigger>(trigger) ||
         std::holds_alternative<OffsetTrigger>(trigger) ||
         std::holds_alternative<CallTrigger>(trigger);
}

/// The last phase that is of that kind; 0 if none is.
PhaseIndex serving_phase(const std::vector<Phase>& phases) {
  for (std::size_t i = phases.size(); i-- > 1;) {
    if (comes_by_itself(phases[i].trigger)) {
      return static_cast<PhaseIndex>(i);
    }
  }
  return 0;
}

class Server final : public Workload {
public:
  Server(const CampaignPlan& plan, int stop_signal) : plan_(plan), stop_signal_(stop_signal) {}

  Result<PreparedRun> prepare(const Input& input, const RunPlace& place) override {
    std::uint16_t port = plan_.workload.port;
    if (port != 0 && !place.isolated) {
      auto found = free_port();
      if (!found) {
        return std::move(found.error());
      }
      port = *found;
    }
    auto builder = begin_run(plan_, input, place, port);
    if (!builder) {
      return std::move(builder.error());
    }
    Feed feed{input.standard_input.bytes, cut_keys(input.standard_input.bytes), false};
    if (auto added = add_streams(*builder, input, std::move(feed)); !added) {
      return std::move(added.error());
    }
    builder->resources->run_driver.server = part_of(input, *builder, port);
    return std::move(*builder).finish();
  }

private:
  ServerPart part_of(const Input& input, const RunBuilder& builder, std::uint16_t port) const {
    const auto& workload = plan_.workload;
    ServerPart part;
    part.script.steps = input.script;
    for (auto& step : part.script.steps) {
      for (auto& word : step.words) {
        word = fill_in(word, builder.surroundings);
      }
    }
    part.script.endpoints = {port, builder.resources->directory.work(), workload.unix_socket,
                             workload.protocol};
    part.script.stop_command = workload.stop_command;
    part.script.stop_signal = stop_signal_;
    part.script.stop_grace = workload.stop_grace;
    part.serving_phase = serving_phase(plan_.phases);
    part.ready_within = workload.ready_within;
    part.whole_run = plan_.limits.wall;
    return part;
  }

  CampaignPlan plan_;
  int stop_signal_;
};

} // namespace

std::unique_ptr<Workload> make_server(const CampaignPlan& plan) {
  const auto& workload = plan.workload;
  if (workload.port == 0 && workload.unix_socket.empty()) {
    throw UserError({}, "workload: a server needs a port or a Unix socket",
                    "write `port: 7000` or `unix_socket: server.sock`");
  }
  const auto signal = signal_number(workload.stop_signal);
  if (!signal) {
    throw UserError({}, "workload.stop_signal: unknown signal " + quote(workload.stop_signal),
                    "write a name such as SIGTERM");
  }
  return std::make_unique<Server>(plan, *signal);
}

} // namespace harness::workloads
