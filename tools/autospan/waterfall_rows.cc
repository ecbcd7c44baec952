#include "waterfall_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "duration_text.h"
#include "fold.h"
#include "id_text.h"
#include "span_facts.h"
#include "text_width.h"

namespace autospan::cli {
namespace {

// Deeper rows say their depth instead of moving further right: the name keeps its room.
unsigned depth_drawn(unsigned width) { return std::clamp(width / 8, 4u, 16u); }

// A row to come, and the lines that lead to it.
struct Pending {
  SiblingGroup group;
  std::string before;  // art of the rows below its parent
  unsigned depth;
  bool last;  // of its siblings
};

class RowMaker {
 public:
  RowMaker(const SpanTree& tree, const SpanSet& set, const WaterfallOptions& options)
      : tree_(tree), set_(set), options_(options) {}

  std::vector<WaterfallRow> make() {
    push(tree_.roots, "", 0);
    while (!pending_.empty()) {
      const Pending next = std::move(pending_.back());
      pending_.pop_back();
      add(next);
    }
    return std::move(rows_);
  }

 private:
  void push(const std::vector<std::uint32_t>& siblings, const std::string& before, unsigned depth) {
    std::vector<SiblingGroup> groups = group_siblings(tree_, siblings, !options_.all);
    for (std::size_t i = groups.size(); i-- > 0;)
      pending_.push_back({std::move(groups[i]), before, depth, i + 1 == groups.size()});
  }

  void add(const Pending& at) {
    const bool folded = at.group.size() > 1;
    const SpanNode& node = tree_.nodes[at.group[0]];
    WaterfallRow row = folded           ? group_row(at.group)
                       : node.missing() ? missing_row(node)
                                        : span_row(node);
    const bool top = at.depth == 0;
    const bool drawn = at.depth <= depth_drawn(options_.width);
    row.art = !drawn ? at.before + fmt::format("‹{}› ", at.depth)
              : top  ? ""
                     : at.before + (at.last ? "└ " : "├ ");
    const std::string below = top || !drawn ? at.before : at.before + (at.last ? "  " : "│ ");
    rows_.push_back(std::move(row));
    const bool goes_on = !folded && !node.children.empty();
    add_notes(at, below + (goes_on ? "│ " : "  "), folded);
    if (!folded) push(node.children, below, at.depth + 1);
  }

  WaterfallRow timed_row(std::int64_t start_ns, std::int64_t end_ns) const {
    WaterfallRow row;
    row.offset_ns = start_ns - tree_.start_ns;
    row.duration_ns = end_ns - start_ns;
    return row;
  }

  WaterfallRow span_row(const SpanNode& node) const {
    const SpanData& span = *node.ref.span;
    WaterfallRow row = timed_row(node.start_ns, node.end_ns);
    row.text = printable(span.name);
    row.error = span.error;
    row.unfinished = span.unfinished;
    row.arguments = telling_fields(node.ref);
    row.runs.emplace_back(node.start_ns, node.end_ns);
    if (span.unfinished)
      row.aside = "(unfinished)";
    else if (span.abandoned)
      row.aside = "(abandoned)";
    if (const std::string& service = node.ref.batch->resource->service_name; other_service(node))
      row.aside =
          fmt::format("{}{}[{}]", row.aside, row.aside.empty() ? "" : " ", printable(service));
    return row;
  }

  // A trace that crosses services says where.
  bool other_service(const SpanNode& node) const {
    if (node.parent == kNoNode || tree_.nodes[node.parent].missing()) return false;
    return node.ref.batch->resource->service_name !=
           tree_.nodes[node.parent].ref.batch->resource->service_name;
  }

  WaterfallRow missing_row(const SpanNode& node) const {
    WaterfallRow row = timed_row(node.start_ns, node.end_ns);
    row.kind = WaterfallRow::Kind::kMissing;
    row.text = "(missing)";
    row.aside = "span " + id_text(node.id);
    row.opaque = true;
    return row;
  }

  WaterfallRow group_row(const SiblingGroup& group) const {
    const GroupFigures figures = figures_of(tree_, group);
    WaterfallRow row = timed_row(figures.start_ns, figures.end_ns);
    row.kind = WaterfallRow::Kind::kGroup;
    row.text = printable(tree_.nodes[group[0]].ref.span->name);
    row.error = figures.errors != 0;
    row.aside = fmt::format("×{} p50 {} max {}", figures.count, duration_text(figures.p50_ns),
                            duration_text(figures.max_ns));
    if (figures.errors != 0)
      row.aside += fmt::format(" {} error{}", figures.errors, figures.errors == 1 ? "" : "s");
    if (figures.below != 0) row.arguments.push_back(fmt::format("(+{} below)", figures.below));
    for (std::uint32_t at : group)
      row.runs.emplace_back(tree_.nodes[at].start_ns, tree_.nodes[at].end_ns);
    return row;
  }

  void note(WaterfallRow::Kind kind, const std::string& art, std::string text) {
    WaterfallRow row;
    row.kind = kind;
    row.art = art;
    row.text = std::move(text);
    rows_.push_back(std::move(row));
  }

  void add_notes(const Pending& at, const std::string& art, bool folded) {
    std::uint32_t told = at.group[0];
    if (folded) told = figures_of(tree_, at.group).first_error;
    if (told == kNoNode || tree_.nodes[told].missing()) return;
    const SpanNode& node = tree_.nodes[told];
    const std::string message = error_message(node.ref);
    if (!message.empty() && !told_below(node, message))
      note(WaterfallRow::Kind::kMessage, art, "! " + message);
    if (folded || !options_.fields) return;
    for (std::string& fact : all_facts(set_, node.ref))
      note(WaterfallRow::Kind::kFact, art, std::move(fact));
  }

  // An exception marks every span that it leaves: its message stands once, where it came from.
  bool told_below(const SpanNode& node, const std::string& message) const {
    return std::any_of(node.children.begin(), node.children.end(), [&](std::uint32_t child) {
      const SpanNode& below = tree_.nodes[child];
      return below.ref.span->error && error_message(below.ref) == message &&
             node.children.size() <= kLikeSiblingsShown;
    });
  }

  const SpanTree& tree_;
  const SpanSet& set_;
  const WaterfallOptions& options_;
  std::vector<Pending> pending_;
  std::vector<WaterfallRow> rows_;
};

}  // namespace

std::vector<WaterfallRow> waterfall_rows(const SpanTree& tree, const SpanSet& set,
                                         const WaterfallOptions& options) {
  return RowMaker(tree, set, options).make();
}

}  // namespace autospan::cli
