// SPDX-License-Identifier: Apache-2.0
#include "core/model/phase.hpp"

#include "core/base/text.hpp"

#include <array>
#include <fmt/format.h>
#include <optional>

namespace harness {

namespace {

template <typename... Handlers> struct Overloaded : Handlers... { using Handlers::operator()...; };
// clang 14 does not deduce aggregates by itself.
template <typename... Handlers> Overloaded(Handlers...) -> Overloaded<Handlers...>;

struct Module {
  std::string name;
  std::string_view rest;
};

/// Splits `MODULE!REST`; without a `!` the module is empty (the executable).
Module split_module(std::string_view text) {
  const auto mark = text.find('!');
  if (mark == std::string_view::npos) {
    return {"", text};
  }
  return {std::string(text.substr(0, mark)), text.substr(mark + 1)};
}

std::string with_module(const std::string& module, const std::string& rest) {
  // A rest with a ! of its own needs the (empty) module in front.
  return module.empty() && rest.find('!') == std::string::npos ? rest : module + "!" + rest;
}

std::optional<std::uint64_t> parse_offset(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 0) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(*number);
}

Result<Trigger> parse_symbol(std::string_view text) {
  const Module module = split_module(text);
  const auto plus = module.rest.rfind('+');
  SymbolTrigger trigger{std::string(module.rest.substr(0, plus)), 0, module.name};
  if (plus != std::string_view::npos) {
    const auto offset = parse_offset(module.rest.substr(plus + 1));
    if (!offset) {
      return Error{fmt::format(
          "symbol:{}: the text after + is not an offset; write symbol:NAME+0x10", text)};
    }
    trigger.offset_bytes = *offset;
  }
  if (trigger.name.empty()) {
    return Error{"symbol: needs the name of a function; write symbol:NAME or symbol:NAME+0x10"};
  }
  return Trigger(std::move(trigger));
}

Result<Trigger> parse_file_offset(std::string_view text) {
  const Module module = split_module(text);
  const auto offset = parse_offset(module.rest);
  if (!offset) {
    return Error{fmt::format("offset:{}: not an offset in the file; write offset:0x1a2b", text)};
  }
  return Trigger(OffsetTrigger{*offset, module.name});
}

Result<Trigger> parse_call(std::string_view text) {
  CallTrigger trigger;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto side = text.substr(at + 1);
    if (side != "entry" && side != "exit") {
      return Error{fmt::format("call:{}: unknown point of a call; write call:NAME@entry or "
                               "call:NAME@exit",
                               text)};
    }
    trigger.on = side == "exit" ? CallTrigger::On::exit : CallTrigger::On::entry;
    text = text.substr(0, at);
  }
  if (const auto hash = text.rfind('#'); hash != std::string_view::npos) {
    const auto nth = parse_integer(text.substr(hash + 1));
    if (!nth || *nth < 1 || *nth > UINT32_MAX) {
      return Error{
          fmt::format("call:{}: the number after # must be at least 1; write call:NAME#2", text)};
    }
    trigger.nth = static_cast<std::uint32_t>(*nth);
    text = text.substr(0, hash);
  }
  trigger.name = text;
  if (trigger.name.empty() || trigger.name.find_first_of("#@") != std::string::npos) {
    return Error{"call: needs the name of a system call; write call:epoll_wait"};
  }
  return Trigger(std::move(trigger));
}

Result<Trigger> parse_time(std::string_view text) {
  const auto after = parse_duration(text);
  if (!after) {
    return Error{fmt::format("time:{}: not a duration; write time:250ms or time:2s", text)};
  }
  // To what the text form can say.
  return Trigger(TimeTrigger{std::chrono::round<std::chrono::microseconds>(*after)});
}

Result<Trigger> parse_spawn(std::string_view text) {
  const auto equals = text.find('=');
  const auto by = text.substr(0, equals);
  SpawnTrigger trigger;
  if (by == "thread") {
    trigger.by = SpawnTrigger::By::thread;
  } else if (by == "exec") {
    trigger.by = SpawnTrigger::By::exec;
  } else if (by != "fork") {
    return Error{fmt::format("spawn:{}: write spawn:fork, spawn:thread or spawn:exec=FILE", text)};
  }
  if (equals != std::string_view::npos) {
    trigger.executable = text.substr(equals + 1);
  }
  return Trigger(std::move(trigger));
}

Result<Trigger> parse_text(std::string_view kind, std::string_view text) {
  const bool only_module =
      kind == "output" && text.ends_with('!') && text.find('!') + 1 == text.size();
  if (text.empty() || only_module) {
    return Error{fmt::format("{}: needs a value; write {}:VALUE", kind, kind)};
  }
  if (kind == "signal") {
    return Trigger(SignalTrigger{std::string(text)});
  }
  if (kind == "marker") {
    return Trigger(MarkerTrigger{std::string(text)});
  }
  const Module file = split_module(text);
  return Trigger(OutputTrigger{std::string(file.rest), file.name});
}

} // namespace

Result<Trigger> parse_trigger(std::string_view text) {
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  const auto rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (kind == "launch" && rest.empty()) {
    return Trigger(LaunchTrigger{});
  }
  if (kind == "auto") {
    return Trigger(AutoTrigger{std::string(rest)});
  }
  if (kind == "symbol") {
    return parse_symbol(rest);
  }
  if (kind == "offset") {
    return parse_file_offset(rest);
  }
  if (kind == "call") {
    return parse_call(rest);
  }
  if (kind == "signal" || kind == "output" || kind == "marker") {
    return parse_text(kind, rest);
  }
  if (kind == "time") {
    return parse_time(rest);
  }
  if (kind == "spawn") {
    return parse_spawn(rest);
  }
  static const std::array<std::string, 10> kinds = {"launch", "symbol", "offset", "call",  "signal",
                                                    "output", "time",   "marker", "spawn", "auto"};
  const auto near = nearest_word(kind, kinds);
  return Error{
      fmt::format("'{}' is not a trigger{}; write symbol:NAME, offset:0xN, call:NAME, "
                  "signal:NAME, output:TEXT, time:DURATION, marker:NAME, spawn:fork or auto",
                  printable(text), near ? fmt::format(" (did you mean {}?)", *near) : "")};
}

std::string trigger_text(const Trigger& trigger) {
  return std::visit(
      Overloaded{
          [](const LaunchTrigger&) { return std::string("launch"); },
          [](const SymbolTrigger& t) {
            const bool bare = t.offset_bytes == 0 && t.name.find('+') == std::string::npos;
            const std::string offset = bare ? "" : fmt::format("+{:#x}", t.offset_bytes);
            return "symbol:" + with_module(t.module, t.name + offset);
          },
          [](const OffsetTrigger& t) {
            return "offset:" + with_module(t.module, fmt::format("{:#x}", t.file_offset_bytes));
          },
          [](const CallTrigger& t) {
            return fmt::format("call:{}{}{}", t.name, t.nth == 1 ? "" : fmt::format("#{}", t.nth),
                               t.on == CallTrigger::On::exit ? "@exit" : "");
          },
          [](const SignalTrigger& t) { return "signal:" + t.name; },
          [](const OutputTrigger& t) { return "output:" + with_module(t.path, t.text); },
          [](const TimeTrigger& t) {
            return fmt::format(
                "time:{}us",
                std::chrono::duration_cast<std::chrono::microseconds>(t.after).count());
          },
          [](const MarkerTrigger& t) { return "marker:" + t.name; },
          [](const SpawnTrigger& t) {
            const char* by = t.by == SpawnTrigger::By::fork     ? "fork"
                             : t.by == SpawnTrigger::By::thread ? "thread"
                                                                : "exec";
            return fmt::format("spawn:{}{}", by, t.executable.empty() ? "" : "=" + t.executable);
          },
          [](const AutoTrigger& t) { return t.point.empty() ? "auto" : "auto:" + t.point; },
      },
      trigger);
}

Result<Phase> parse_phase(std::string_view text) {
  const auto equals = text.find('=');
  const auto colon = text.find(':');
  // `spawn:exec=FILE` has its = behind the colon.
  const bool named =
      equals != std::string_view::npos && (colon == std::string_view::npos || equals < colon);
  const auto trigger_part = named ? text.substr(equals + 1) : text;
  auto trigger = parse_trigger(trigger_part);
  if (!trigger) {
    return std::move(trigger).error();
  }
  if (named && equals == 0) {
    return Error{fmt::format("{}: the name before = is empty; write NAME={}", text, trigger_part)};
  }
  return Phase{std::string(named ? text.substr(0, equals) : trigger_part), std::move(*trigger)};
}

bool needs_output(const Trigger& trigger) {
  return std::holds_alternative<OutputTrigger>(trigger);
}

} // namespace harness
