// See span_name.h.
#include "span_name.h"

namespace autospan::plugin {
namespace {

constexpr std::size_t kNameBytesMax = 256;

}  // namespace

std::string span_name_fault(const std::string& name) {
  if (name.empty()) return "is empty; expected a span's name";
  if (name.size() > kNameBytesMax) return "is longer than 256 bytes; expected a span's name";
  for (std::size_t at = 0; (at = name.find_first_of("{}", at)) != name.npos;) {
    const std::size_t end = name.find('}', at);
    const std::string key = end == name.npos ? name.substr(at) : name.substr(at, end + 1 - at);
    if (key != "{function}" && key != "{qualified}")
      return "holds " + key + "; expected {function} or {qualified}";
    at = end + 1;
  }
  return {};
}

std::string span_name(const std::string& name, const FunctionFacts& function) {
  std::string made;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = name[at] == '{' ? name.find('}', at) : name.npos;
    if (end == name.npos) {
      made += name[at++];
      continue;
    }
    made += name.compare(at, end + 1 - at, "{function}") == 0 ? function.own_name
                                                              : function.qualified_name;
    at = end + 1;
  }
  return made;
}

}  // namespace autospan::plugin
