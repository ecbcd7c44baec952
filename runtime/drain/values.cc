#include "drain/values.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "autospan/abi.h"
#include "drain/enum_text.h"
#include "model/reserved_names.h"

namespace autospan::drain {
namespace {

std::string_view keep(SpanBatch& batch, const std::string& text) { return batch.arena.keep(text); }

std::string utf8(std::uint64_t code) {
  char out[4];
  if (code < 0x80) return std::string(1, char(code));
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
  if (code < 0x800) {
    out[0] = char(0xc0 | code >> 6);
    out[1] = char(0x80 | (code & 63));
    return {out, 2};
  }
  if (code < 0x10000) {
    out[0] = char(0xe0 | code >> 12);
    out[1] = char(0x80 | (code >> 6 & 63));
    out[2] = char(0x80 | (code & 63));
    return {out, 3};
  }
  out[0] = char(0xf0 | code >> 18);
  out[1] = char(0x80 | (code >> 12 & 63));
  out[2] = char(0x80 | (code >> 6 & 63));
  out[3] = char(0x80 | (code & 63));
  return {out, 4};
}

std::string rfc3339(std::int64_t unix_ns) {
  std::int64_t seconds = unix_ns / 1'000'000'000, nanos = unix_ns % 1'000'000'000;
  if (nanos < 0) {
    nanos += 1'000'000'000;
    --seconds;
  }
  const std::time_t t = std::time_t(seconds);
  std::tm utc{};
  gmtime_r(&t, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, nanos);
}

Value enum_value(SpanBatch& batch, const RawValue& v) {
  const std::int64_t number = std::int64_t(v.word);
  if (!v.param) return Value::of(number);
  for (const auto& [value, name] : v.param->enums)
    if (value == number) return Value::of(batch.arena.keep(name));
  const std::string flags = flag_names(v.param->enums, number);
  return flags.empty() ? Value::of(number) : Value::of(keep(batch, flags));
}

template <class T>
T bits(std::uint64_t word) {
  T value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

Value value_of(SpanBatch& batch, const RawValue& v) {
  switch (v.type) {
    case AUTOSPAN_BOOL: return Value::of(v.word != 0);
    case AUTOSPAN_I64: return Value::of(std::int64_t(v.word));
    case AUTOSPAN_U64: return Value::of(v.word);
    case AUTOSPAN_F64: return Value::of(bits<double>(v.word));
    case AUTOSPAN_F32: return Value::of(bits<float>(v.word));
    case AUTOSPAN_STR: return Value::of(batch.arena.keep(v.bytes));
    case AUTOSPAN_JSON: return Value::json(batch.arena.keep(v.bytes));
    case AUTOSPAN_PTR: return Value::of(keep(batch, fmt::format("{:#x}", v.word)));
    case AUTOSPAN_CHAR: return Value::of(keep(batch, utf8(v.word)));
    case AUTOSPAN_ENUM: return enum_value(batch, v);
    case AUTOSPAN_TIME: return Value::of(keep(batch, rfc3339(std::int64_t(v.word))));
    case AUTOSPAN_DURATION: return Value::of(double(std::int64_t(v.word)) / 1e6);
    case AUTOSPAN_REDACTED: return Value::of(std::string_view("[redacted]"));
    case AUTOSPAN_OPAQUE:
      return Value::of(keep(batch, fmt::format("<{}>", v.param ? v.param->opaque_type : "?")));
    default: return Value();
  }
}

}  // namespace

std::string_view safe_key(SpanBatch& batch, std::string_view key) {
  if (!is_reserved_name(key)) return key;
  return keep(batch, fmt::format("app.{}", key));
}

std::string_view demangled(SpanBatch& batch, std::string_view mangled) {
  int status = 0;
  const std::string terminated(mangled);
  char* text = abi::__cxa_demangle(terminated.c_str(), nullptr, nullptr, &status);
  // A bare word ("St13runtime_error" is one, "MyError" is not) may be a name already.
  if (status != 0 || !text) return batch.arena.keep(mangled);
  const std::string_view kept = batch.arena.keep(text);
  std::free(text);
  return kept;
}

std::string key_of_param(const ring::Param& param) {
  std::string key = is_reserved_name(param.name) ? "app." + param.name : param.name;
  if (param.type == AUTOSPAN_DURATION && !key.empty()) key += "_ms";
  return key;
}

void append_param(SpanBatch& batch, const ring::Param& param, const RawValue& value) {
  if (value.type != param.type) return append_value(batch, param.name, value);
  if (param.key.empty()) return;
  Field& field = batch.fields.emplace_back();
  field.key = param.key;
  field.value = value_of(batch, value);
  if (field.value.type == Value::Type::kNull) batch.fields.pop_back();
}

void append_value(SpanBatch& batch, std::string_view key, const RawValue& value) {
  const Value v = value_of(batch, value);
  if (v.type == Value::Type::kNull || key.empty()) return;
  key = safe_key(batch, key);
  if (value.type == AUTOSPAN_DURATION) key = keep(batch, fmt::format("{}_ms", key));
  batch.fields.push_back({key, v});
}

}  // namespace autospan::drain
