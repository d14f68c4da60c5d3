// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/build.hpp"

#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <linux/bpf_common.h>

namespace harness::bpf {

namespace {

/// Numbers from `first` up to that of the next range, compared without sign, with one answer.
struct Range {
  std::uint32_t first = 0;
  Decision decision;
};

constexpr std::uint32_t negative = 0x80000000; // numbers from here on are negative

sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

sock_filter give(Verdict verdict) {
  return BPF_STMT(BPF_RET | BPF_K, verdict);
}

void append(FilterProgram& to, const FilterProgram& part) {
  to.insert(to.end(), part.begin(), part.end());
}

/// `comparison` with `k`: if it holds, `yes` runs, else `no`. Both end in a return. Conditional
/// jumps reach 255 instructions, the unconditional one any distance.
FilterProgram branch(std::uint16_t comparison, std::uint32_t k, const FilterProgram& yes,
                     const FilterProgram& no) {
  FilterProgram program;
  const auto code = static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K);
  if (no.size() <= 255) {
    program.push_back(BPF_JUMP(code, k, static_cast<std::uint8_t>(no.size()), 0));
  } else {
    program.push_back(BPF_JUMP(code, k, 0, 1));
    program.push_back(BPF_STMT(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(no.size())));
  }
  append(program, no);
  append(program, yes);
  return program;
}

/// One half of an argument compared; skips `to_next` instructions after itself if it does not fit.
void compare_half(FilterProgram& program, std::size_t offset, std::uint32_t mask,
                  std::uint32_t value, std::vector<std::size_t>& misses) {
  if (mask == 0) {
    return; // says nothing about this half
  }
  program.push_back(load(offset));
  if (mask != ~std::uint32_t{0}) {
    program.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
  }
  misses.push_back(program.size());
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 0));
}

/// Falls through if `all` are met and ends in a return of `verdict`; jumps behind itself if not.
FilterProgram conjunction(const std::vector<ArgumentCondition>& all, Verdict verdict) {
  FilterProgram program;
  std::vector<std::size_t> misses;
  for (const auto& condition : all) {
    const auto offset = offsetof(seccomp_data, args) + 8 * std::size_t{condition.argument};
    // Little-endian, as all architectures of AuditArch are: the low half comes first.
    compare_half(program, offset, static_cast<std::uint32_t>(condition.mask),
                 static_cast<std::uint32_t>(condition.value), misses);
    compare_half(program, offset + 4, static_cast<std::uint32_t>(condition.mask >> 32),
                 static_cast<std::uint32_t>(condition.value >> 32), misses);
  }
  program.push_back(give(verdict));
  for (const auto at : misses) {
    program[at].jf = static_cast<std::uint8_t>(program.size() - at - 1);
  }
  return program;
}

FilterProgram leaf(const Decision& decision) {
  FilterProgram program;
  for (const auto& all : decision.alternatives) {
    append(program, conjunction(all, decision.verdict));
  }
  program.push_back(give(decision.alternatives.empty() ? decision.verdict : decision.unmet));
  return program;
}

FilterProgram tree(std::span<const Range> ranges) {
  if (ranges.size() == 1) {
    return leaf(ranges[0].decision);
  }
  // One number that stands out among its neighbors needs one comparison, not two.
  if (ranges.size() == 3 && ranges[2].first - ranges[1].first == 1 &&
      ranges[0].decision == ranges[2].decision) {
    return branch(BPF_JEQ, ranges[1].first, leaf(ranges[1].decision), leaf(ranges[0].decision));
  }
  const auto half = ranges.size() / 2;
  return branch(BPF_JGE, ranges[half].first, tree(ranges.subspan(half)),
                tree(ranges.subspan(0, half)));
}

/// The table as ranges over all 2^32 numbers, in their order, neighbors of one answer joined.
std::vector<Range> ranges_of(AuditArch arch, const ArchTable& table) {
  std::map<std::uint32_t, Decision> starts;
  const bool x32 = arch == AuditArch::x86_64;
  const auto background = [&](std::uint32_t number) {
    const bool in_x32 = x32 && number >= static_cast<std::uint32_t>(x32_bit) && number < negative;
    return Decision{in_x32 ? table.x32 : table.otherwise, {}, 0};
  };
  for (const auto number : {std::uint32_t{0}, static_cast<std::uint32_t>(x32_bit), negative}) {
    starts.emplace(number, background(number));
  }
  for (const auto& [number, decision] : table.calls) {
    const auto first = static_cast<std::uint32_t>(number);
    starts.insert_or_assign(first, decision);
    if (first != ~std::uint32_t{0}) {
      starts.try_emplace(first + 1, background(first + 1));
    }
  }
  std::vector<Range> ranges;
  for (auto& [first, decision] : starts) {
    if (decision.alternatives.empty()) {
      decision.unmet = 0; // of no account, so of no account to equality
    }
    if (ranges.empty() || ranges.back().decision != decision) {
      ranges.push_back({first, std::move(decision)});
    }
  }
  return ranges;
}

Result<> check_conditions(AuditArch arch, const ArchTable& table) {
  for (const auto& [number, decision] : table.calls) {
    for (const auto& all : decision.alternatives) {
      for (const auto& condition : all) {
        if (condition.argument >= 6) {
          return Error{fmt::format("{}: condition on argument {}, but a call has arguments 0 to 5",
                                   syscall_name({arch, number}), condition.argument)};
        }
        if ((condition.value & ~condition.mask) != 0) {
          return Error{fmt::format("{}: the value {:#x} has bits outside the mask {:#x}, so that "
                                   "argument {} can never match",
                                   syscall_name({arch, number}), condition.value, condition.mask,
                                   condition.argument)};
        }
      }
      // The worst conjunction must stay in reach of an 8-bit jump; 6 arguments need at most 36.
      if (all.size() > 32) {
        return Error{fmt::format("{}: {} conditions in one alternative, but at most 32 fit",
                                 syscall_name({arch, number}), all.size())};
      }
    }
  }
  return Done{};
}

} // namespace

Result<FilterProgram> build(const FilterSpec& spec) {
  FilterProgram program{give(spec.foreign)};
  const auto put_in_front = [&](AuditArch arch, const ArchTable& table) {
    FilterProgram numbers{load(offsetof(seccomp_data, nr))};
    append(numbers, tree(ranges_of(arch, table)));
    program = branch(BPF_JEQ, static_cast<std::uint32_t>(arch), numbers, program);
  };
  for (const auto& [arch, table] : spec.archs) {
    if (auto checked = check_conditions(arch, table); !checked) {
      return std::move(checked).error();
    }
    if (arch != spec.native) {
      put_in_front(arch, table);
    }
  }
  if (const auto native = spec.archs.find(spec.native); native != spec.archs.end()) {
    put_in_front(native->first, native->second);
  }
  program.insert(program.begin(), load(offsetof(seccomp_data, arch)));
  if (program.size() > longest_program) {
    return Error{
        fmt::format("the filter needs {} instructions, but the kernel accepts {}; omit argument "
                    "conditions or lower their limit",
                    program.size(), longest_program)};
  }
  return program;
}

Result<FilterProgram> build(const Policy& policy, std::size_t phase) {
  auto program = build(spec_of(policy, phase));
  if (!program) {
    return std::move(program).error().within(fmt::format("phase {}", policy.phases.at(phase).name));
  }
  return program;
}

FilterProgram trace_all(std::uint16_t message) {
  return {give(trace_verdict(message))};
}

Result<FilterProgram> trace_all_but(const SyscallSet& free, std::uint16_t message) {
  const auto trace = trace_verdict(message);
  FilterSpec spec;
  spec.foreign = trace;
  for (const auto call : free) {
    auto& table = spec.archs.try_emplace(call.arch, ArchTable{{}, trace, trace}).first->second;
    table.calls.emplace(call.number, Decision{allow_verdict, {}, 0});
  }
  return build(spec);
}

} // namespace harness::bpf
