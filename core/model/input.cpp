// SPDX-License-Identifier: Apache-2.0
#include "core/model/input.hpp"

#include "core/base/text.hpp"
#include "core/model/digest.hpp"
#include "core/model/input_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness {

namespace {

/// Lines longer than this are continued on a line of the same directive.
constexpr std::size_t comfortable_columns = 90;

/// Appends lines to the text form.
class Writer {
public:
  explicit Writer(std::string& out) : out_(out) {}

  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }
  /// `directive` and the words, on as many lines as are comfortable to read.
  void words(std::string_view directive, const std::vector<std::string>& all) {
    std::string text;
    for (const auto& word : all) {
      if (text.size() > comfortable_columns) {
        line(text);
        text.clear();
      }
      if (text.empty()) {
        text = directive;
      }
      text += ' ';
      text += quote_if_needed(word);
    }
    if (!text.empty()) {
      line(text);
    }
  }

private:
  std::string& out_;
};

/// Length of the first line of `bytes` with its line ends: what one line of the text form shows.
std::size_t end_of_line(std::string_view bytes) {
  const auto line_end = bytes.find('\n');
  return std::min(bytes.find_first_not_of('\n', std::min(line_end, bytes.size())), bytes.size());
}

void write_streams(const Input& input, Writer& out) {
  const StandardInput& standard = input.standard_input;
  if (standard.kind != StandardInput::Kind::null) {
    out.line(fmt::format("stdin {}", standard_input_words[static_cast<int>(standard.kind)]));
  }
  for (std::string_view rest = standard.bytes; !rest.empty();) {
    const std::string_view piece = rest.substr(0, end_of_line(rest));
    out.line("feed " + quote(piece));
    rest.remove_prefix(piece.size());
  }
  if (input.standard_output != OutputKind::capture) {
    out.line(fmt::format("stdout {}", output_words[static_cast<int>(input.standard_output)]));
  }
  if (input.standard_error != OutputKind::capture) {
    out.line(fmt::format("stderr {}", output_words[static_cast<int>(input.standard_error)]));
  }
  if (input.terminal != Terminal{}) {
    out.line(fmt::format("terminal {}x{}{}", input.terminal.columns, input.terminal.rows,
                         input.terminal.hang_up ? " hang_up" : ""));
  }
}

std::string signal_text(const SignalEvent& event) {
  std::string text = "signal " + quote_if_needed(event.signal);
  if (event.at.calls != 0) {
    text += fmt::format(" after {}", event.at.calls);
  }
  if (!event.at.phase.empty()) {
    text += " in " + quote_if_needed(event.at.phase);
  }
  if (event.to != SignalEvent::To::main) {
    text += fmt::format(" to {}", signal_to_words[static_cast<int>(event.to)]);
  }
  return text;
}

std::string fault_text(const Fault& fault) {
  std::string text = "fault " + quote_if_needed(fault.call);
  switch (fault.kind) {
  case Fault::Kind::error:
    text += " error " + quote_if_needed(fault.error);
    break;
  case Fault::Kind::short_count:
    text += fmt::format(" short {}", fault.count);
    break;
  case Fault::Kind::delay:
    text += fmt::format(" delay {}", fault.milliseconds);
    break;
  }
  if (fault.nth != 1) {
    text += fmt::format(" nth {}", fault.nth);
  }
  if (!fault.phase.empty()) {
    text += " in " + quote_if_needed(fault.phase);
  }
  return text;
}

void write_identity(const Identity& identity, Writer& out) {
  std::string text = "identity";
  if (identity.uid) {
    text += fmt::format(" uid {}", *identity.uid);
  }
  if (identity.gid) {
    text += fmt::format(" gid {}", *identity.gid);
  }
  if (identity.umask) {
    text += fmt::format(" umask {:04o}", *identity.umask);
  }
  for (const auto& capability : identity.capabilities) {
    text += " capability " + quote_if_needed(capability);
  }
  if (!identity.directory.empty()) {
    text += " directory " + quote_if_needed(identity.directory);
  }
  if (identity != Identity{}) {
    out.line(text);
  }
}

void write_node_fields(const FileNode& node, std::string& text) {
  if (!node.content.empty()) {
    text += " content " + quote_if_needed(node.content);
  }
  if (node.size_bytes != 0) {
    text += fmt::format(" size {}", node.size_bytes);
  }
  if (node.entries != 0) {
    text += fmt::format(" entries {}", node.entries);
  }
  if (node.read_only) {
    text += " read_only";
  }
  if (node.mode) {
    text += fmt::format(" mode {:04o}", *node.mode);
  }
  if (node.uid) {
    text += fmt::format(" uid {}", *node.uid);
  }
  if (node.gid) {
    text += fmt::format(" gid {}", *node.gid);
  }
  if (node.mtime_s) {
    text += fmt::format(" mtime {}", *node.mtime_s);
  }
  for (const auto& [name, value] : node.attributes) {
    text += fmt::format(" attribute {} {}", quote_if_needed(name), quote_if_needed(value));
  }
}

} // namespace

std::string file_node_text(const FileNode& node) {
  std::string text =
      fmt::format("{} {}", node_words[static_cast<int>(node.kind)], quote_if_needed(node.path));
  if (node.kind == FileNode::Kind::symlink || node.kind == FileNode::Kind::hard_link) {
    text += ' ' + quote_if_needed(node.target);
  } else if (node.kind == FileNode::Kind::device) {
    text += fmt::format(" {}:{}", node.device_major, node.device_minor);
  }
  write_node_fields(node, text);
  return text;
}

std::string step_text(const Step& step) {
  std::string text = step.client == 0 ? "" : fmt::format("@{} ", step.client);
  text += step_words[static_cast<int>(step.kind)];
  if (step.kind == Step::Kind::pause) {
    text += fmt::format(" {}", step.milliseconds);
  }
  for (const auto& word : step.words) {
    text += ' ' + quote_if_needed(word);
  }
  return text;
}

std::string serialize_input(const Input& input) {
  std::string text(input_header);
  text += '\n';
  Writer out(text);
  out.words("arguments", input.arguments);
  for (const auto& change : input.environment) {
    out.line(change.value ? "env " + quote_if_needed(change.name + "=" + *change.value)
                          : "unset " + quote_if_needed(change.name));
  }
  write_streams(input, out);
  for (const auto& node : input.files) {
    out.line(file_node_text(node));
  }
  for (const auto& words : input.configuration) {
    std::string line = "config";
    for (const auto& word : words) {
      line += ' ' + quote_if_needed(word);
    }
    out.line(line);
  }
  for (const auto& step : input.script) {
    out.line(step_text(step));
  }
  for (const auto& event : input.signals) {
    out.line(signal_text(event));
  }
  for (const auto& fault : input.faults) {
    out.line(fault_text(fault));
  }
  for (const auto& limit : input.limits) {
    out.line(fmt::format("limit {} {}", limit.name, limit.value));
  }
  write_identity(input.identity, out);
  for (const auto& name : input.sidecars) {
    out.line("sidecar " + quote_if_needed(name));
  }
  return text;
}

std::string input_hash(std::string_view text) {
  return sha256_hex(text).substr(0, 16);
}

} // namespace harness
