// What `--shard` says, for every command that has it.
#pragma once

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/model/shard.hpp"

#include <string>

namespace harness::cli {

/// Throws UserError for what is no shard.
inline Shard shard_of(const std::string& text) {
  const auto shard = parse_shard(text);
  if (!shard) {
    throw UserError({}, "--shard " + quote_if_needed(text) + ": not one of several shards",
                    "write --shard 2/4 for the second of four");
  }
  return *shard;
}

} // namespace harness::cli
