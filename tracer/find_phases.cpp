// SPDX-License-Identifier: Apache-2.0
#include "tracer/find_phases.hpp"

#include "core/base/fd.hpp"
#include "core/model/syscall_table.hpp"
#include "tracer/elf_image.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

/// Where the call instruction before `return_offset` begins, by its encoding; nothing if no near
/// call of the usual forms ends there.
std::optional<std::uint64_t> call_before(const std::string& executable,
                                         std::uint64_t return_offset) {
  constexpr std::size_t longest = 6;
  auto file = open_file(executable, O_RDONLY);
  std::array<unsigned char, longest> code{};
  if (!file || return_offset < longest ||
      ::pread(file->get(), code.data(), longest, static_cast<off_t>(return_offset - longest)) !=
          static_cast<ssize_t>(longest)) {
    return std::nullopt;
  }
  if (code[1] == 0xe8) { // call rel32
    return return_offset - 5;
  }
  if (code[0] == 0xff && (code[1] == 0x15 || (code[1] & 0xf8) == 0x90)) { // call [rip+…], [reg+…]
    return return_offset - 6;
  }
  if (code[3] == 0xff && (code[4] & 0xf8) == 0x50) { // call [reg+disp8]
    return return_offset - 3;
  }
  if (code[4] == 0xff && (code[5] & 0xf8) == 0xd0) { // call reg
    return code[3] == 0x41 ? return_offset - 3 : return_offset - 2;
  }
  return std::nullopt;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code problem;
  return a == b || std::filesystem::equivalent(a, b, problem);
}

Trigger trigger_of(const WaitSeen& wait, const std::string& executable) {
  for (const CodeLocation& frame : wait.stack) {
    if (!same_file(frame.module, executable)) {
      continue;
    }
    if (const auto call = call_before(executable, frame.offset_bytes)) {
      return OffsetTrigger{*call, ""};
    }
    break;
  }
  return CallTrigger{syscall_name(wait.call), static_cast<std::uint32_t>(wait.nth),
                     CallTrigger::On::entry};
}

Result<Trigger> static_point(const std::string& point, const std::string& executable) {
  auto image = ElfImage::open(executable);
  if (!image) {
    return std::move(image).error();
  }
  const auto address = point == "main" ? (*image)->main() : std::optional((*image)->entry());
  const auto offset = address ? (*image)->file_offset_of(*address) : std::nullopt;
  if (!offset) {
    return Error{fmt::format("{}: where '{}' begins can't be found; write offset:0xN or call:NAME",
                             executable, point)};
  }
  return Trigger(OffsetTrigger{*offset, ""});
}

Result<std::optional<Trigger>> calibrate(const std::string& executable, const CalibrationRun& run) {
  std::array<std::optional<Trigger>, 2> found;
  for (auto& point : found) {
    WaitLog waits;
    const RunResult result = run({}, &waits);
    if (const auto* failed = std::get_if<LaunchFailed>(&result.end)) {
      return Error{failed->error}.within("calibration run");
    }
    if (const auto* failed = std::get_if<TracerFailed>(&result.end)) {
      return Error{failed->error}.within("calibration run");
    }
    point = serving_point(waits, executable);
  }
  if (found[0] != found[1]) {
    const auto text = [](const std::optional<Trigger>& t) {
      return t ? trigger_text(*t) : std::string("nothing");
    };
    return Error{fmt::format("two calibration runs disagree about where serving begins ({} and "
                             "{}); write the trigger of that phase yourself",
                             text(found[0]), text(found[1]))};
  }
  return found[0];
}

} // namespace

std::optional<Trigger> serving_point(const WaitLog& waits, const std::string& executable) {
  const auto loops = [](const WaitSeen& wait) { return wait.times > 1 || wait.last; };
  const WaitSeen* best = nullptr;
  for (const bool leader_only : {true, false}) {
    for (const WaitSeen& wait : waits) {
      if (best == nullptr && loops(wait) && (wait.by_leader || !leader_only)) {
        best = &wait;
      }
    }
  }
  return best != nullptr ? std::optional(trigger_of(*best, executable)) : std::nullopt;
}

Result<std::vector<Phase>> find_phases(const std::vector<Phase>& phases,
                                       const std::string& executable, const CalibrationRun& run) {
  std::vector<Phase> resolved;
  std::optional<std::optional<Trigger>> serving; // calibrated once, when first needed
  for (const Phase& phase : phases) {
    const auto* automatic = std::get_if<AutoTrigger>(&phase.trigger);
    if (automatic == nullptr) {
      resolved.push_back(phase);
      continue;
    }
    const bool all = automatic->point.empty();
    for (const char* point : {"load", "init", "main", "serving"}) {
      if (!all && automatic->point != point) {
        continue;
      }
      const std::string name = all ? point : phase.name;
      if (std::string_view(point) == "load") {
        if (resolved.empty()) {
          resolved.push_back({name, LaunchTrigger{}}); // else the phase at launch is the load
        }
        continue;
      }
      if (std::string_view(point) != "serving") {
        auto trigger = static_point(point, executable);
        if (!trigger) {
          return std::move(trigger).error();
        }
        resolved.push_back({name, std::move(*trigger)});
        continue;
      }
      if (!serving) {
        auto found = calibrate(executable, run);
        if (!found) {
          return std::move(found).error();
        }
        serving = *found;
      }
      if (*serving) {
        resolved.push_back({name, **serving});
      } else if (!all) {
        return Error{fmt::format("{}: no process listens and comes back to the same wait, so "
                                 "there is no serving phase; leave auto:serving out or write its "
                                 "trigger yourself",
                                 executable)};
      }
    }
  }
  return resolved;
}

} // namespace harness::tracer
