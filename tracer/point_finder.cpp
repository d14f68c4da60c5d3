// SPDX-License-Identifier: Apache-2.0
#include "tracer/point_finder.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "tracer/elf_image.hpp"
#include "tracer/maps.hpp"
#include "tracer/module_file.hpp"

#include <array>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::optional<std::uint64_t> address_in(const ElfImage& image, const PointRequest& request) {
  if (const auto* offset = std::get_if<OffsetTrigger>(&request.where)) {
    return image.address_of(offset->file_offset_bytes);
  }
  const auto& symbol = std::get<SymbolTrigger>(request.where);
  const auto address = symbol.name == "main" ? image.main() : image.symbol(symbol.name);
  return address ? std::optional(*address + symbol.offset_bytes) : std::nullopt;
}

bool arm(const PhasePlan& plan, std::size_t index, MemoryPoints& points, pid_t id,
         const ElfImage& image, std::uint64_t bias) {
  const auto address = address_in(image, plan.points[index]);
  if (!address) {
    return false;
  }
  points.done.resize(plan.points.size());
  points.done[index] = true;
  const auto armed = points.arm(id, *address + bias, plan.points[index].phase);
  return armed == MemoryPoints::Armed::yes || armed == MemoryPoints::Armed::already;
}

} // namespace

std::optional<std::uint64_t> load_bias(pid_t id, std::uint64_t link_time_entry) {
  const Fd file(::open(fmt::format("/proc/{}/auxv", id).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<std::uint64_t, 128> words{};
  const auto got = ::read(file.get(), words.data(), sizeof words);
  for (std::size_t i = 0; got > 0 && i + 1 < static_cast<std::size_t>(got) / 8; i += 2) {
    if (words[i] == AT_ENTRY) {
      return words[i + 1] - link_time_entry;
    }
  }
  return std::nullopt;
}

bool arm_after_exec(const PhasePlan& plan, MemoryPoints& points, pid_t id,
                    const std::string& executable, bool is_target) {
  bool all = true;
  std::optional<std::uint64_t> bias;
  std::shared_ptr<const ElfImage> image;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const std::string& module = plan.points[i].module;
    if (module.empty() ? !is_target : !base_name(executable).starts_with(module)) {
      continue;
    }
    if (image == nullptr) {
      auto opened = ElfImage::open(fmt::format("/proc/{}/exe", id), executable);
      bias = opened ? load_bias(id, (*opened)->entry()) : std::nullopt;
      if (!bias) {
        return false;
      }
      image = *opened;
    }
    all = arm(plan, i, points, id, *image, *bias) && all;
  }
  return (!plan.has_modules() || arm_after_map(plan, points, id)) && all;
}

bool arm_after_map(const PhasePlan& plan, MemoryPoints& points, pid_t id) {
  points.done.resize(plan.points.size());
  bool all = true;
  std::optional<std::vector<Mapping>> maps;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const std::string& module = plan.points[i].module;
    if (module.empty() || points.done[i]) {
      continue;
    }
    if (!maps) {
      maps = maps_of(id);
    }
    for (const Mapping& mapping : *maps) {
      if (!mapping.code || !base_name(mapping.path).starts_with(module)) {
        continue;
      }
      const auto file = open_mapped_file(id, mapping);
      const auto image = file ? ElfImage::open(*file, mapping.path)
                              : Result<std::shared_ptr<const ElfImage>>(file.error());
      const auto address = image ? (*image)->address_of(mapping.file_offset) : std::nullopt;
      if (address) {
        all = arm(plan, i, points, id, **image, mapping.begin - *address) && all;
        break;
      }
    }
  }
  return all;
}

} // namespace harness::tracer
