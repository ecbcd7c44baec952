// Colours, where they are wanted: on a terminal, or by --color=always.
#pragma once

#include <string>
#include <string_view>

namespace autospan::cli {

enum class Tone { kPlain, kStrong, kQuiet, kError, kUnfinished, kBar };

class Paint {
 public:
  explicit Paint(bool colors) : colors_(colors) {}
  std::string operator()(Tone tone, std::string_view text) const {
    if (!colors_ || tone == Tone::kPlain || text.empty()) return std::string(text);
    return std::string(code(tone)) + std::string(text) + "\x1b[0m";
  }

 private:
  static constexpr std::string_view code(Tone tone) {
    switch (tone) {
      case Tone::kStrong:
        return "\x1b[1m";
      case Tone::kQuiet:
        return "\x1b[2m";
      case Tone::kError:
        return "\x1b[31m";
      case Tone::kUnfinished:
        return "\x1b[33m";
      case Tone::kBar:
        return "\x1b[36m";
      case Tone::kPlain:
        break;
    }
    return {};
  }
  bool colors_;
};

}  // namespace autospan::cli
