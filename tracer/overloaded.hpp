// Overloaded: a visitor of a std::variant, made of lambdas.
#pragma once

namespace harness::tracer {

template <typename... Handlers> struct Overloaded : Handlers... { using Handlers::operator()...; };

} // namespace harness::tracer
