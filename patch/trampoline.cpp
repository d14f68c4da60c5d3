// SPDX-License-Identifier: Apache-2.0
#include "patch/trampoline.hpp"

#include <cstring>
#include <string_view>

namespace harness::patch {

namespace {

using namespace std::string_view_literals;

/// Machine code that grows at a known address.
class Code {
public:
  explicit Code(std::uint64_t address) : address_(address) {}

  Code& bytes(std::string_view more) {
    text_ += more;
    return *this;
  }
  Code& number(std::int32_t value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  /// The distance to `target` from the end of the instruction, of which `after` bytes follow.
  Code& relative(std::uint64_t target, std::size_t after = 0) {
    const std::uint64_t next = address_ + text_.size() + sizeof(std::int32_t) + after;
    return number(static_cast<std::int32_t>(target - next));
  }
  std::size_t size() const { return text_.size(); }
  std::string take() { return std::move(text_); }

private:
  std::uint64_t address_;
  std::string text_;
};

constexpr auto push_all = "\x50\x51\x52\x56\x57\x41\x50\x41\x51\x41\x52\x41\x53\x53"sv;
constexpr auto pop_all = "\x5b\x41\x5b\x41\x5a\x41\x59\x41\x58\x5f\x5e\x5a\x59\x58"sv;

/// `arrive(descriptor, phase, <rdx>)` with an aligned stack; rbx must be free.
void call_installer(Code& code, const InstallerPlaces& places, std::int32_t phase) {
  code.bytes("\x48\x8d\x3d"sv).relative(places.descriptor); // lea rdi, [descriptor]
  code.bytes("\xbe"sv).number(phase);                       // mov esi, phase
  code.bytes("\x48\x89\xe3"sv);                             // mov rbx, rsp
  code.bytes("\x48\x83\xe4\xf0"sv);                         // and rsp, -16
  code.bytes("\xe8"sv).relative(places.installer);          // call arrive
  code.bytes("\x48\x89\xdc"sv);                             // mov rsp, rbx
}

/// Everything of a point's trampoline before the moved code.
Code point_prologue(const InstallerPlaces& places, std::uint64_t address, std::int32_t phase) {
  Code guarded(0);
  guarded.bytes(push_all).bytes("\x31\xd2"sv); // xor edx, edx
  call_installer(guarded, places, phase);
  guarded.bytes(pop_all);

  Code code(address);
  code.bytes("\x48\x8d\x64\x24\x80"sv); // lea rsp, [rsp-128]: the red zone
  code.bytes("\x9c"sv);                 // pushfq
  code.bytes("\x81\x3d"sv).relative(places.state, 4).number(phase); // cmp dword [reached], phase
  code.bytes("\x0f\x8f"sv).number(static_cast<std::int32_t>(guarded.size())); // jg: in force
  code.bytes(push_all).bytes("\x31\xd2"sv);
  call_installer(code, places, phase);
  code.bytes(pop_all);
  code.bytes("\x9d"sv);                         // popfq
  code.bytes("\x48\x8d\xa4\x24"sv).number(128); // lea rsp, [rsp+128]
  return code;
}

} // namespace

std::string entry_trampoline(const InstallerPlaces& places, std::uint64_t address,
                             std::int32_t phase, std::uint64_t original_entry) {
  Code code(address);
  code.bytes("\x52"sv);                 // push rdx
  code.bytes("\x48\x8d\x54\x24\x08"sv); // lea rdx, [rsp+8]: argc and what follows
  call_installer(code, places, phase);
  code.bytes("\x5a"sv);     // pop rdx
  code.bytes("\x31\xed"sv); // xor ebp, ebp
  code.bytes("\x31\xdb"sv); // xor ebx, ebx
  code.bytes("\xe9"sv).relative(original_entry);
  return code.take();
}

std::string point_trampoline(const InstallerPlaces& places, std::uint64_t address,
                             std::int32_t phase, const std::string& moved, std::uint64_t resume) {
  Code code = point_prologue(places, address, phase);
  code.bytes(moved);
  code.bytes("\xe9"sv).relative(resume);
  return code.take();
}

std::size_t moved_code_offset() {
  return point_prologue({}, 0, 0).size();
}

std::string jump_over(std::uint64_t address, std::uint64_t target, std::size_t length) {
  Code code(address);
  code.bytes("\xe9"sv).relative(target);
  std::string text = code.take();
  text.resize(length, '\x90');
  return text;
}

std::string call_over(std::uint64_t address, std::uint64_t target, std::size_t length) {
  constexpr std::size_t call_bytes = 5;
  Code code(address);
  code.bytes(std::string(length - call_bytes, '\x90')).bytes("\xe8"sv).relative(target);
  return code.take();
}

} // namespace harness::patch
