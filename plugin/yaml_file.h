// One YAML file read against tables of the keys that each mapping may hold. The first thing that is
// not as expected ends the reading, with file:line:column: what was found; what was expected.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/YAMLParser.h>

#include <functional>
#include <map>
#include <string>

namespace autospan::plugin {

class YamlFile {
 public:
  using Node = llvm::yaml::Node;
  using Keys = std::map<std::string, std::function<void(Node*)>>;
  using Each = std::function<void(Node*)>;

  explicit YamlFile(const std::string& path);

  // The whole file is one mapping of these keys. Returns what is wrong, or nothing.
  std::string read(llvm::StringRef text, const Keys& keys);

  void mapping(Node* node, const std::string& what, const Keys& keys);
  void list(Node* node, const std::string& what, const Each& each);
  // The same, or one entry that stands alone.
  void one_or_list(Node* node, const std::string& what, const Each& each);
  // A word or a quoted text.
  std::string text(Node* node, const std::string& what);
  bool flag(Node* node, const std::string& what);
  unsigned number(Node* node, const std::string& what, unsigned max);

  void fail(const Node* node, const std::string& message);
  bool failed() const { return !error_.empty(); }
  // file:line, as rules are named.
  std::string line_of(const Node* node);

 private:
  llvm::SMLoc start_of(const Node* node);
  std::string place(llvm::SMLoc at);
  void fail_at(llvm::SMLoc at, const std::string& message);
  bool check_bytes(llvm::StringRef text);

  std::string path_;
  std::string error_;
  llvm::SourceMgr sources_;
};

}  // namespace autospan::plugin
