// What is to be injected into one function: plain data, made from facts and rules without clang.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "facts.h"
#include "rules.h"

namespace autospan::plugin {

// Which entry of the ABI the call uses.
enum class Shape { k0, kW, kWW, kS, kWS, kN };

struct FieldPlan {
  std::string key;           // as it goes on the wire
  unsigned param_index = 0;  // of the function
  Path path;                 // from the parameter to the value
  std::uint8_t type = 0;     // AUTOSPAN_*
  bool maybe = false;        // absent at times, or of another type: an empty optional, a variant
  bool truncated = false;    // more of the parameter would have been captured
  bool later = false;        // of what is returned: not with the call
  ValueFacts value;

  bool has_data() const;  // false: opaque and redacted values never reach the call
};

struct ReturnPlan {
  std::vector<FieldPlan> fields;  // of the site, behind those of the call
  ErrorWhen::What error = ErrorWhen::kNever;
  std::vector<std::int64_t> numbers;
  std::string message;
  bool silent = false;  // a secret: of an error nothing but that it is one

  bool tells() const { return !fields.empty() || error != ErrorWhen::kNever; }
};

struct SpanPlan {
  std::string name;
  std::string function;
  std::string file;
  std::string service;
  unsigned line = 0;
  bool root = false;
  bool cpu = false;
  bool stack = false;
  bool client = false;  // a call into a library: kind client
  unsigned min_duration_us = 0;
  std::vector<FieldPlan> fields;  // named in the site; their values go with the call
  std::vector<FieldPlan> late;    // what costs more: added once the span is known to record
  Shape shape = Shape::k0;
  ReturnPlan returned;
  bool asks = false;  // armed() first, and its arguments only where that says 1
};

SpanPlan make_plan(const FunctionFacts& function, const Deeds& deeds, const std::string& service,
                   const SecretNames& secrets = {});

}  // namespace autospan::plugin
