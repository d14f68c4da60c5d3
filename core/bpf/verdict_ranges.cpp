// verdict_ranges of evaluate.hpp: symbolic execution with the number as an interval.
// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/check.hpp"
#include "core/bpf/evaluate.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <linux/bpf_common.h>

namespace harness::bpf {

namespace {

/// What is known of a register or slot.
struct Known {
  enum class Kind { constant, number, argument } kind = Kind::constant;
  std::uint32_t constant = 0;
};

struct State {
  std::size_t at = 0;
  std::uint32_t first = 0; // the numbers that reach this point
  std::uint32_t last = ~std::uint32_t{0};
  Known a;
  Known x;
  std::array<Known, BPF_MEMWORDS> slots{};
};

/// A program is a graph without loops, so every way ends; but there may be very many of them.
constexpr std::size_t max_steps = 4'000'000;

class Explorer {
public:
  Explorer(const FilterProgram& program, AuditArch arch)
      : program_(program), arch_(static_cast<std::uint32_t>(arch)) {}

  Result<std::vector<VerdictRange>> run() {
    open_.push_back({});
    std::size_t steps = 0;
    while (!open_.empty() && error_.empty()) {
      auto state = open_.back();
      open_.pop_back();
      if (++steps > max_steps) {
        error_ = "the filter has too many ways to follow them all";
      }
      step(state);
    }
    if (!error_.empty()) {
      return Error{error_};
    }
    return joined();
  }

private:
  void step(State& state) {
    const auto at = state.at++;
    const auto& op = program_[at];
    switch (BPF_CLASS(op.code)) {
    case BPF_LD:
      state.a = value(state, op);
      break;
    case BPF_LDX:
      state.x = value(state, op);
      break;
    case BPF_ST:
      state.slots[op.k] = state.a;
      break;
    case BPF_STX:
      state.slots[op.k] = state.x;
      break;
    case BPF_ALU:
      calculate(state, op, at);
      break;
    case BPF_JMP:
      return jump(state, op, at);
    case BPF_RET:
      return give(state, op, at);
    default: // BPF_MISC
      (op.code == (BPF_MISC | BPF_TAX) ? state.x : state.a) =
          op.code == (BPF_MISC | BPF_TAX) ? state.a : state.x;
      break;
    }
    open_.push_back(state);
  }

  Known value(const State& state, const sock_filter& op) const {
    switch (BPF_MODE(op.code)) {
    case BPF_ABS:
      if (op.k == offsetof(seccomp_data, nr)) {
        return {Known::Kind::number, 0};
      }
      if (op.k == offsetof(seccomp_data, arch)) {
        return {Known::Kind::constant, arch_};
      }
      return {Known::Kind::argument, 0};
    case BPF_LEN:
      return {Known::Kind::constant, sizeof(seccomp_data)};
    case BPF_MEM:
      return state.slots[op.k];
    default:
      return {Known::Kind::constant, op.k};
    }
  }

  void give(const State& state, const sock_filter& op, std::size_t at) {
    if (BPF_RVAL(op.code) != BPF_A) {
      found_.push_back({state.first, state.last, {op.k}});
    } else if (state.a.kind == Known::Kind::constant) {
      found_.push_back({state.first, state.last, {state.a.constant}});
    } else {
      error_ = fmt::format("instruction {} returns what depends on the call", at);
    }
  }

  /// Constants are computed by the evaluator proper: one instruction and a return.
  void calculate(State& state, const sock_filter& op, std::size_t at) {
    const bool with_x = BPF_SRC(op.code) == BPF_X && BPF_OP(op.code) != BPF_NEG;
    if (state.a.kind == Known::Kind::number || (with_x && state.x.kind == Known::Kind::number)) {
      error_ = fmt::format("instruction {} calculates with the number", at);
    } else if (state.a.kind == Known::Kind::argument ||
               (with_x && state.x.kind == Known::Kind::argument)) {
      state.a = {Known::Kind::argument, 0};
    } else if (with_x) {
      error_ = fmt::format("instruction {} calculates with two registers", at);
    } else {
      const FilterProgram one{BPF_STMT(BPF_LD | BPF_IMM, state.a.constant), op,
                              BPF_STMT(BPF_RET | BPF_A, 0)};
      state.a.constant = *evaluate(one, {});
    }
  }

  void jump(State& state, const sock_filter& op, std::size_t at) {
    if (BPF_OP(op.code) == BPF_JA) {
      state.at += op.k;
      open_.push_back(state);
      return;
    }
    const bool with_x = BPF_SRC(op.code) == BPF_X;
    if (with_x && state.x.kind == Known::Kind::number) {
      error_ = fmt::format("instruction {} compares with the number in X", at);
      return;
    }
    if (state.a.kind == Known::Kind::argument ||
        (with_x && state.x.kind == Known::Kind::argument)) {
      return both(state, op);
    }
    const auto k = with_x ? state.x.constant : op.k;
    if (state.a.kind == Known::Kind::number) {
      return split(state, op, k, at);
    }
    go(state, op, holds(BPF_OP(op.code), state.a.constant, k));
  }

  static bool holds(std::uint16_t comparison, std::uint32_t a, std::uint32_t b) {
    switch (comparison) {
    case BPF_JEQ:
      return a == b;
    case BPF_JGT:
      return a > b;
    case BPF_JGE:
      return a >= b;
    default:
      return (a & b) != 0;
    }
  }

  void go(State state, const sock_filter& op, bool taken) {
    state.at += taken ? op.jt : op.jf;
    open_.push_back(state);
  }

  void both(const State& state, const sock_filter& op) {
    go(state, op, true);
    go(state, op, false);
  }

  /// The part of the state with numbers in [first, last], if any, goes on.
  void part(State state, const sock_filter& op, std::uint64_t first, std::uint64_t last,
            bool taken) {
    const auto low = std::max<std::uint64_t>(first, state.first);
    const auto high = std::min<std::uint64_t>(last, state.last);
    if (low <= high) {
      state.first = static_cast<std::uint32_t>(low);
      state.last = static_cast<std::uint32_t>(high);
      go(state, op, taken);
    }
  }

  void split(const State& state, const sock_filter& op, std::uint32_t k, std::size_t at) {
    constexpr std::uint64_t end = std::uint64_t{1} << 32;
    const std::uint64_t key = k;
    switch (BPF_OP(op.code)) {
    case BPF_JEQ:
      part(state, op, key, key, true);
      if (key > 0) {
        part(state, op, 0, key - 1, false);
      }
      part(state, op, key + 1, end, false);
      return;
    case BPF_JGT:
      part(state, op, key + 1, end, true);
      part(state, op, 0, key, false);
      return;
    case BPF_JGE:
      part(state, op, key, end, true);
      if (key > 0) {
        part(state, op, 0, key - 1, false);
      }
      return;
    default:
      return split_bits(state, op, k, at);
    }
  }

  /// JSET on the number: where one bit is tested, blocks of its size alternate.
  void split_bits(const State& state, const sock_filter& op, std::uint32_t k, std::size_t at) {
    const bool one_bit = k != 0 && (k & (k - 1)) == 0;
    if (!one_bit || (state.last - state.first) / k > 4096) {
      error_ = fmt::format("instruction {} tests bits {:#x} of the number", at, k);
      return;
    }
    for (std::uint64_t from = state.first - state.first % k; from <= state.last; from += k) {
      part(state, op, from, from + k - 1, (from & k) != 0);
    }
  }

  /// The found pieces in order; where several ways lead to a number, their verdicts together.
  std::vector<VerdictRange> joined() const {
    std::vector<std::uint64_t> cuts;
    for (const auto& piece : found_) {
      cuts.push_back(piece.first);
      cuts.push_back(std::uint64_t{piece.last} + 1);
    }
    std::ranges::sort(cuts);
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    std::vector<std::vector<Verdict>> verdicts(cuts.size());
    for (const auto& piece : found_) {
      const auto from = std::ranges::lower_bound(cuts, std::uint64_t{piece.first});
      for (auto cut = from; cut != cuts.end() && *cut <= piece.last; ++cut) {
        verdicts[static_cast<std::size_t>(cut - cuts.begin())].push_back(piece.verdicts.front());
      }
    }
    std::vector<VerdictRange> ranges;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      auto& here = verdicts[i];
      std::ranges::sort(here);
      here.erase(std::unique(here.begin(), here.end()), here.end());
      const auto last = static_cast<std::uint32_t>(cuts[i + 1] - 1);
      if (!ranges.empty() && ranges.back().verdicts == here) {
        ranges.back().last = last;
      } else {
        ranges.push_back({static_cast<std::uint32_t>(cuts[i]), last, std::move(here)});
      }
    }
    return ranges;
  }

  const FilterProgram& program_;
  std::uint32_t arch_;
  std::vector<State> open_;
  std::vector<VerdictRange> found_;
  std::string error_;
};

} // namespace

Result<std::vector<VerdictRange>> verdict_ranges(const FilterProgram& program, AuditArch arch) {
  if (auto checked = check(program); !checked) {
    return std::move(checked).error();
  }
  return Explorer(program, arch).run();
}

} // namespace harness::bpf
