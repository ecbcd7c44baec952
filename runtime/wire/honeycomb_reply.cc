#include "wire/honeycomb_reply.h"

#include "wire/json_reader.h"

namespace autospan::wire {
namespace {

using Token = JsonReader::Token;

// `json` stands behind an entry's opening brace.
bool read_entry(JsonReader& json, EventStatus& entry) {
  bool has_status = false;
  for (Token token = json.next(); token != Token::kObjectEnd; token = json.next()) {
    if (token != Token::kKey) return false;
    const std::string_view key = json.raw();
    token = json.next();
    if (key == "status" && token == Token::kNumber) {
      const Value value = number_value(json.raw());
      has_status = value.type == Value::Type::kInt && value.integer >= 0 && value.integer < 1000;
      if (has_status) entry.status = static_cast<int>(value.integer);
    } else if (key == "error" && token == Token::kText) {
      Arena arena;
      entry.error = json.text(arena);
    } else if (!json.skip(token)) {
      return false;
    }
  }
  return has_status;
}

}  // namespace

std::optional<std::vector<EventStatus>> parse_batch_reply(std::string_view body_untrusted,
                                                          std::size_t count_max) {
  JsonReader json(body_untrusted);
  if (json.next() != Token::kArray) return std::nullopt;
  std::vector<EventStatus> entries;
  for (Token token = json.next(); token != Token::kArrayEnd; token = json.next()) {
    if (token != Token::kObject) return std::nullopt;
    if (!read_entry(json, entries.emplace_back())) return std::nullopt;
    if (entries.size() > count_max) return entries;
  }
  if (json.next() != Token::kEnd) return std::nullopt;
  return entries;
}

std::string parse_error_body(std::string_view body_untrusted) {
  JsonReader json(body_untrusted);
  if (json.next() != Token::kObject) return {};
  std::string error, detail, title;
  for (Token token = json.next(); token == Token::kKey; token = json.next()) {
    const std::string_view key = json.raw();
    token = json.next();
    std::string* const wanted = key == "error"    ? &error
                                : key == "detail" ? &detail
                                : key == "title"  ? &title
                                                  : nullptr;
    if (wanted != nullptr && token == Token::kText) {
      Arena arena;
      *wanted = json.text(arena);
    } else if (!json.skip(token)) {
      break;
    }
  }
  return !error.empty() ? error : !detail.empty() ? detail : title;
}

}  // namespace autospan::wire
