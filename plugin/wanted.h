// `do: {capture: …}`: which parameters are shown with their members and elements. No clang in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace autospan::plugin {

// `user` takes the parameter and all below it, `plan.*` every member of plan and all below, `all`
// everything. Names are globs; `*` stops at a dot.
class Wanted {
 public:
  Wanted() = default;
  explicit Wanted(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  bool nothing() const { return paths_.empty(); }
  // The value at this path (`plan.price`) itself.
  bool takes(std::string_view path) const;
  // The value or something below it.
  bool reaches(std::string_view path) const;
  // The value, by a name that is written out: so far go private members.
  bool names(std::string_view path) const;

 private:
  std::vector<std::string> paths_;
};

}  // namespace autospan::plugin
