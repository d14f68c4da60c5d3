// SPDX-License-Identifier: Apache-2.0
#include "tracer/check_trigger.hpp"

#include "core/base/text.hpp"
#include "core/model/kernel_names.hpp"
#include "core/model/syscall_table.hpp"
#include "tracer/elf_image.hpp"

#include <array>
#include <filesystem>
#include <fmt/format.h>

namespace harness::tracer {

namespace {

/// The file that `module` will most likely be; "" if it is nowhere usual.
std::string find_library(const std::string& module) {
  static constexpr std::array directories = {"/lib/x86_64-linux-gnu",
                                             "/usr/lib/x86_64-linux-gnu",
                                             "/lib64",
                                             "/usr/lib64",
                                             "/usr/local/lib",
                                             "/usr/lib"};
  for (const char* directory : directories) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (entry.path().filename().string().starts_with(module)) {
        return entry.path();
      }
    }
  }
  return "";
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest_word(word, known);
  return near ? fmt::format("; did you mean {}?", *near) : "";
}

Result<> check_symbol(const SymbolTrigger& trigger, const ElfImage& image,
                      const std::string& file) {
  const auto address = trigger.name == "main" ? image.main() : image.symbol(trigger.name);
  if (!address) {
    const auto names = image.symbol_names();
    return Error{fmt::format("{} has no function '{}'{}", file, printable(trigger.name),
                             names.size() > 4 ? did_you_mean(trigger.name, names)
                                              : "; it is stripped: write offset:0xN, call:NAME or "
                                                "auto")};
  }
  if (!image.is_code(*address + trigger.offset_bytes)) {
    return Error{fmt::format("{}+{:#x} lies outside the code of {}", printable(trigger.name),
                             trigger.offset_bytes, file)};
  }
  return Done{};
}

Result<> check_offset(const OffsetTrigger& trigger, const ElfImage& image,
                      const std::string& file) {
  const auto address = image.address_of(trigger.file_offset_bytes);
  if (!address || !image.is_code(*address)) {
    return Error{fmt::format("offset {:#x} of {} is not code; write the offset of an instruction "
                             "in the file (objdump -d --file-offsets shows them)",
                             trigger.file_offset_bytes, file)};
  }
  return Done{};
}

template <typename PointTrigger, typename Check>
Result<> check_point(const PointTrigger& trigger, const std::string& executable, Check check) {
  std::string file = executable;
  if (!trigger.module.empty()) {
    file = find_library(trigger.module);
    if (file.empty()) {
      return Done{}; // loaded from somewhere else; the run will tell
    }
  }
  auto image = ElfImage::open(file);
  if (!image) {
    return std::move(image).error();
  }
  return check(trigger, **image, file);
}

Result<> check_call(const CallTrigger& trigger) {
  if (find_syscall(trigger.name)) {
    return Done{};
  }
  std::vector<std::string> names;
  for (const auto& known : syscalls_of(AuditArch::x86_64)) {
    names.emplace_back(known.name);
  }
  return Error{fmt::format("no system call is called '{}'{}", printable(trigger.name),
                           did_you_mean(trigger.name, names))};
}

struct Check {
  const std::string& executable;
  Result<> operator()(const SymbolTrigger& t) const {
    return check_point(t, executable, check_symbol);
  }
  Result<> operator()(const OffsetTrigger& t) const {
    return check_point(t, executable, check_offset);
  }
  Result<> operator()(const CallTrigger& t) const { return check_call(t); }
  Result<> operator()(const SignalTrigger& t) const {
    if (signal_number(t.name)) {
      return Done{};
    }
    return Error{fmt::format("no signal is called '{}'{}", printable(t.name),
                             did_you_mean(t.name, signal_names()))};
  }
  Result<> operator()(const AutoTrigger& t) const {
    static const std::vector<std::string> points = {"load", "init", "main", "serving"};
    if (t.point.empty() || nearest_word(t.point, points) == t.point) {
      return Done{};
    }
    return Error{fmt::format("auto finds load, init, main and serving, not '{}'{}",
                             printable(t.point), did_you_mean(t.point, points))};
  }
  Result<> operator()(const LaunchTrigger& /*t*/) const { return Done{}; }
  Result<> operator()(const OutputTrigger& /*t*/) const { return Done{}; }
  Result<> operator()(const TimeTrigger& /*t*/) const { return Done{}; }
  Result<> operator()(const MarkerTrigger& /*t*/) const { return Done{}; }
  Result<> operator()(const SpawnTrigger& /*t*/) const { return Done{}; }
};

} // namespace

Result<> check_trigger(const Trigger& trigger, const std::string& executable) {
  return std::visit(Check{executable}, trigger);
}

} // namespace harness::tracer
