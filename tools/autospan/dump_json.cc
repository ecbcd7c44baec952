// dump --json.
#include "drain/identity.h"
#include "dump_text.h"
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
  append_number_or_null(out, "signal", dump.fatal_signal != 0, dump.fatal_signal);
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
