// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_input.hpp"

#include "core/model/input_limits.hpp"
#include "core/model/input_text.hpp"
#include "core/model/kernel_names.hpp"

#include <algorithm>

namespace harness::test {

namespace {

std::string without_nul(std::string text) {
  std::replace(text.begin(), text.end(), '\0', '0');
  return text;
}

std::string name(Random& random) {
  std::string text = without_nul(random_text(random, 12));
  std::replace(text.begin(), text.end(), '/', '_');
  std::replace(text.begin(), text.end(), '=', '-');
  return text.empty() || text.starts_with('.') ? "n" + text : text;
}

std::string path(Random& random) {
  std::string text = name(random);
  while (random.chance(1, 3)) {
    text += "/" + name(random);
  }
  return random.chance(1, 20) ? "." : text;
}

template <typename Value, typename Make>
std::vector<Value> some(Random& random, std::size_t most, Make make) {
  std::vector<Value> all(static_cast<std::size_t>(random.below(most + 1)));
  for (auto& value : all) {
    value = make();
  }
  return all;
}

std::optional<std::uint32_t> maybe(Random& random, std::uint32_t most) {
  if (random.chance(1, 2)) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(random.between(0, most));
}

FileNode node(Random& random) {
  FileNode made;
  made.kind = static_cast<FileNode::Kind>(random.below(node_words.size()));
  made.path = path(random);
  switch (made.kind) {
  case FileNode::Kind::file:
    made.content = random_text(random, 40);
    made.size_bytes = random.below(3) * input_limits::file_size_bytes / 2;
    break;
  case FileNode::Kind::directory:
    made.entries = static_cast<std::uint32_t>(random.below(input_limits::directory_entries / 8));
    break;
  case FileNode::Kind::symlink:
    made.target = "/" + without_nul(random_text(random, 20));
    break;
  case FileNode::Kind::hard_link:
    made.target = path(random);
    break;
  case FileNode::Kind::device:
    made.device_major = static_cast<std::uint32_t>(random.below(0x1000));
    made.device_minor = static_cast<std::uint32_t>(random.below(0x100000));
    break;
  case FileNode::Kind::file_system:
    made.kind = FileNode::Kind::fifo; // few are allowed: random_input adds one itself
    break;
  case FileNode::Kind::fifo:
  case FileNode::Kind::socket:
    break;
  }
  made.mode = maybe(random, input_limits::mode);
  made.uid = maybe(random, input_limits::id);
  made.gid = maybe(random, input_limits::id);
  if (random.chance(1, 3)) {
    made.mtime_s = static_cast<std::int64_t>(random.next());
  }
  if (random.chance(1, 4)) {
    made.attributes.emplace_back("user." + name(random), random_text(random, 20));
  }
  return made;
}

Step step(Random& random) {
  Step made;
  made.kind = static_cast<Step::Kind>(random.below(step_words.size()));
  made.client = static_cast<std::uint16_t>(random.below(input_limits::clients));
  switch (made.kind) {
  case Step::Kind::connect:
    made.words = some<std::string>(random, 1, [&] { return random.chance(1, 2) ? "tcp" : "unix"; });
    break;
  case Step::Kind::command:
  case Step::Kind::send:
    made.words = some<std::string>(random, 4, [&] { return random_text(random, 12); });
    made.words.push_back(random_text(random, 12));
    break;
  case Step::Kind::marker:
    made.words = {random_text(random, 12)};
    break;
  case Step::Kind::pause:
    made.milliseconds = static_cast<std::uint32_t>(random.below(100));
    break;
  case Step::Kind::receive:
  case Step::Kind::half_close:
  case Step::Kind::reset:
  case Step::Kind::close:
    break;
  }
  return made;
}

SignalEvent signal(Random& random) {
  return {signal_names()[random.below(signal_names().size())],
          {random_text(random, 6), random.chance(1, 2) ? random.next() : 0},
          static_cast<SignalEvent::To>(random.below(3))};
}

Fault fault(Random& random) {
  Fault made;
  made.call = random.chance(1, 2) ? "openat" : "syscall_468";
  made.nth = static_cast<std::uint32_t>(random.between(1, UINT32_MAX));
  made.phase = random_text(random, 6);
  made.kind = static_cast<Fault::Kind>(random.below(3));
  switch (made.kind) {
  case Fault::Kind::error:
    made.error = errno_names()[random.below(errno_names().size())];
    break;
  case Fault::Kind::short_count:
    made.count = random.next();
    break;
  case Fault::Kind::delay:
    made.milliseconds = static_cast<std::uint32_t>(random.below(100));
    break;
  }
  return made;
}

Identity identity(Random& random) {
  Identity made;
  made.uid = maybe(random, input_limits::id);
  made.gid = maybe(random, input_limits::id);
  made.umask = maybe(random, input_limits::umask);
  made.capabilities = some<std::string>(random, 2, [] { return "CAP_CHOWN"; });
  made.directory = random.chance(1, 2) ? "deleted" : path(random);
  return made;
}

} // namespace

std::string random_text(Random& random, std::size_t most) {
  static constexpr std::string_view pieces[] = {"\n",   "\"", "\\",   "#",  " ",
                                                "\t",   "\r", "@",    "é",  "\xc2\x85",
                                                "\xff", "a",  "word", "-l", "@1"};
  std::string text;
  const std::size_t length = random.below(most + 1);
  while (text.size() < length) {
    text += random.chance(1, 2) ? std::string(pieces[random.below(std::size(pieces))])
                                : random.bytes(1);
  }
  return text;
}

Input random_input(Random& random) {
  Input made;
  const auto text = [&] { return without_nul(random_text(random, 20)); };
  made.arguments = some<std::string>(random, 12, text);
  made.environment = some<EnvironmentChange>(random, 3, [&] {
    return EnvironmentChange{name(random),
                             random.chance(1, 3) ? std::nullopt : std::optional(text())};
  });
  made.standard_input = {
      static_cast<StandardInput::Kind>(random.below(standard_input_words.size())),
      random_text(random, 60)};
  made.standard_output = static_cast<OutputKind>(random.below(output_words.size()));
  made.standard_error = static_cast<OutputKind>(random.below(output_words.size()));
  if (random.chance(1, 2)) {
    made.terminal = {static_cast<std::uint16_t>(random.below(65536)),
                     static_cast<std::uint16_t>(random.below(65536)), random.chance(1, 2)};
  }
  made.files = some<FileNode>(random, 5, [&] { return node(random); });
  if (random.chance(1, 4)) {
    made.files.push_back({.kind = FileNode::Kind::file_system,
                          .path = name(random),
                          .size_bytes = 1 + random.below(input_limits::file_system_bytes),
                          .read_only = random.chance(1, 2)});
  }
  made.configuration =
      some<std::vector<std::string>>(random, 3, [&] { return some<std::string>(random, 3, text); });
  made.script = some<Step>(random, 8, [&] { return step(random); });
  made.signals = some<SignalEvent>(random, 2, [&] { return signal(random); });
  made.faults = some<Fault>(random, 2, [&] { return fault(random); });
  made.limits = some<ResourceLimit>(random, 3, [&] {
    return ResourceLimit{std::string(resource_limit_words[random.below(8)]), random.next()};
  });
  if (random.chance(1, 3)) {
    made.identity = identity(random);
  }
  made.sidecars = some<std::string>(random, 2, [&] { return random_text(random, 8); });
  return made;
}

} // namespace harness::test
