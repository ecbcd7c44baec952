#include "waterfall.h"

#include <algorithm>

#include "bar.h"
#include "duration_text.h"
#include "paint.h"
#include "text_width.h"

namespace autospan::cli {
namespace {

using Kind = WaterfallRow::Kind;

constexpr unsigned kTimeColumns = 8;                      // "+1h 02m", "99.9 ms"
constexpr unsigned kTimesColumns = 2 * kTimeColumns + 3;  // both, a space before each, one behind
constexpr unsigned kBarColumnsMin = 12;
constexpr unsigned kBarColumnsMax = 100;
constexpr unsigned kNameColumnsMin = 16;
constexpr unsigned kNameColumnsKept = 24;     // of a name beside what must be seen
constexpr unsigned kArgumentColumnsMin = 10;  // less of one says nothing
constexpr unsigned kNarrow = 60;              // below: no bars
constexpr std::string_view kErrorMark = "✗ ";

struct Layout {
  unsigned name, bar;
};

bool timed(const WaterfallRow& row) {
  return row.kind != Kind::kMessage && row.kind != Kind::kFact;
}

// With all its arguments, and with none and a short name.
std::size_t wanted_columns(const WaterfallRow& row) {
  std::size_t columns = text_width(row.art) + text_width(row.text) + (row.error ? 2 : 0);
  if (!row.aside.empty()) columns += 1 + text_width(row.aside);
  for (const std::string& argument : row.arguments) columns += 1 + text_width(argument);
  return columns;
}
std::size_t needed_columns(const WaterfallRow& row) {
  const std::size_t name = std::min<std::size_t>(text_width(row.text), kNameColumnsKept);
  const std::size_t aside = row.aside.empty() ? 0 : 1 + text_width(row.aside);
  return text_width(row.art) + (row.error ? 2 : 0) + name + aside;
}

// Names and arguments get what they ask for as long as bars keep a quarter, what must be seen
// beside a name as long as there are bars at all; bars get the rest.
Layout lay_out(const std::vector<WaterfallRow>& rows, unsigned width) {
  std::size_t wanted = kNameColumnsMin, needed = kNameColumnsMin;
  for (const WaterfallRow& row : rows) {
    if (!timed(row)) continue;
    wanted = std::max(wanted, wanted_columns(row));
    needed = std::max(needed, needed_columns(row));
  }
  const unsigned room = width - kTimesColumns;
  if (width < kNarrow) return {room, 0};
  const unsigned fair_bar = std::clamp(width / 4, kBarColumnsMin, kBarColumnsMax);
  const std::size_t name = std::max(std::min<std::size_t>(wanted, room - fair_bar),
                                    std::min<std::size_t>(needed, room - kBarColumnsMin));
  return {static_cast<unsigned>(name),
          std::min(room - static_cast<unsigned>(name), kBarColumnsMax)};
}

std::string without_trailing_spaces(std::string line) {
  line.resize(line.find_last_not_of(' ') + 1);
  return line;
}

class Painter {
 public:
  Painter(const SpanTree& tree, const WaterfallOptions& options, Layout layout)
      : tree_(tree), options_(options), layout_(layout), paint_(options.colors) {}

  std::string axis() const {
    std::string line(layout_.name, ' ');
    line += " " + pad_left("start", kTimeColumns) + " " + pad_left("took", kTimeColumns) + " ";
    if (layout_.bar != 0) {
      const std::string total = duration_text(tree_.end_ns - tree_.start_ns);
      line += "0" + pad_left(total, layout_.bar - 1);
    }
    return paint_(Tone::kQuiet, line) + "\n";
  }

  std::string line(const WaterfallRow& row) const {
    if (!timed(row)) return note(row);
    std::string out = paint_(Tone::kQuiet, row.art) + name_cell(row);
    out += " " + paint_(Tone::kQuiet, pad_left(row.opaque ? "" : "+" + duration_text(row.offset_ns),
                                               kTimeColumns));
    const std::string took = row.opaque ? "" : duration_text(row.duration_ns);
    out += " " + paint_(row.unfinished ? Tone::kUnfinished : Tone::kPlain,
                        pad_left(row.unfinished ? ">" + took : took, kTimeColumns));
    if (layout_.bar != 0) {
      const std::string drawn = bar(row.runs, tree_.start_ns, tree_.end_ns, layout_.bar,
                                    row.unfinished ? BarFill::kHatched : BarFill::kSolid);
      const Tone tone = row.error ? Tone::kError : row.unfinished ? Tone::kUnfinished : Tone::kBar;
      if (!drawn.empty()) out += " " + paint_(tone, drawn);
    }
    return without_trailing_spaces(std::move(out)) + "\n";
  }

 private:
  std::string note(const WaterfallRow& row) const {
    const bool message = row.kind == Kind::kMessage;
    const std::size_t art = text_width(row.art);
    const std::size_t room = options_.width > art + 4 ? options_.width - art : 4;
    // Facts are asked for and shown whole; a message stands among rows and keeps to the width.
    const std::string text = message ? cut_to_width(row.text, room) : row.text;
    return paint_(Tone::kQuiet, row.art) + paint_(message ? Tone::kError : Tone::kQuiet, text) +
           "\n";
  }

  // Exactly the name's columns. The aside is always whole, the name as far as it fits, arguments
  // where there is room left.
  std::string name_cell(const WaterfallRow& row) const {
    const std::size_t art = text_width(row.art);
    std::size_t room = layout_.name > art ? layout_.name - art : 0;
    std::string out;
    const auto put = [&](Tone tone, const std::string& text) {
      room -= std::min(room, text_width(text));
      out += paint_(tone, text);
    };
    if (row.error) put(Tone::kError, std::string(kErrorMark));
    const std::string aside = row.aside.empty() ? "" : " " + row.aside;
    const std::size_t aside_columns = std::min(text_width(aside), room > 6 ? room - 6 : 0);
    put(name_tone(row), fitted_name(row.text, room - std::min(room, aside_columns)));
    put(row.unfinished ? Tone::kUnfinished : Tone::kQuiet, cut_to_width(aside, room));
    for (const std::string& argument : row.arguments) {
      if (text_width(argument) + 1 > room && room < kArgumentColumnsMin) break;
      put(Tone::kQuiet, cut_to_width(" " + argument, room));
    }
    return out + std::string(room, ' ');
  }

  static std::string fitted_name(const std::string& name, std::size_t columns) {
    const bool qualified = name.find("::") != name.npos;
    return qualified ? keep_end_of(name, columns) : cut_to_width(name, columns);
  }

  static Tone name_tone(const WaterfallRow& row) {
    if (row.kind == Kind::kMissing) return Tone::kQuiet;
    if (row.error) return Tone::kError;
    return row.unfinished ? Tone::kUnfinished : Tone::kStrong;
  }

  const SpanTree& tree_;
  const WaterfallOptions& options_;
  const Layout layout_;
  const Paint paint_;
};

}  // namespace

std::string waterfall(const SpanTree& tree, const SpanSet& set, const WaterfallOptions& options) {
  const std::vector<WaterfallRow> rows = waterfall_rows(tree, set, options);
  if (rows.empty()) return {};
  const Painter painter(tree, options, lay_out(rows, options.width));
  std::string out = painter.axis();
  for (const WaterfallRow& row : rows) out += painter.line(row);
  return out;
}

}  // namespace autospan::cli
