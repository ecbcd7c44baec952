#include "wire/decode_events.h"

#include "model/span_kind.h"

#include <charconv>
#include <cmath>

#include "wire/hex.h"
#include "wire/time_text.h"

namespace autospan::wire {

using Token = JsonReader::Token;

// What one event said, before it is known what it is.
struct EventDecoder::Draft {
  SpanData span;
  TraceId linked_trace;
  SpanId linked_span;
  bool has_data = false, has_time = false;
  std::string_view annotation, parent_name, dataset, service, service_fallback, hostname;
  std::uint32_t pid = 0;
};

namespace {

// "1.5" → 1500000: digit by digit, since a double of milliseconds is exact for 104 days only.
std::int64_t milliseconds_to_ns(std::string_view raw) {
  const std::size_t dot = raw.find('.');
  const std::string_view whole = raw.substr(0, dot);
  const std::string_view fraction = dot == raw.npos ? std::string_view() : raw.substr(dot + 1);
  std::int64_t ms = 0, ns = 0;
  const auto [p, ec] = std::from_chars(whole.data(), whole.data() + whole.size(), ms);
  const bool plain = ec == std::errc() && p == whole.data() + whole.size() &&
                     fraction.size() <= 6 && raw.find_first_of("-eE") == raw.npos &&
                     ms <= INT64_MAX / 1'000'000 - 1;
  if (!plain) {
    double real = 0;
    std::from_chars(raw.data(), raw.data() + raw.size(), real);
    real = std::round(real * 1e6);
    return real >= 0 && real < 9.2e18 ? static_cast<std::int64_t>(real) : 0;
  }
  std::int64_t unit = 100'000;
  for (char c : fraction) ns += (c - '0') * unit, unit /= 10;
  return ms * 1'000'000 + ns;
}

bool parse_kind(std::string_view text, SpanKind& kind) {
  for (int k = 0; k <= static_cast<int>(SpanKind::kConsumer); ++k)
    if (text == model::kind_name(static_cast<SpanKind>(k)))
      return kind = static_cast<SpanKind>(k), true;
  return false;
}

bool to_u32(std::string_view raw, std::uint32_t& out) {
  const char* const end = raw.data() + raw.size();
  const auto [p, ec] = std::from_chars(raw.data(), end, out);
  return ec == std::errc() && p == end;
}

}  // namespace

EventDecoder::Outcome EventDecoder::add(std::string_view line) {
  JsonReader json(line);
  const Outcome outcome = read_event(json, json.next());
  if (outcome == Outcome::kDamaged) ++damaged_;
  if (outcome == Outcome::kForeign) ++foreign_;
  return outcome;
}

void EventDecoder::add_lines(std::string_view text) {
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    text.remove_prefix(newline == text.npos ? text.size() : newline + 1);
    if (!line.empty()) add(line);
  }
}

bool EventDecoder::add_batch(std::string_view body) {
  JsonReader json(body);
  if (json.next() != Token::kArray) return false;
  for (Token token = json.next(); token != Token::kArrayEnd; token = json.next()) {
    const char* const begin = json.token_begin();
    if (!json.skip(token)) return false;
    add({begin, static_cast<std::size_t>(json.position() - begin)});
  }
  return json.next() == Token::kEnd;
}

std::vector<DecodedGroup> EventDecoder::take() {
  std::vector<DecodedGroup> groups = std::move(groups_);
  groups_.clear();
  index_.clear();
  key_.clear();
  arena_ = std::make_shared<Arena>();
  damaged_ = foreign_ = 0;
  return groups;
}

EventDecoder::Outcome EventDecoder::read_event(JsonReader& json, Token first) {
  if (first != Token::kObject) return Outcome::kDamaged;
  Draft draft;
  fields_.clear();
  if (!read_envelope(json, draft) || json.next() != Token::kEnd) return Outcome::kDamaged;
  if (!draft.has_data || !draft.has_time) return Outcome::kDamaged;
  return store(draft);
}

bool EventDecoder::read_envelope(JsonReader& json, Draft& draft) {
  for (Token token = json.next(); token != Token::kObjectEnd; token = json.next()) {
    if (token != Token::kKey) return false;
    const std::string_view key = json.raw();  // ours hold no escapes; others are unknown anyway
    token = json.next();
    if (key == "data" && token == Token::kObject) {
      draft.has_data = true;
      if (!read_data(json, draft)) return false;
    } else if (key == "time" && token == Token::kText) {
      const auto time = parse_time(json.raw());
      draft.has_time = time.has_value();
      draft.span.start_unix_ns = time.value_or(0);
    } else if (key == "samplerate" && token == Token::kNumber) {
      if (!to_u32(json.raw(), draft.span.samplerate) || draft.span.samplerate == 0)
        draft.span.samplerate = 1;
    } else if (key == "dataset" && token == Token::kText) {
      draft.dataset = keep(json);
    } else if (!json.skip(token)) {
      return false;
    }
  }
  return true;
}

bool EventDecoder::read_data(JsonReader& json, Draft& draft) {
  for (Token token = json.next(); token != Token::kObjectEnd; token = json.next()) {
    if (token != Token::kKey) return false;
    if (!read_field(json, json.text(*arena_), draft)) return false;
  }
  return true;
}

// A known name of the expected type is taken; whatever else stays a field, so that nothing is lost.
bool EventDecoder::read_field(JsonReader& json, std::string_view key, Draft& draft) {
  const Token token = json.next();
  SpanData& span = draft.span;
  if (token == Token::kText) {
    const std::string_view raw = json.raw();
    if (key == "trace.trace_id" && parse_hex(raw, span.trace_id.bytes)) return true;
    if (key == "trace.span_id" && parse_hex(raw, span.span_id.bytes)) return true;
    if (key == "trace.parent_id" && parse_hex(raw, span.parent_id.bytes)) return true;
    if (key == "trace.link.trace_id" && parse_hex(raw, draft.linked_trace.bytes)) return true;
    if (key == "trace.link.span_id" && parse_hex(raw, draft.linked_span.bytes)) return true;
    if (key == "span.kind" && parse_kind(raw, span.kind)) return true;
    if (key == "meta.annotation_type") return draft.annotation = raw, true;
    if (key == "meta.span_type") return span.local_root = raw == "root" || raw == "subroot", true;
    if (key == "meta.autospan.version") return true;
    std::string_view* const known = key == "name"                  ? &span.name
                                    : key == "parent_name"         ? &draft.parent_name
                                    : key == "service.name"        ? &draft.service
                                    : key == "service_name"        ? &draft.service_fallback
                                    : key == "meta.local_hostname" ? &draft.hostname
                                    : key == "code.function"       ? &span.code_function
                                    : key == "code.filepath"       ? &span.code_filepath
                                                                   : nullptr;
    if (known != nullptr) return *known = keep(json), true;
  } else if (token == Token::kNumber) {
    const std::string_view raw = json.raw();
    if (key == "duration_ms") return span.duration_ns = milliseconds_to_ns(raw), true;
    if (key == "process.pid" && to_u32(raw, draft.pid)) return true;
    if (key == "thread.id" && to_u32(raw, span.thread_id)) return true;
    if (key == "code.lineno" && to_u32(raw, span.code_lineno)) return true;
  } else if (token == Token::kTrue || token == Token::kFalse) {
    bool* const known = key == "error"                      ? &span.error
                        : key == "meta.autospan.unfinished" ? &span.unfinished
                        : key == "meta.autospan.abandoned"  ? &span.abandoned
                        : key == "meta.autospan.truncated"  ? &span.truncated
                        : key == "meta.autospan.resent"     ? &span.resent
                                                            : nullptr;
    if (known != nullptr) return *known = token == Token::kTrue, true;
  }

  Value value;
  const char* const begin = json.token_begin();
  switch (token) {
    case Token::kText:
      value = Value::of(keep(json));
      break;
    case Token::kNumber:
      value = number_value(json.raw());
      break;
    case Token::kTrue:
      value = Value::of(true);
      break;
    case Token::kFalse:
      value = Value::of(false);
      break;
    case Token::kNull:
      return true;
    case Token::kObject:
    case Token::kArray:
      if (!json.skip(token)) return false;
      value = Value::json(arena_->keep({begin, static_cast<std::size_t>(json.position() - begin)}));
      break;
    default:
      return false;
  }
  fields_.push_back({arena_->keep(key), value});
  return true;
}

EventDecoder::Outcome EventDecoder::store(Draft& draft) {
  SpanData& span = draft.span;
  if (!span.trace_id.valid()) return Outcome::kForeign;
  const bool event = draft.annotation == "span_event";
  const bool link = draft.annotation == "link";
  if (!event && !link && !span.span_id.valid()) return Outcome::kForeign;
  if (link && !draft.linked_trace.valid()) return Outcome::kForeign;

  SpanBatch& batch = group_of(draft).batch;
  if (link) {
    batch.links.push_back({span.trace_id, span.parent_id, draft.linked_trace, draft.linked_span,
                           span.start_unix_ns, span.samplerate});
    return Outcome::kLink;
  }
  span.fields = {static_cast<std::uint32_t>(batch.fields.size()),
                 static_cast<std::uint32_t>(fields_.size())};
  batch.fields.insert(batch.fields.end(), fields_.begin(), fields_.end());
  if (event) {
    batch.events.push_back({span.trace_id, span.parent_id, span.name, draft.parent_name,
                            span.start_unix_ns, span.samplerate, span.fields});
    return Outcome::kEvent;
  }
  if (!span.parent_id.valid()) span.local_root = true;
  batch.spans.push_back(span);
  return Outcome::kSpan;
}

DecodedGroup& EventDecoder::group_of(const Draft& draft) {
  const std::string_view service = draft.service.empty() ? draft.service_fallback : draft.service;
  const auto same = [&](const DecodedGroup& group) {
    const Resource& r = *group.batch.resource;
    return group.dataset == draft.dataset && r.service_name == service && r.pid == draft.pid &&
           r.hostname == draft.hostname;
  };
  if (last_ < groups_.size() && same(groups_[last_])) return groups_[last_];

  key_.assign(draft.dataset).append(1, '\0').append(service).append(1, '\0');
  key_.append(draft.hostname).append(1, '\0').append(std::to_string(draft.pid));
  const auto [at, added] = index_.try_emplace(key_, groups_.size());
  last_ = at->second;
  if (!added) return groups_[last_];
  auto resource = std::make_shared<Resource>();
  resource->service_name = service;
  resource->hostname = draft.hostname;
  resource->pid = draft.pid;
  DecodedGroup& group = groups_.emplace_back();
  group.dataset = draft.dataset;
  group.batch.resource = std::move(resource);
  group.batch.keep_alive.push_back(arena_);
  return group;
}

// The last text for as long as the batch lives.
std::string_view EventDecoder::keep(JsonReader& json) {
  const std::string_view text = json.text(*arena_);
  const bool unescaped = text.data() != json.raw().data();
  return unescaped ? text : arena_->keep(text);
}

}  // namespace autospan::wire
