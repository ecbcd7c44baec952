// See options.h: a table of arguments, one function each.
#include "options.h"

#include <charconv>
#include <string_view>

#include "rules_file.h"
#include "rules_hash.h"

namespace autospan::plugin {
namespace {

constexpr unsigned kMinStatementsMax = 1'000'000;

std::string take_match(const std::string& value, Options* options) {
  Rule rule;
  std::string error;
  rule.function = Pattern::parse(value, &error);
  rule.origin = "match='" + value + "'";
  options->rules.spans.push_back(rule);
  return error;
}

std::string take_skip(const std::string& value, Options* options) {
  std::string error;
  options->rules.skips.push_back(Pattern::parse(value, &error));
  return error;
}

std::string take_min_statements(const std::string& value, Options* options) {
  unsigned count = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (code != std::errc() || end != value.data() + value.size() || count > kMinStatementsMax)
    return "must be a number from 0 to 1000000";
  options->rules.min_statements = count;
  return {};
}

std::string take_once(const std::string& value, std::string* where) {
  if (value.empty()) return "is empty";
  if (!where->empty() && *where != value) return "is given twice, first as '" + *where + "'";
  *where = value;
  return {};
}

std::string take_rules(const std::string& value, Options* options) {
  return take_once(value, &options->rules_file);
}
std::string take_rules_hash(const std::string& value, Options* options) {
  options->rules_hash = value;
  return {};
}
std::string take_report(const std::string& value, Options* options) {
  return take_once(value, &options->report_dir);
}
std::string take_service(const std::string& value, Options* options) {
  return take_once(value, &options->service);
}

struct Argument {
  const char* name;
  std::string (*take)(const std::string& value, Options* options);
};
constexpr Argument kArguments[] = {
    {"match", take_match},
    {"skip", take_skip},
    {"rules", take_rules},
    {"min-statements", take_min_statements},
    {"report", take_report},
    {"service", take_service},
    // Changes when the rules file does, so that a compiler cache sees a new command.
    {"rules-hash", take_rules_hash},
};

// `autospan flags` writes what a shell would expand as %XX, and says so by the argument's name.
constexpr std::string_view kEncoded = "-enc";

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* begin = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(begin, begin + 2, byte, 16).ptr == begin + 2) {
      out += char(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string take_argument(const std::string& given, Options* options) {
  std::string argument = given;
  std::size_t equals = argument.find('=');
  std::string name = argument.substr(0, equals);
  if (equals != argument.npos && std::string_view(name).ends_with(kEncoded)) {
    name.resize(name.size() - kEncoded.size());
    argument = name + "=" + percent_decoded(argument.substr(equals + 1));
    equals = name.size();
  }
  for (const Argument& known : kArguments) {
    if (name != known.name) continue;
    if (equals == argument.npos) return name + "= needs a value";
    const std::string value = argument.substr(equals + 1);
    const std::string error = known.take(value, options);
    return error.empty() ? error : name + "='" + value + "' " + error;
  }
  return "unknown argument '" + argument +
         "'; known: match= skip= rules= min-statements= report= service=";
}

std::string finish(Options* options) {
  if (options->rules_file.empty()) return {};
  // A compiler cache files the object under the hash in the command: where that is of other rules,
  // it would bring this object back when those come back.
  if (!options->rules_hash.empty() && !is_hash_of(options->rules_hash, options->rules_file))
    options->warning = options->rules_file +
                       " has changed since the command's rules-hash was made; configure again, or "
                       "ask autospan flags again, or a compiler cache may mix up objects";
  return read_rules_file(options->rules_file, &options->rules);
}

}  // namespace autospan::plugin
