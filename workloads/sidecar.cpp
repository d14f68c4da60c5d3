// SPDX-License-Identifier: Apache-2.0
#include "workloads/sidecar.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/launch/untraced.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <future>
#include <unistd.h>

namespace harness::workloads {

namespace {

/// Where the kernel will find the program: as a shell would look it up.
std::string program_of(const std::string& name, const std::vector<std::string>& environment) {
  if (name.find('/') != std::string::npos) {
    return name;
  }
  for (const auto& entry : environment) {
    if (entry.starts_with("PATH=")) {
      for (const auto& directory : split(entry.substr(5), ':')) {
        auto path = directory + "/" + name;
        if (::access(path.c_str(), X_OK) == 0) {
          return path;
        }
      }
    }
  }
  return "/usr/bin/" + name; // the launch says that it is not there
}

struct Running {
  launch::UntracedProcess process;
  Fd output; // read end
};

Result<Running> start(const NeighborSpec& spec, const RunSpec& surroundings) {
  auto output = make_pipe();
  auto null = open_file("/dev/null", O_RDWR);
  if (!output || !null) {
    return Error::from_errno("pipe", errno);
  }
  RunSpec run = surroundings;
  run.executable = program_of(spec.words.front(), run.environment);
  run.arguments = spec.words;
  run.streams = {.input = null->get(), .output = output->second.get(), .error = null->get()};
  auto process = launch::UntracedProcess::start(run);
  if (!process) {
    return std::move(process).error().within("start " + quote_if_needed(spec.words.front()));
  }
  return Running{std::move(*process), std::move(output->first)};
}

void await_line(const Running& running, TimePoint deadline) {
  pollfd wait{running.output.get(), POLLIN, 0};
  std::array<char, 4096> buffer;
  while (poll_until({&wait, 1}, deadline)) {
    const auto got = ::read(running.output.get(), buffer.data(), buffer.size());
    if (got <= 0 || std::memchr(buffer.data(), '\n', static_cast<std::size_t>(got)) != nullptr) {
      return;
    }
  }
}

/// Reads what they write, so that they don't wait for us, until `stop`.
void drain_until(const EventFlag& stop, std::vector<Running>& all) {
  std::vector<pollfd> waits = {{stop.fd(), POLLIN, 0}};
  for (const auto& running : all) {
    waits.push_back({running.output.get(), POLLIN, 0});
  }
  std::array<char, 65536> buffer;
  while (::poll(waits.data(), waits.size(), -1) >= 0 && waits[0].revents == 0) {
    for (auto& wait : std::span(waits).subspan(1)) {
      if (wait.revents != 0 && ::read(wait.fd, buffer.data(), buffer.size()) <= 0) {
        wait.fd = -1;
      }
    }
  }
}

void look_after(const std::vector<NeighborSpec>& specs, const NeighborSurroundings& where,
                const EventFlag& stop, std::promise<std::vector<std::string>>& begun) {
  block_signals_here();
  std::vector<std::string> left_out;
  std::vector<Running> all;
  const auto deadline = TimePoint(std::chrono::steady_clock::now()) + where.ready_within;
  for (const auto& spec : specs) {
    auto running = start(spec, where.run);
    if (!running) {
      left_out.push_back(fmt::format("sidecar {}: {}", spec.name, running.error().message));
      continue;
    }
    await_line(*running, deadline);
    all.push_back(std::move(*running));
  }
  begun.set_value(std::move(left_out));
  drain_until(stop, all);
  // The end of `all`, in the thread that started them, ends them with all their children.
}

} // namespace

Sidecars::Sidecars(std::vector<NeighborSpec> specs, NeighborSurroundings surroundings,
                   std::vector<std::string>& left_out) {
  std::promise<std::vector<std::string>> begun;
  auto outcome = begun.get_future();
  thread_ =
      std::thread([this, specs = std::move(specs), where = std::move(surroundings),
                   begun = std::move(begun)]() mutable { look_after(specs, where, stop_, begun); });
  for (auto& line : outcome.get()) {
    left_out.push_back(std::move(line));
  }
}

Sidecars::~Sidecars() {
  stop_.set();
  thread_.join();
}

} // namespace harness::workloads
