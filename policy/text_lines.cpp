// SPDX-License-Identifier: Apache-2.0
#include "policy/text_lines.hpp"

#include "core/base/text.hpp"
#include "policy/format.hpp"
#include "policy/make_policy.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace harness::policy {

std::string comment_line(std::string_view text) {
  auto line = printable(text);
  if (line.ends_with('\\')) { // joins the next line to this one: in C, for minijail
    line += "x5c";
  }
  return line;
}

std::string c_comment(std::string text) {
  for (const std::string_view mark : {"*/", "/*"}) {
    for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at)) {
      text.insert(at + 1, " ");
    }
  }
  return text;
}

std::string c_string(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      text += fmt::format("\\{:03o}", byte); // three digits: \xHH would take what follows with it
    } else {
      text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
  }
  return text + '"';
}

std::string header_comment(const Policy& policy, std::size_t phase, std::string_view mark) {
  std::string text;
  for (const auto& line : header_lines(policy, phase)) {
    text += fmt::format("{}{}\n", mark, comment_line(line));
  }
  return text;
}

std::string reasons_comment(const Policy& policy, std::size_t phase, std::string_view mark) {
  std::string text;
  for (const auto& [call, entry] : policy.phases.at(phase).entries) {
    text +=
        fmt::format("{}{}: {}\n", mark, native_name(policy, call), comment_line(provenance(entry)));
  }
  return text;
}

std::string wrapped(const std::vector<std::string>& words, std::string_view prefix,
                    std::string_view separator, std::size_t width) {
  std::string text;
  std::string line;
  for (const auto& word : words) {
    if (!line.empty() && prefix.size() + line.size() + separator.size() + word.size() > width) {
      text += fmt::format("{}{}\n", prefix, line);
      line.clear();
    }
    line += line.empty() ? word : fmt::format("{}{}", separator, word);
  }
  return line.empty() ? text : text + fmt::format("{}{}\n", prefix, line);
}

std::vector<std::string> unconditional_names(const Policy& policy, std::size_t phase) {
  std::vector<std::string> names;
  for (const auto& [call, entry] : policy.phases.at(phase).entries) {
    if (runs(entry) && entry.conditions.empty()) {
      names.push_back(native_name(policy, call));
    }
  }
  return names;
}

std::vector<std::string> meaningful_lines(std::string_view text, std::string_view comment) {
  std::vector<std::string> lines;
  for (const auto& line : split(text, '\n')) {
    const auto word = trim(line);
    if (!word.empty() && !word.starts_with(comment)) {
      lines.emplace_back(word);
    }
  }
  return lines;
}

std::string_view errno_name(Action action) {
  return action == Action::enosys ? "ENOSYS" : action == Action::eperm ? "EPERM" : "";
}

std::optional<bpf::Verdict> verdict_of_errno(std::string_view name) {
  if (name == "ENOSYS") {
    return bpf::errno_verdict(ENOSYS);
  }
  return name == "EPERM" ? std::optional(bpf::errno_verdict(EPERM)) : std::nullopt;
}

bpf::FilterSpec native_spec(AuditArch native, bpf::Verdict otherwise, bpf::Verdict foreign) {
  bpf::FilterSpec spec;
  spec.native = native;
  spec.foreign = foreign;
  spec.archs.emplace(native, bpf::ArchTable{{}, otherwise, foreign});
  return spec;
}

} // namespace harness::policy
