// See rules_file.h. Every mapping is read against a table of the keys it may hold.
#include "rules_file.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/YAMLParser.h>

#include <functional>
#include <map>

namespace autospan::plugin {
namespace {

namespace yaml = llvm::yaml;

class Reader {
 public:
  Reader(const std::string& path, RuleSet* rules) : path_(path), rules_(rules) {
    sources_.setDiagHandler(
        [](const llvm::SMDiagnostic& bad, void* reader) {
          static_cast<Reader*>(reader)->fail(bad.getLoc(), bad.getMessage().str());
        },
        this);
  }

  std::string read(llvm::StringRef text) {
    yaml::Stream stream(llvm::MemoryBufferRef(text, path_), sources_, /*ShowColors=*/false);
    for (yaml::Document& document : stream) {
      yaml::Node* root = document.getRoot();
      if (root == nullptr || llvm::isa<yaml::NullNode>(root)) continue;
      read_mapping(root, "the file", {{"spans", [&](yaml::Node* node) { read_spans(node); }}});
      if (!error_.empty()) break;
    }
    if (error_.empty() && stream.failed()) error_ = path_ + ": is no YAML";
    return error_;
  }

 private:
  using Keys = std::map<std::string, std::function<void(yaml::Node*)>>;

  std::string place(llvm::SMLoc at) {
    if (!at.isValid() || sources_.FindBufferContainingLoc(at) == 0) return path_;
    const auto [line, column] = sources_.getLineAndColumn(at);
    return path_ + ":" + std::to_string(line) + ":" + std::to_string(column);
  }
  void fail(llvm::SMLoc at, const std::string& message) {
    if (error_.empty()) error_ = place(at) + ": " + message;
  }
  static llvm::SMLoc start(const yaml::Node* node) { return node->getSourceRange().Start; }

  void read_mapping(yaml::Node* node, const std::string& what, const Keys& keys) {
    auto* mapping = llvm::dyn_cast<yaml::MappingNode>(node);
    if (mapping == nullptr) return fail(start(node), what + " must be a mapping");
    for (yaml::KeyValueNode& entry : *mapping) {
      auto* key = llvm::dyn_cast_or_null<yaml::ScalarNode>(entry.getKey());
      if (key == nullptr) return fail(start(&entry), "a key must be a word");
      llvm::SmallString<32> storage;
      const std::string name = key->getValue(storage).str();
      const auto known = keys.find(name);
      if (known == keys.end()) return fail(start(key), unknown(name, what, keys));
      if (entry.getValue() == nullptr) return;  // the parser has said why
      known->second(entry.getValue());
      if (!error_.empty()) return;
    }
  }

  static std::string unknown(const std::string& name, const std::string& what, const Keys& keys) {
    std::string message = "unknown key '" + name + "' in " + what + "; this release reads";
    const char* comma = " ";
    for (const auto& [key, read] : keys) {
      message += comma + key;
      comma = ", ";
    }
    return message;
  }

  void read_spans(yaml::Node* node) {
    auto* list = llvm::dyn_cast<yaml::SequenceNode>(node);
    if (list == nullptr) return fail(start(node), "spans must be a list");
    for (yaml::Node& entry : *list) {
      Rule rule;
      rule.origin = place(start(&entry));
      rule.origin.resize(rule.origin.rfind(':'));  // the line is enough to name it
      read_mapping(&entry, "a rule",
                   {{"where", [&](yaml::Node* where) { read_where(where, &rule); }},
                    {"do", [&](yaml::Node* deeds) { read_do(deeds, &rule.deeds); }}});
      if (!error_.empty()) return;
      if (!rule.function && rule.file.empty() && !rule.annotated)
        return fail(start(&entry), "a rule needs where: with function, file or annotation");
      rules_->spans.push_back(rule);
    }
  }

  void read_where(yaml::Node* node, Rule* rule) {
    read_mapping(node, "where",
                 {{"function",
                   [&](yaml::Node* value) {
                     std::string error;
                     rule->function = Pattern::parse(scalar(value), &error);
                     if (!error.empty()) fail(start(value), "function: " + error);
                   }},
                  {"file", [&](yaml::Node* value) { rule->file = scalar(value); }},
                  {"annotation",
                   [&](yaml::Node* value) {
                     rule->annotated = scalar(value) == "trace";
                     if (!rule->annotated) fail(start(value), "annotation: only `trace` is known");
                   }},
                  {"min_statements", [&](yaml::Node* value) { read_min(value, rule); }}});
  }

  void read_do(yaml::Node* node, Deeds* deeds) {
    read_mapping(node, "do",
                 {{"root", [&](yaml::Node* value) { deeds->root = flag(value, "root"); }},
                  {"cpu", [&](yaml::Node* value) { deeds->cpu = flag(value, "cpu"); }},
                  {"min_duration",
                   [&](yaml::Node* value) { deeds->min_duration_us = duration_us(value); }},
                  {"capture", [&](yaml::Node* value) { deeds->capture = wanted(value); }}});
  }

  // `all`, one path, or a list of paths.
  Wanted wanted(yaml::Node* value) {
    std::vector<std::string> paths;
    const auto add = [&](yaml::Node* one) {
      const std::string path = scalar(one);
      if (path.empty() || path.front() == '.' || path.back() == '.' ||
          path.find("..") != path.npos)
        return fail(start(one), "capture: names a parameter or a member, like user or plan.*");
      if (path.find_first_of(" \t,:[]()") != path.npos)
        return fail(start(one), "capture: '" + path + "' is no name of a parameter or member");
      paths.push_back(path == "all" ? "**" : path);
    };
    if (auto* list = llvm::dyn_cast<yaml::SequenceNode>(value)) {
      for (yaml::Node& one : *list) add(&one);
      if (paths.empty()) fail(start(value), "capture: is empty");
    } else {
      add(value);
    }
    return Wanted(std::move(paths));
  }

  bool flag(yaml::Node* value, const std::string& what) {
    const std::string word = scalar(value);
    if (word != "true" && word != "false") fail(start(value), what + " must be true or false");
    return word == "true";
  }

  // At most an hour: the site has 32 bits of microseconds.
  unsigned duration_us(yaml::Node* value) {
    const std::string text = scalar(value);
    const std::pair<llvm::StringRef, std::uint64_t> units[] = {
        {"us", 1}, {"ms", 1000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}};
    for (const auto& [unit, us] : units) {
      llvm::StringRef digits = text;
      std::uint64_t number = 0;
      if (!digits.consume_back(unit) || digits.getAsInteger(10, number)) continue;
      if (number <= 3'600'000'000 / us) return static_cast<unsigned>(number * us);
    }
    fail(start(value), "min_duration must be a duration of at most an hour, like 50us or 10ms");
    return 0;
  }

  void read_min(yaml::Node* value, Rule* rule) {
    unsigned count = 0;
    if (llvm::StringRef(scalar(value)).getAsInteger(10, count))
      return fail(start(value), "min_statements must be a number");
    rule->min_statements = count;
  }

  std::string scalar(yaml::Node* node) {
    llvm::SmallString<64> storage;
    if (auto* plain = llvm::dyn_cast<yaml::ScalarNode>(node)) return plain->getValue(storage).str();
    fail(start(node), "must be one word or a quoted text");
    return {};
  }

  std::string path_;
  RuleSet* rules_;
  llvm::SourceMgr sources_;
  std::string error_;
};

}  // namespace

std::string read_rules_file(const std::string& path, RuleSet* rules) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) return path + ": " + buffer.getError().message();
  return Reader(path, rules).read((*buffer)->getBuffer());
}

}  // namespace autospan::plugin
