// Preparation: what every kind of workload does to turn an Input into a run: directory, files,
// configuration, streams, environment, identity, sidecars. Each kind adds its own part.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/name_server.hpp"
#include "workloads/placeholders.hpp"
#include "workloads/run_directory.hpp"
#include "workloads/run_driver.hpp"
#include "workloads/sidecar.hpp"
#include "workloads/streams.hpp"
#include "workloads/system_log.hpp"
#include "workloads/workload.hpp"

#include <memory>

namespace harness::workloads {

/// What a PreparedRun owns. The members are destroyed from the last to the first.
class PreparedRun::Resources {
public:
  explicit Resources(RunDirectory made) : directory(std::move(made)) {}
  ~Resources();

  RunDirectory directory;
  Streams streams;
  std::unique_ptr<SystemLog> system_log;
  std::unique_ptr<NameServer> name_server;
  std::unique_ptr<Sidecars> sidecars;
  WorkloadRunDriver run_driver;
};

/// A run under construction.
struct RunBuilder {
  RunSpec spec;
  std::vector<std::string> left_out;
  Surroundings surroundings;
  std::unique_ptr<PreparedRun::Resources> resources;

  PreparedRun finish() &&;
};

/// How standard input is filled.
struct Feed {
  std::string bytes;         // all of it
  std::vector<Piece> pieces; // the same in pieces, for a terminal or a slow pipe
  bool slowly = false;
};

/// Directory, files, configuration, environment, argv, working directory, identity, limits and
/// sidecars; all but the streams.
Result<RunBuilder> begin_run(const CampaignPlan& plan, const Input& input, const RunPlace& place,
                             std::uint16_t port);

/// The streams, and the pump where they need one.
Result<> add_streams(RunBuilder& builder, const Input& input, Feed feed);

} // namespace harness::workloads
