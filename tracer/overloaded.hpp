// Overloaded: a visitor of a std::variant, made of lambdas.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace harness::tracer {

template <typename... Handlers> struct Overloaded : Handlers... { using Handlers::operator()...; };
template <typename... Handlers> Overloaded(Handlers...) -> Overloaded<Handlers...>; // for clang 14

} // namespace harness::tracer
