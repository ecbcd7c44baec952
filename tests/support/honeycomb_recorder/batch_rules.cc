#include "batch_rules.h"

#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <regex>
#include <set>

namespace recorder {
namespace {

using Json = nlohmann::ordered_json;
using Violations = std::vector<std::string>;

constexpr std::size_t kBatchBytesMax = 5'000'000;
constexpr std::size_t kEventBytesMax = 1'000'000;
constexpr std::size_t kFieldsMax = 2'000;
constexpr std::size_t kTextBytesMax = 65'536;

bool unzip_zstd(const std::string& body, std::string& decoded) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     ZSTD_freeDCtx);
  // Refinery's decoder has 8 MiB; a frame that wants a larger window is refused there.
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 23);
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  std::string piece(ZSTD_DStreamOutSize(), '\0');
  std::size_t left = 1;
  while (in.pos < in.size) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left)) return false;
    decoded.append(piece, 0, out.pos);
  }
  return left == 0;
}

bool unzip_gzip(const std::string& body, std::string& decoded) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  std::string piece(65'536, '\0');
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    result = inflate(&stream, Z_NO_FLUSH);
    decoded.append(piece, 0, piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return result == Z_STREAM_END;
}

// The bytes of each element of a JSON array that is known to be valid.
std::vector<std::size_t> element_bytes(const std::string& body) {
  std::vector<std::size_t> sizes;
  int depth = 0;
  bool text = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (text) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        text = false;
      continue;
    }
    if (c == '"') text = true;
    if ((c == '{' || c == '[') && ++depth == 2) begin = i;
    if ((c == '}' || c == ']') && depth-- == 2) sizes.push_back(i + 1 - begin);
  }
  return sizes;
}

// Parses, and names every key that stands twice in one object (parsers would keep either).
bool parse_strictly(const std::string& body, Json& json, Violations& violations) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      violations.push_back("the key " + parsed.dump() + " stands twice in one object");
    return true;
  };
  try {
    json = Json::parse(body, watch);
    return true;
  } catch (const std::exception& error) {
    violations.push_back(std::string("not JSON: ") + error.what());
    return false;
  }
}

// --- One event's data ---------------------------------------------------------------------------

struct Checker {
  const Json& data;
  Violations& violations;

  void say(const std::string& what) { violations.push_back(what); }
  bool has(const char* key) const { return data.contains(key); }
  std::string text(const char* key) const {
    return has(key) && data[key].is_string() ? data[key].get<std::string>() : std::string();
  }

  void hex_id(const char* key, std::size_t digits, bool required) {
    if (!has(key)) {
      if (required) say(std::string(key) + " is missing");
      return;
    }
    const std::string id = text(key);
    if (id.size() != digits || id.find_first_not_of("0123456789abcdef") != id.npos)
      say(std::string(key) + " is not " + std::to_string(digits) +
          " lower-case hex digits: " + data[key].dump());
    else if (id.find_first_not_of('0') == id.npos)
      say(std::string(key) + " is all zero");
  }
  void absent(const char* key, const char* where) {
    if (has(key)) say(std::string(key) + " must not stand on " + where);
  }
  void name(const char* key) {
    if (text(key).empty()) say(std::string(key) + " is missing or no text");
  }

  void fields();
  void known_types();
  void span();
  void span_event();
  void link();
};

void Checker::fields() {
  if (data.size() > kFieldsMax) say(std::to_string(data.size()) + " fields");
  for (const auto& [key, value] : data.items()) {
    if (key.empty()) say("a field without a name");
    if (value.is_structured()) say(key + " is nested");
    if (value.is_null()) say(key + " is null");
    if (value.is_string() && value.get_ref<const std::string&>().size() > kTextBytesMax)
      say(key + " has more than 64 KiB");
    if (key.rfind("meta.refinery.", 0) == 0) say(key + " is Refinery's to set");
  }
}

void Checker::known_types() {
  const auto is = [this](const char* key, bool (*test)(const Json&), const char* type) {
    if (has(key) && !test(data[key])) say(std::string(key) + " is no " + type);
  };
  const auto integer = [](const Json& j) { return j.is_number_integer() && j >= 0; };
  const auto string = [](const Json& j) { return j.is_string(); };
  const auto only_true = [](const Json& j) { return j.is_boolean() && j.get<bool>(); };
  for (const char* key : {"process.pid", "thread.id", "code.lineno"})
    is(key, integer, "unsigned integer");
  for (const char* key : {"name", "service.name", "code.function", "code.filepath", "parent_name",
                          "meta.local_hostname", "meta.autospan.version", "exception.type",
                          "exception.message", "span.kind"})
    is(key, string, "text");
  for (const char* key :
       {"error", "meta.autospan.unfinished", "meta.autospan.abandoned", "meta.autospan.truncated",
        "meta.autospan.resent", "meta.autospan.capped"})
    is(key, only_true, "true (absent where it does not hold)");
  static const std::set<std::string> kKinds = {"internal", "server", "client", "producer",
                                               "consumer"};
  if (has("span.kind") && !kKinds.count(text("span.kind"))) say("span.kind " + text("span.kind"));
  name("service.name");
  if (text("service.name") != text("service_name")) say("service.name differs from service_name");
  name("meta.autospan.version");
}

void Checker::span() {
  hex_id("trace.span_id", 16, true);
  hex_id("trace.parent_id", 16, false);
  name("name");
  if (!has("duration_ms") || !data["duration_ms"].is_number() || data["duration_ms"] < 0)
    say("duration_ms is no number ≥ 0");
  const std::string place = text("meta.span_type");
  if ((place == "root") == has("trace.parent_id"))
    say("meta.span_type '" + place + "' contradicts trace.parent_id");
  if (place != "root" && place != "subroot" && place != "mid" && place != "leaf")
    say("meta.span_type '" + place + "'");
}

void Checker::span_event() {
  name("name");
  hex_id("trace.parent_id", 16, true);
  absent("trace.span_id", "a span event");
  absent("duration_ms", "a span event");
}

void Checker::link() {
  hex_id("trace.parent_id", 16, true);
  hex_id("trace.link.trace_id", 32, true);
  hex_id("trace.link.span_id", 16, true);
  absent("trace.span_id", "a link");
  absent("duration_ms", "a link");
  absent("name", "a link");
}

void check_data(const Json& data, Violations& violations) {
  Checker check{data, violations};
  check.fields();
  check.known_types();
  check.hex_id("trace.trace_id", 32, true);
  if (check.text("trace.trace_id").rfind("0000000000000000", 0) == 0)
    check.say("trace.trace_id begins with 8 zero bytes, which Honeycomb's OTLP path drops");
  if (!check.has("meta.annotation_type")) return check.span();
  const std::string annotation = check.text("meta.annotation_type");
  if (annotation == "span_event") return check.span_event();
  if (annotation == "link") return check.link();
  check.say("meta.annotation_type '" + annotation + "'");
}

void check_entry(Entry& entry, std::size_t bytes) {
  Violations& violations = entry.violations;
  if (!entry.json.is_object()) return violations.push_back("an entry is no object");
  if (bytes > kEventBytesMax)
    violations.push_back("an event of " + std::to_string(bytes) + " bytes");
  for (const auto& [key, value] : entry.json.items())
    if (key != "data" && key != "time" && key != "samplerate")
      violations.push_back("an entry has the key " + key);
  static const std::regex kTime(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z)");
  const Json time = entry.json.value("time", Json());
  if (!time.is_string() || !std::regex_match(time.get<std::string>(), kTime))
    violations.push_back("time is " + time.dump());
  if (entry.json.contains("samplerate")) {
    const Json& rate = entry.json["samplerate"];
    if (!rate.is_number_integer() || rate < 2) violations.push_back("samplerate is " + rate.dump());
  }
  const Json data = entry.json.value("data", Json());
  if (!data.is_object() || data.empty())
    return violations.push_back("data is no object with fields");
  check_data(data, violations);
}

}  // namespace

bool decode_body(const std::string& encoding, const std::string& body, std::string& decoded) {
  decoded.clear();
  if (encoding == "zstd") return unzip_zstd(body, decoded);
  if (encoding == "gzip") return unzip_gzip(body, decoded);
  decoded = body;
  return encoding.empty() || encoding == "identity";
}

CheckedBatch check_batch(const std::string& body) {
  CheckedBatch batch;
  Json json;
  if (body.size() > kBatchBytesMax)
    batch.violations.push_back("a body of " + std::to_string(body.size()) + " bytes");
  if (!parse_strictly(body, json, batch.violations)) return batch;
  if (!json.is_array() || json.empty()) {
    batch.violations.push_back("the body is no array with events");
    return batch;
  }
  const std::vector<std::size_t> bytes = element_bytes(body);
  for (std::size_t i = 0; i < json.size(); ++i) {
    Entry& entry = batch.entries.emplace_back();
    entry.json = std::move(json[i]);
    check_entry(entry, i < bytes.size() ? bytes[i] : 0);
  }
  return batch;
}

}  // namespace recorder
