// autospan view: a trace of the local store as a waterfall, or as JSON.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "command_line.h"
#include "environment.h"
#include "export/store_directory.h"
#include "id_text.h"
#include "message.h"
#include "output.h"
#include "output_options.h"
#include "span_json.h"
#include "store_reader.h"
#include "trace_header.h"
#include "waterfall.h"

namespace autospan::cli {
namespace {

struct ViewOptions {
  std::string trace;
  bool last = false;
  std::string store;
  OutputOptions output;
};

constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kPrefixDigitsMin = 4;

std::optional<int> read_options(const Arguments& arguments, ViewOptions& options) {
  VerbApp app("view", "A trace of the local store as a waterfall.");
  app.add_option("trace", options.trace, "trace id, or its first digits (4 or more)")
      ->type_name("TRACE");
  app.add_flag("--last", options.last, "the trace whose root started latest (as without TRACE)");
  app.add_option(
         "--store", options.store,
         "directory of the store (default: AUTOSPAN_STORE, else every place a store may be)")
      ->type_name("DIR");
  add_output_options(app, options.output);
  app.footer("Exit codes: 0 shown, 1 no such trace, 2 usage, 3 the store cannot be read.");
  if (const auto end = parse(app, arguments)) return end;
  if (options.last && !options.trace.empty()) {
    complain("view: both --last and the trace '{}' are given; leave one out",
             printable(options.trace));
    return kUsage;
  }
  std::transform(
      options.trace.begin(), options.trace.end(), options.trace.begin(),
      [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c); });
  const bool hex = options.trace.find_first_not_of("0123456789abcdef") == options.trace.npos;
  const std::size_t digits = options.trace.size();
  if (!hex || digits > kIdDigits || (digits != 0 && digits < kPrefixDigitsMin)) {
    complain("view: '{}' is no trace id: give 32 hexadecimal digits, or the first 4 or more",
             printable(options.trace));
    return kUsage;
  }
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& directories) {
  return printable(fmt::format("{}", fmt::join(directories, ", ")));
}

// Null and a complaint where there is no such trace, or more than one.
const TraceId* choose(const StoreContents& contents, const std::string& wanted) {
  if (wanted.empty()) {
    const auto last = std::max_element(
        contents.traces.begin(), contents.traces.end(),
        [](const auto& a, const auto& b) { return a.second.begins_ns() < b.second.begins_ns(); });
    return &last->first;
  }
  const TraceId* found = nullptr;
  std::size_t count = 0;
  for (const auto& [trace, summary] : contents.traces) {
    if (id_text(trace).compare(0, wanted.size(), wanted) != 0) continue;
    found = &trace;
    ++count;
  }
  if (count == 1) return found;
  if (count == 0)
    complain(
        "view: no trace begins with {}; the store holds {} traces, `autospan view --last` "
        "shows the latest",
        wanted, contents.traces.size());
  else
    complain("view: {} traces begin with {}; give more of its digits", count, wanted);
  return nullptr;
}

void report_trouble(const StoreContents& contents) {
  for (const std::string& sentence : contents.unreadable)
    complain("view: cannot read {}", printable(sentence));
  if (contents.damaged != 0)
    complain("view: passed over {} damaged line{} of the store", contents.damaged,
             contents.damaged == 1 ? "" : "s");
}

// A store that somebody named, by --store or AUTOSPAN_STORE, must be there to be read. One that is
// only AUTOSPAN_STORE's may still have to be begun.
bool readable_store(const std::string& named) {
  const char* const variable = environment("AUTOSPAN_STORE");
  const std::string store = !named.empty() ? named : variable != nullptr ? variable : "";
  const int error = store.empty() ? 0 : inbox_error(store);
  if (error == 0 || (named.empty() && error == ENOENT)) return true;
  if (error == ENOENT && access(store.c_str(), F_OK) == 0)
    complain(
        "view: '{}' is no store: there is no {}/ in it; give the directory that AUTOSPAN_STORE "
        "named when the spans were recorded",
        printable(store), kInboxName);
  else
    complain("view: cannot read the store '{}': {}", printable(store), std::strerror(error));
  return false;
}

int empty_store(const std::vector<std::string>& directories, const StoreContents& contents) {
  complain(
      "view: no spans in {}; record some with `autospan run -- PROGRAM`, or run a program with "
      "AUTOSPAN_EXPORT=local",
      directories.empty() ? "any store" : joined(directories));
  return contents.unreadable.empty() ? kNothingFound : kUnreadable;
}

std::string as_json(const TraceId& trace, const SpanSet& set) {
  wire::ByteBuffer out;
  out.push('{');
  append_json_member(out, "schema", std::int64_t{kJsonSchema});
  append_json_member(out, "trace_id", id_text(trace));
  append_json_key(out, "spans");
  append_spans_json(out, set);
  out.append("}\n");
  return std::string(out.view());
}

}  // namespace

int view_verb(const Arguments& arguments) {
  ViewOptions options;
  if (const auto end = read_options(arguments, options)) return *end;

  if (!readable_store(options.store)) return kUnreadable;
  const std::vector<std::string> directories = options.store.empty()
                                                   ? store_candidates(environment)
                                                   : std::vector<std::string>{options.store};
  const std::vector<std::string> segments = find_segments(directories);
  const StoreContents contents = survey(segments);
  report_trouble(contents);
  if (contents.traces.empty()) return empty_store(directories, contents);
  const TraceId* const trace = choose(contents, options.trace);
  if (trace == nullptr) return kNothingFound;

  const StoredTrace stored = read_trace(segments, *trace);
  if (options.output.json) return print(as_json(*trace, stored.set));
  const SpanTree tree = build_tree(stored.set, ParentElsewhere::kMissing);
  const WaterfallOptions how = options.output.waterfall();
  return print(trace_header(tree, *trace, how) + "\n" + waterfall(tree, stored.set, how));
}

}  // namespace autospan::cli
