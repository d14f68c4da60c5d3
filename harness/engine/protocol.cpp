// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/protocol.hpp"

#include "harness/engine/result_fields.hpp"

#include <fmt/format.h>

namespace harness::engine {

template <>
inline constexpr auto last_enumerator<Ending> = static_cast<std::uint64_t>(Ending::interrupted);
template <>
inline constexpr auto
    last_enumerator<Run::Origin> = static_cast<std::uint64_t>(Run::Origin::validating);

// Not in an unnamed namespace: the codec finds them by their arguments.
void fields(auto& a, Is<tracer::KernelShare> auto& v) {
  auto& [workers, slots, tables, cells, used] = v.maps;
  a(workers, slots, tables, cells, used, v.worker, v.cookie, v.errors);
}
void fields(auto& a, Is<Setup> auto& v) {
  a(v.plan, v.directory, v.hidden, v.isolated, v.filters, v.report_violations, v.kernel);
}
void fields(auto& a, Is<Calibrate> auto& v) {
  a(v.inputs);
}
void fields(auto& a, Is<PairKey> auto& v) {
  a(v.phase, v.call, v.executable);
}
void fields(auto& a, Is<KnownPair> auto& v) {
  a(v.pair, v.only_faulted);
}
void fields(auto& a, Is<Inputs> auto& v) {
  a(v.texts, v.known, v.words);
}
void fields(auto& a, Is<Explore> auto& v) {
  a(v.seed, v.runs);
}
void fields(auto& a, Is<Freeze> auto& v) {
  a(v.attempt, v.texts, v.words, v.calls);
}
void fields(auto& a, Is<Draw> auto& v) {
  a(v.attempt, v.seed, v.from, v.to);
}
void fields(auto& a, Is<Replay> auto& v) {
  a(v.token, v.text, v.times, v.compare);
}
void fields(auto&, Is<Stop> auto&) {}

void fields(auto& a, Is<Hello> auto& v) {
  a(v.version);
}
void fields(auto& a, Is<Calibrated> auto& v) {
  a(v.phases, v.error);
}
void fields(auto& a, Is<Starting> auto& v) {
  a(v.text);
}
void fields(auto& a, Is<PairSeen> auto& v) {
  a(v.pair, v.calls, v.only_faulted);
}
void fields(auto& a, Is<Find::Pair> auto& v) {
  a(v.pair, v.backtrace);
}
void fields(auto& a, Is<Find> auto& v) {
  a(v.pairs, v.features, v.words);
}
void fields(auto& a, Is<Run> auto& v) {
  a(v.input, v.origin, v.attempt, v.index, v.ending, v.incomplete, v.reached, v.defined, v.pairs,
    v.bucket, v.calls, v.stops, v.wall, v.faulted, v.discovering, v.find);
}
void fields(auto& a, Is<Failure> auto& v) {
  a(v.input, v.bucket, v.what, v.ending, v.last_calls, v.output_tail);
}
void fields(auto& a, Is<Tally> auto& v) {
  a(v.arguments, v.errnos);
}
void fields(auto& a, Is<Printed> auto& v) {
  a(v.exact, v.folded);
}
void fields(auto& a, Is<Replayed> auto& v) {
  a(v.token, v.result, v.output_tail, v.printed);
}
void fields(auto&, Is<Idle> auto&) {}
void fields(auto& a, Is<Broken> auto& v) {
  a(v.message);
}

namespace {

constexpr std::size_t length_bytes = 4;

template <typename Variant> std::string encode_any(const Variant& value) {
  Encoder encoder;
  std::visit([&](const auto& alternative) { fields(encoder, alternative); }, value);
  const std::string content = encoder.take();
  const std::size_t length = content.size() + 1;
  std::string frame;
  frame.reserve(length_bytes + length);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    frame += static_cast<char>(length >> shift);
  }
  frame += static_cast<char>(value.index());
  frame += content;
  return frame;
}

template <typename Variant, std::size_t I = 0>
Result<Variant> decode_as(std::size_t kind, std::string_view content) {
  if constexpr (I == std::variant_size_v<Variant>) {
    return Error{fmt::format("unknown message kind {}", kind)};
  } else if (kind != I) {
    return decode_as<Variant, I + 1>(kind, content);
  } else {
    Decoder decoder(content);
    std::variant_alternative_t<I, Variant> value;
    fields(decoder, value);
    if (!decoder.finished()) {
      return Error{fmt::format("malformed message of kind {} ({} bytes)", kind, content.size())};
    }
    return Variant(std::in_place_index<I>, std::move(value));
  }
}

template <typename Variant> Result<Variant> decode_any(std::string_view frame) {
  if (frame.empty()) {
    return Error{"empty message"};
  }
  return decode_as<Variant>(static_cast<unsigned char>(frame.front()), frame.substr(1));
}

} // namespace

std::string encode(const Command& command) {
  return encode_any(command);
}
std::string encode(const Message& message) {
  return encode_any(message);
}
Result<Command> decode_command(std::string_view frame) {
  return decode_any<Command>(frame);
}
Result<Message> decode_message(std::string_view frame) {
  return decode_any<Message>(frame);
}

Result<std::optional<std::string>> FrameReader::next() {
  const std::string_view rest = std::string_view(pending_).substr(used_);
  if (rest.size() < length_bytes) {
    return std::optional<std::string>();
  }
  std::size_t length = 0;
  for (unsigned i = 0; i < length_bytes; ++i) {
    length |= std::size_t{static_cast<unsigned char>(rest[i])} << (8 * i);
  }
  if (length == 0 || length > max_frame_bytes) {
    return Error{fmt::format("a frame of {} bytes: not the protocol of harness", length)};
  }
  if (rest.size() < length_bytes + length) {
    return std::optional<std::string>();
  }
  std::optional<std::string> frame(rest.substr(length_bytes, length));
  used_ += length_bytes + length;
  if (used_ > pending_.size() / 2) {
    pending_.erase(0, used_);
    used_ = 0;
  }
  return frame;
}

} // namespace harness::engine
