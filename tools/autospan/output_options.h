// The options of every verb that draws spans.
#pragma once

#include <map>

#include "command_line.h"
#include "terminal.h"
#include "waterfall_rows.h"

namespace autospan::cli {

struct OutputOptions {
  bool all = false, fields = false, json = false;
  unsigned width = 0;
  ColorChoice color = ColorChoice::kAuto;

  WaterfallOptions waterfall() const {
    return {output_width(width), output_colors(color), all, fields};
  }
};

inline void add_output_options(CLI::App& app, OutputOptions& options) {
  static const std::map<std::string, ColorChoice> kChoices = {{"auto", ColorChoice::kAuto},
                                                              {"always", ColorChoice::kAlways},
                                                              {"never", ColorChoice::kNever}};
  app.add_flag("--all", options.all, "every span a row: do not fold more than 20 like siblings");
  app.add_flag("--fields", options.fields, "every field, event and link under its span");
  app.add_flag("--json", options.json, "as JSON, \"schema\": 1");
  app.add_option("--width", options.width,
                 "columns (default: the terminal's, else COLUMNS, else 100)")
      ->type_name("N")
      ->check(CLI::Range(kWidthMin, kWidthMax));
  app.add_option("--color", options.color,
                 "auto, always or never (auto: a terminal, NO_COLOR unset)")
      ->type_name("WHEN")
      ->transform(CLI::CheckedTransformer(kChoices).description(""));
}

}  // namespace autospan::cli
