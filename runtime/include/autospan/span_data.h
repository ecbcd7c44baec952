// SpanData: what a span is once it has left the ring, before it is any wire's bytes.
//
// Plain structs, laid out for a batch: spans, events and links refer to ranges of one field array,
// and every string_view points into the batch's arena or into storage that the batch keeps alive.
// A batch is moved as a whole, never copied; nothing in it may outlive it. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace autospan {

// Raw bytes, big-endian, as W3C trace-context prints them. All zero = absent.
struct TraceId {
  std::array<std::uint8_t, 16> bytes{};
  bool valid() const { return bytes != std::array<std::uint8_t, 16>{}; }
  friend bool operator==(const TraceId& a, const TraceId& b) { return a.bytes == b.bytes; }
  friend bool operator!=(const TraceId& a, const TraceId& b) { return !(a == b); }
  friend bool operator<(const TraceId& a, const TraceId& b) { return a.bytes < b.bytes; }
};
struct SpanId {
  std::array<std::uint8_t, 8> bytes{};
  bool valid() const { return bytes != std::array<std::uint8_t, 8>{}; }
  friend bool operator==(const SpanId& a, const SpanId& b) { return a.bytes == b.bytes; }
  friend bool operator!=(const SpanId& a, const SpanId& b) { return !(a == b); }
  friend bool operator<(const SpanId& a, const SpanId& b) { return a.bytes < b.bytes; }
};

// A field's value. `text` is used by kText and kJson only. Strings are UTF-8 as far as the program
// kept to it: an encoder must make anything else valid (U+FFFD), never drop the field.
struct Value {
  enum class Type : std::uint8_t { kNull, kBool, kInt, kUint, kDouble, kFloat, kText, kJson };
  Type type = Type::kNull;
  union {
    bool boolean;
    std::int64_t integer;
    std::uint64_t unsigned_integer;
    double real;
    float real32;
  };
  std::string_view text;

  Value() : integer(0) {}
  static Value of(bool v) { Value r; r.type = Type::kBool; r.boolean = v; return r; }
  static Value of(std::int64_t v) { Value r; r.type = Type::kInt; r.integer = v; return r; }
  static Value of(std::uint64_t v) { Value r; r.type = Type::kUint; r.unsigned_integer = v; return r; }
  static Value of(double v) { Value r; r.type = Type::kDouble; r.real = v; return r; }
  static Value of(float v) { Value r; r.type = Type::kFloat; r.real32 = v; return r; }
  static Value of(std::string_view v) { Value r; r.type = Type::kText; r.text = v; return r; }
  static Value json(std::string_view v) { Value r; r.type = Type::kJson; r.text = v; return r; }
};

struct Field {
  std::string_view key;
  Value value;
};

// A range of SpanBatch::fields.
struct FieldRange {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

enum class SpanKind : std::uint8_t { kInternal, kServer, kClient, kProducer, kConsumer };

// What all spans of one place in code share, as far as an encoder can make bytes of it ahead. Its
// number is of no other site that this process reads, now or later: what was made is kept under it.
struct SpanSite {
  std::uint64_t number = 0;
  std::vector<std::string_view> keys;  // of the fields that its params become, in their order
};

struct SpanData {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_id;               // invalid = a root
  std::string_view name;
  std::int64_t start_unix_ns = 0;
  std::int64_t duration_ns = 0;   // ≥ 0; of an unfinished span: until the last sign of life
  SpanKind kind = SpanKind::kInternal;
  bool error = false;
  bool unfinished = false;        // its process died while it was open
  bool abandoned = false;         // closed because an enclosing span ended (longjmp)
  bool truncated = false;         // a value of it was cut
  bool local_root = false;        // first span of its trace in this process
  bool resent = false;            // may have been delivered before
  std::uint32_t samplerate = 1;   // stands for so many spans
  std::uint32_t thread_id = 0;    // 0 = unknown
  std::string_view code_function; // full signature; empty = unknown
  std::string_view code_filepath;
  std::uint32_t code_lineno = 0;
  FieldRange fields;
  const SpanSite* site = nullptr; // kept alive by the batch; name and code_* are its own then
};

// A moment in a span, exported on its own as soon as it is seen. parent_id is its span.
struct SpanEventData {
  TraceId trace_id;
  SpanId parent_id;
  std::string_view name;
  std::string_view parent_name;   // empty = not known
  std::int64_t time_unix_ns = 0;
  std::uint32_t samplerate = 1;
  FieldRange fields;
};

// span (trace_id, parent_id) points at (linked_trace_id, linked_span_id).
struct SpanLinkData {
  TraceId trace_id;
  SpanId parent_id;
  TraceId linked_trace_id;
  SpanId linked_span_id;
  std::int64_t time_unix_ns = 0;
  std::uint32_t samplerate = 1;
};

// What is the same for every span of one process.
struct Resource {
  std::string service_name;       // "unknown_service:<exe>" where nothing names it
  std::string program;            // the executable's file name
  std::string hostname;
  std::uint32_t pid = 0;
  std::vector<std::pair<std::string, std::string>> attributes;  // OTEL_RESOURCE_ATTRIBUTES
};

// Storage for the text of a batch; addresses stay valid until the arena dies.
class Arena {
 public:
  std::string_view keep(std::string_view text) {
    char* p = allocate(text.size());
    if (!text.empty()) std::memcpy(p, text.data(), text.size());
    return {p, text.size()};
  }
  char* allocate(std::size_t bytes) {
    if (bytes > left_) grow(bytes);
    char* p = next_;
    next_ += bytes;
    left_ -= bytes;
    return p;
  }
  std::size_t bytes() const { return total_; }
  // All that was kept is gone. A lone block stays, for what comes next.
  void clear() {
    if (blocks_.size() != 1) {
      blocks_.clear();
      total_ = 0;
    }
    next_ = blocks_.empty() ? nullptr : blocks_.front().get();
    left_ = total_;
  }

 private:
  void grow(std::size_t bytes) {
    const std::size_t block = bytes > kBlockBytes ? bytes : kBlockBytes;
    blocks_.emplace_back(new char[block]);  // not zeroed, unlike make_unique
    next_ = blocks_.back().get();
    left_ = block;
    total_ += block;
  }
  static constexpr std::size_t kBlockBytes = 64 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t total_ = 0;
};

struct SpanBatch {
  std::shared_ptr<const Resource> resource;   // never null in a batch that leaves the drain
  std::vector<SpanData> spans;
  std::vector<SpanEventData> events;
  std::vector<SpanLinkData> links;
  std::vector<Field> fields;
  Arena arena;
  std::vector<std::shared_ptr<const void>> keep_alive;  // tables that string_views point into

  std::size_t items() const { return spans.size() + events.size() + links.size(); }
  bool empty() const { return items() == 0; }
  // Empty as a new one, but for the memory: also after it was moved from.
  void clear() {
    resource.reset();
    spans.clear();
    events.clear();
    links.clear();
    fields.clear();
    arena.clear();
    keep_alive.clear();
  }
};

}  // namespace autospan
