// dump --json.
#include <fmt/format.h>

#include "drain/identity.h"
#include "dump_text.h"
#include "fault_frame.h"
#include "signal_text.h"
#include "span_json.h"
#include "wire/json_text.h"

namespace autospan::cli {
namespace {

void append_sentences(wire::ByteBuffer& out, std::string_view key,
                      const std::vector<std::string>& sentences) {
  append_json_key(out, key);
  out.push('[');
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (i != 0) out.push(',');
    wire::append_json_text(out, sentences[i]);
  }
  out.push(']');
}

void append_number_or_null(wire::ByteBuffer& out, std::string_view key, bool known,
                           std::int64_t number) {
  if (known) return append_json_member(out, key, number);
  append_json_key(out, key);
  out.append("null");
}

void append_text_or_null(wire::ByteBuffer& out, std::string_view key, std::string_view text) {
  if (!text.empty()) return append_json_member(out, key, text);
  append_json_key(out, key);
  out.append("null");
}

// Addresses as text: JSON's numbers are doubles to many readers.
std::string address_text(std::uint64_t address) { return fmt::format("{:#x}", address); }

void append_fault(wire::ByteBuffer& out, const drain::ProcessDump& dump) {
  const drain::FatalSignal& fatal = dump.fatal;
  append_json_key(out, "fault");
  if (fatal.signal == 0) return out.append("null");
  const FaultFrame frame = fault_frame(fatal);
  out.push('{');
  append_json_member(out, "signal", std::int64_t{fatal.signal});
  append_json_member(out, "name", signal_text(static_cast<int>(fatal.signal)));
  append_json_member(out, "code", std::int64_t{fatal.code});
  append_text_or_null(out, "cause", fault_cause(fatal, dump.resource.pid));
  append_number_or_null(out, "sender", fatal.code <= 0, fatal.sender);
  append_json_member(out, "thread", std::int64_t{fatal.tid});
  if (fatal.unix_ns != 0) append_json_time(out, "time", fatal.unix_ns);
  append_json_member(out, "address", address_text(fatal.address));
  append_json_member(out, "pc", address_text(fatal.pc));
  append_text_or_null(out, "module", frame.module);
  append_text_or_null(out, "build_id", frame.build_id);
  append_text_or_null(out, "base", frame.module.empty() ? "" : address_text(frame.base));
  append_text_or_null(out, "offset", frame.module.empty() ? "" : address_text(frame.offset));
  append_text_or_null(out, "function", frame.function);
  out.push('}');
}

void append_process(wire::ByteBuffer& out, const drain::ProcessDump& dump) {
  append_json_key(out, "process");
  out.push('{');
  append_json_member(out, "pid", std::int64_t{dump.resource.pid});
  append_json_member(out, "program", dump.resource.program);
  append_json_member(out, "service", dump.resource.service_name);
  append_json_member(out, "hostname", dump.resource.hostname);
  append_json_member(out, "state", end_word(dump));
  append_json_member(out, "end", end_text(dump));
  append_number_or_null(out, "exit_status", dump.exit_status >= 0, dump.exit_status);
  append_number_or_null(out, "signal", dump.fatal.signal != 0, dump.fatal.signal);
  append_fault(out, dump);
  append_json_time(out, "start", dump.started_unix_ns);
  append_json_time(out, "last_seen", dump.last_unix_ns);
  append_json_member(out, "ring", dump.path);
  append_sentences(out, "loss", dump.loss);
  append_sentences(out, "damage", dump.damage);
  append_json_key(out, "counted");
  out.push('[');
  for (std::size_t i = 0; i < dump.counted.size(); ++i) {
    out.append(i == 0 ? "{" : ",{");
    append_json_member(out, "name", dump.counted[i].name);
    append_json_member(out, "calls", static_cast<std::int64_t>(dump.counted[i].calls));
    append_json_member(out, "now", counted_state_text(dump.counted[i].state));
    out.push('}');
  }
  out.append("]}");
}

void append_kept(wire::ByteBuffer& out, const std::vector<drain::KeptRing>& rings) {
  append_json_key(out, "kept");
  out.push('[');
  for (std::size_t i = 0; i < rings.size(); ++i) {
    out.append(i == 0 ? "{" : ",{");
    append_json_member(out, "path", rings[i].path);
    append_json_member(out, "program", rings[i].program);
    append_json_member(out, "pid", std::int64_t{rings[i].pid});
    append_json_member(out, "bytes", static_cast<std::int64_t>(rings[i].bytes));
    append_json_time(out, "modified", rings[i].modified_unix_ns);
    out.push('}');
  }
  out.push(']');
}

}  // namespace

std::string dump_json(const drain::ProcessDump& dump, const std::vector<drain::KeptRing>* kept) {
  SpanSet set;
  set.add(dump.batch);
  set.settle();
  wire::ByteBuffer out;
  out.push('{');
  append_json_member(out, "schema", std::int64_t{kJsonSchema});
  append_process(out, dump);
  append_json_key(out, "spans");
  append_spans_json(out, set);
  append_json_key(out, "open");
  out.push('[');
  for (std::size_t i = 0; i < dump.open.size(); ++i) {
    if (i != 0) out.push(',');
    append_span_json(out, set, {&dump.batch, &dump.open[i].span}, true);
  }
  out.push(']');
  append_json_member(out, "lost", static_cast<std::int64_t>(dump.lost));
  append_json_member(out, "damaged", static_cast<std::int64_t>(dump.damaged));
  if (kept != nullptr) append_kept(out, *kept);
  out.append("}\n");
  return std::string(out.view());
}

}  // namespace autospan::cli
