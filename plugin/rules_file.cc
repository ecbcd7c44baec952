// See rules_file.h. What a mapping may hold is a table; yaml_file says what is wrong with the rest.
#include "rules_file.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/MemoryBuffer.h>

#include "autospan/detail/glob.h"
#include "span_name.h"
#include "yaml_file.h"

namespace autospan::plugin {
namespace {

using Node = YamlFile::Node;

constexpr unsigned kMinStatementsMax = 1'000'000;

class Reader {
 public:
  Reader(const std::string& path, RuleSet* rules) : file_(path), rules_(rules) {}

  std::string read(llvm::StringRef text) {
    return file_.read(text,
                      {{"spans", [&](Node* node) { read_rules(node, "spans", &rules_->spans); }},
                       {"calls", [&](Node* node) { read_rules(node, "calls", &rules_->calls); }},
                       {"redact", [&](Node* node) { read_redact(node); }},
                       {"redact_defaults", [&](Node* node) {
                          rules_->secrets.defaults = file_.flag(node, "redact_defaults");
                        }}});
  }

 private:
  void read_rules(Node* node, const std::string& list, std::vector<Rule>* rules) {
    const bool calls = rules == &rules_->calls;
    file_.list(node, list, [&](Node* entry) {
      Rule rule;
      rule.origin = file_.line_of(entry) + (calls ? " (calls)" : "");
      YamlFile::Keys keys{
          {"where",
           [&](Node* where) { calls ? read_callee(where, &rule) : read_where(where, &rule); }},
          {"do", [&](Node* deeds) { read_do(deeds, &rule.deeds); }}};
      if (calls) keys["use"] = [&](Node* set) { refuse_set(set); };
      file_.mapping(entry, "a rule", keys);
      if (file_.failed()) return;
      if (!rule.function && rule.file.empty() && !rule.annotated)
        return file_.fail(entry, std::string("a rule that selects nothing; expected where: with "
                                             "function") +
                                     (calls ? " or file" : ", file or annotation"));
      rules->push_back(rule);
    });
  }

  void read_where(Node* node, Rule* rule) {
    YamlFile::Keys keys = place_keys(rule);
    keys["annotation"] = [&](Node* value) {
      const std::string word = file_.text(value, "annotation");
      rule->annotated = word == "trace";
      if (!rule->annotated) file_.fail(value, "annotation is '" + word + "'; expected trace");
    };
    keys["min_statements"] = [&](Node* value) {
      rule->min_statements = file_.number(value, "min_statements", kMinStatementsMax);
    };
    file_.mapping(node, "where", keys);
  }

  void read_callee(Node* node, Rule* rule) {
    file_.mapping(node, "where of a call", place_keys(rule));
  }

  YamlFile::Keys place_keys(Rule* rule) {
    return {{"function",
             [this, rule](Node* value) {
               const std::string pattern = file_.text(value, "function");
               std::string error;
               rule->function = Pattern::parse(pattern, &error);
               if (!error.empty())
                 file_.fail(value, "function '" + pattern + "' " + error +
                                       "; expected a glob, or re: and a regular expression");
             }},
            {"file", [this, rule](Node* value) {
               rule->file = file_.text(value, "file");
               check_glob(value, "file", rule->file);
             }}};
  }

  void check_glob(Node* node, const std::string& what, const std::string& glob) {
    if (const char* fault = detail::glob_fault(glob.data(), static_cast<long>(glob.size())))
      file_.fail(node, what + " '" + glob + "' " + fault + "; expected a glob");
  }

  void read_do(Node* node, Deeds* deeds) {
    file_.mapping(
        node, "do",
        {{"root", [&](Node* value) { deeds->root = file_.flag(value, "root"); }},
         {"cpu", [&](Node* value) { deeds->cpu = file_.flag(value, "cpu"); }},
         {"min_duration", [&](Node* value) { deeds->min_duration_us = duration_us(value); }},
         {"capture", [&](Node* value) { deeds->capture = wanted(value); }},
         {"stack", [&](Node* value) { deeds->stack = file_.flag(value, "stack"); }},
         {"return", [&](Node* value) { deeds->returned = file_.flag(value, "return"); }},
         {"error", [&](Node* value) { deeds->error = error_when(value); }},
         {"name", [&](Node* value) { deeds->name = name_template(value); }}});
  }

  // `all`, one path, or a list of paths.
  Wanted wanted(Node* value) {
    std::vector<std::string> paths;
    file_.one_or_list(value, "capture", [&](Node* one) {
      const std::string path = file_.text(one, "capture");
      if (file_.failed()) return;
      const bool name = !path.empty() && path.front() != '.' && path.back() != '.' &&
                        path.find("..") == path.npos &&
                        path.find_first_of(" \t,:[]()") == path.npos;
      if (!name)
        return file_.fail(one, "capture holds '" + path +
                                   "'; expected a parameter or a member, like user or plan.*");
      paths.push_back(path == "all" ? "**" : path);
    });
    return Wanted(std::move(paths));
  }

  // One word, or the values themselves.
  ErrorWhen error_when(Node* value) {
    static const std::map<std::string, ErrorWhen::What> words{
        {"negative", ErrorWhen::kNegative}, {"zero", ErrorWhen::kZero},      {"null", ErrorWhen::kZero},
        {"false", ErrorWhen::kZero},        {"nonzero", ErrorWhen::kNotZero}, {"not-ok", ErrorWhen::kNotOk},
        {"never", ErrorWhen::kNever}};
    ErrorWhen when;
    if (llvm::isa<llvm::yaml::ScalarNode>(value)) {
      const std::string word = file_.text(value, "error");
      const auto known = words.find(word);
      if (known == words.end())
        file_.fail(value, "error is '" + word +
                              "'; expected negative, zero, null, false, nonzero, not-ok, never, or a list "
                              "of numbers and enumerators");
      else
        when.what = known->second;
      return when;
    }
    when.what = ErrorWhen::kOneOf;
    file_.list(value, "error", [&](Node* one) {
      const std::string text = file_.text(one, "error");
      std::int64_t number = 0;
      if (!llvm::StringRef(text).getAsInteger(0, number))
        when.numbers.push_back(number);
      else
        when.names.push_back(text);
    });
    return when;
  }

  std::string name_template(Node* value) {
    const std::string name = file_.text(value, "name");
    if (file_.failed()) return name;
    const std::string fault = span_name_fault(name);
    if (!fault.empty()) file_.fail(value, "name '" + name + "' " + fault);
    return name;
  }

  // At most an hour: the site has 32 bits of microseconds.
  unsigned duration_us(Node* value) {
    const std::string text = file_.text(value, "min_duration");
    const std::pair<llvm::StringRef, std::uint64_t> units[] = {
        {"us", 1}, {"ms", 1000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}};
    for (const auto& [unit, us] : units) {
      llvm::StringRef digits = text;
      std::uint64_t number = 0;
      if (!digits.consume_back(unit) || digits.getAsInteger(10, number)) continue;
      if (number <= 3'600'000'000 / us) return static_cast<unsigned>(number * us);
    }
    file_.fail(value, "min_duration is '" + text +
                          "'; expected a duration of at most an hour, like 50us or 10ms");
    return 0;
  }

  void refuse_set(Node* set) {
    file_.fail(set, "use asks for the set '" + file_.text(set, "use") +
                        "'; this version ships no sets yet, expected where: {function: …} that "
                        "names the library's functions");
  }

  void read_redact(Node* node) {
    file_.one_or_list(node, "redact", [&](Node* one) {
      const std::string glob = file_.text(one, "redact");
      if (file_.failed()) return;
      check_glob(one, "redact", glob);
      if (glob.find('\\') != glob.npos)
        file_.fail(one, "redact '" + glob + "' holds a backslash; expected a glob over names");
      rules_->secrets.globs.push_back(llvm::StringRef(glob).lower());
    });
  }

  YamlFile file_;
  RuleSet* rules_;
};

}  // namespace

std::string read_rules_file(const std::string& path, RuleSet* rules) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) return path + ": " + buffer.getError().message() + "; expected a rules file";
  return Reader(path, rules).read((*buffer)->getBuffer());
}

}  // namespace autospan::plugin
