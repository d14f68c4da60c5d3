// SPDX-License-Identifier: Apache-2.0
#include "tracer/dwarf_expression.hpp"

#include <dwarf.h>
#include <vector>

namespace harness::tracer {

namespace {

using Stack = std::vector<std::uint64_t>;

/// Replaces the two topmost values by `result`; false if there are not two.
template <typename Operation> bool combine(Stack& stack, Operation operation) {
  if (stack.size() < 2) {
    return false;
  }
  const std::uint64_t right = stack.back();
  stack.pop_back();
  stack.back() = operation(stack.back(), right);
  return true;
}

std::optional<std::uint64_t> register_value(const DwarfFrame& frame, std::uint64_t number) {
  return number < frame.registers.size() ? frame.registers[number] : std::nullopt;
}

/// Operations that push one value.
std::optional<std::uint64_t> pushed(const Dwarf_Op& op, const DwarfFrame& frame) {
  if (op.atom >= DW_OP_lit0 && op.atom <= DW_OP_lit31) {
    return op.atom - DW_OP_lit0;
  }
  if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31) {
    const auto base = register_value(frame, op.atom - DW_OP_breg0);
    return base ? std::optional(*base + op.number) : std::nullopt;
  }
  switch (op.atom) {
  case DW_OP_bregx: {
    const auto base = register_value(frame, op.number);
    return base ? std::optional(*base + op.number2) : std::nullopt;
  }
  case DW_OP_call_frame_cfa:
    return frame.cfa;
  case DW_OP_addr:
  case DW_OP_const1u:
  case DW_OP_const2u:
  case DW_OP_const4u:
  case DW_OP_const8u:
  case DW_OP_constu:
  case DW_OP_const1s:
  case DW_OP_const2s:
  case DW_OP_const4s:
  case DW_OP_const8s:
  case DW_OP_consts:
    return op.number;
  default:
    return std::nullopt;
  }
}

/// Operations on what is on the stack; false if unknown or short of operands.
bool apply(const Dwarf_Op& op, const DwarfFrame& frame, Stack& stack) {
  switch (op.atom) {
  case DW_OP_plus_uconst:
    return !stack.empty() && ((stack.back() += op.number), true);
  case DW_OP_plus:
    return combine(stack, [](auto a, auto b) { return a + b; });
  case DW_OP_minus:
    return combine(stack, [](auto a, auto b) { return a - b; });
  case DW_OP_mul:
    return combine(stack, [](auto a, auto b) { return a * b; });
  case DW_OP_and:
    return combine(stack, [](auto a, auto b) { return a & b; });
  case DW_OP_or:
    return combine(stack, [](auto a, auto b) { return a | b; });
  case DW_OP_shl:
    return combine(stack, [](auto a, auto b) { return b < 64 ? a << b : 0; });
  case DW_OP_shr:
    return combine(stack, [](auto a, auto b) { return b < 64 ? a >> b : 0; });
  case DW_OP_ge:
    return combine(stack, [](auto a, auto b) {
      return std::uint64_t{static_cast<std::int64_t>(a) >= static_cast<std::int64_t>(b)};
    });
  case DW_OP_deref: {
    const auto value = stack.empty() ? std::nullopt : frame.read(stack.back());
    return value && ((stack.back() = *value), true);
  }
  case DW_OP_dup:
    return !stack.empty() && (stack.push_back(stack.back()), true);
  case DW_OP_drop:
    return !stack.empty() && (stack.pop_back(), true);
  case DW_OP_nop:
    return true;
  default:
    return false;
  }
}

} // namespace

std::optional<DwarfResult> evaluate(std::span<const Dwarf_Op> operations, const DwarfFrame& frame) {
  Stack stack;
  for (const Dwarf_Op& op : operations) {
    if (op.atom >= DW_OP_reg0 && op.atom <= DW_OP_reg31) {
      const auto value = register_value(frame, op.atom - DW_OP_reg0);
      return value ? std::optional(DwarfResult{*value, true}) : std::nullopt;
    }
    if (op.atom == DW_OP_stack_value) {
      return stack.empty() ? std::nullopt : std::optional(DwarfResult{stack.back(), true});
    }
    if (const auto value = pushed(op, frame)) {
      stack.push_back(*value);
    } else if (!apply(op, frame, stack)) {
      return std::nullopt;
    }
  }
  return stack.empty() ? std::nullopt : std::optional(DwarfResult{stack.back(), false});
}

} // namespace harness::tracer
