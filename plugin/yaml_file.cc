// See yaml_file.h.
#include "yaml_file.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/ConvertUTF.h>
#include <llvm/Support/MemoryBuffer.h>

#include <set>

namespace autospan::plugin {
namespace {

namespace yaml = llvm::yaml;

// What stands there, in the words of a message.
std::string found(const yaml::Node* node) {
  if (llvm::isa<yaml::SequenceNode>(node)) return "is a list";
  if (llvm::isa<yaml::MappingNode>(node)) return "is a mapping";
  if (llvm::isa<yaml::NullNode>(node)) return "is empty";
  if (llvm::isa<yaml::AliasNode>(node)) return "is an alias, which is not read here";
  llvm::SmallString<64> storage;
  if (const auto* plain = llvm::dyn_cast<yaml::ScalarNode>(node))
    return "is '" + plain->getValue(storage).str() + "'";
  return "is a block of text";
}

// `, and no more than a slip away`: the known key that was probably meant.
std::string nearest(const std::string& name, const YamlFile::Keys& keys) {
  std::string best;
  unsigned distance = static_cast<unsigned>(name.size() / 3 + 2);
  for (const auto& [key, read] : keys) {
    const unsigned edits =
        llvm::StringRef(name).edit_distance(key, /*AllowReplacements=*/true, distance);
    if (edits >= distance) continue;
    distance = edits;
    best = key;
  }
  return best;
}

std::string unknown_key(const std::string& name, const std::string& what,
                        const YamlFile::Keys& keys) {
  std::string message = "unknown key '" + name + "' in " + what + "; expected";
  const char* comma = " ";
  for (const auto& [key, read] : keys) {
    message += comma + key;
    comma = ", ";
  }
  const std::string meant = nearest(name, keys);
  return meant.empty() ? message : message + "; did you mean " + meant + "?";
}

}  // namespace

YamlFile::YamlFile(const std::string& path) : path_(path) {
  sources_.setDiagHandler(
      [](const llvm::SMDiagnostic& bad, void* file) {
        static_cast<YamlFile*>(file)->fail_at(bad.getLoc(), "no YAML: " + bad.getMessage().str());
      },
      this);
}

std::string YamlFile::read(llvm::StringRef text, const Keys& keys) {
  if (!check_bytes(text)) return error_;
  yaml::Stream stream(llvm::MemoryBufferRef(text, path_), sources_, /*ShowColors=*/false);
  unsigned documents = 0;
  for (yaml::Document& document : stream) {
    yaml::Node* root = document.getRoot();
    if (root == nullptr || failed()) break;
    if (llvm::isa<yaml::NullNode>(root)) continue;
    if (++documents == 2) fail(root, "a second document; expected one");
    mapping(root, "the file", keys);
  }
  if (!failed() && stream.failed()) error_ = path_ + ":1:1: no YAML";
  if (!failed() && documents == 0) {
    error_ = path_ + ":1:1: the file is empty; expected";
    const char* comma = " ";
    for (const auto& [key, reader] : keys) {
      error_ += comma + key + ":";
      comma = " or ";
    }
  }
  return error_;
}

// LLVM's reader takes any bytes for characters, or stops at them without a place.
bool YamlFile::check_bytes(llvm::StringRef text) {
  unsigned line = 1, column = 1;
  for (std::size_t i = 0; i < text.size();) {
    const auto* at = reinterpret_cast<const llvm::UTF8*>(text.data() + i);
    const unsigned bytes = llvm::getNumBytesForUTF8(*at);
    const bool whole = i + bytes <= text.size();
    if (*at == 0 || !whole || !llvm::isLegalUTF8Sequence(at, at + bytes)) {
      error_ = path_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": byte 0x" +
               llvm::hexdigit(*at >> 4, /*LowerCase=*/true) +
               llvm::hexdigit(*at & 15, /*LowerCase=*/true) + " is no text; expected UTF-8";
      return false;
    }
    const bool line_ends = *at == '\n';
    line += line_ends ? 1 : 0;
    column = line_ends ? 1 : column + 1;
    i += bytes;
  }
  return true;
}

void YamlFile::mapping(Node* node, const std::string& what, const Keys& keys) {
  if (failed()) return;
  auto* entries = llvm::dyn_cast<yaml::MappingNode>(node);
  if (entries == nullptr)
    return fail(node, what + " " + found(node) + "; expected a mapping, like {" +
                          keys.begin()->first + ": …}");
  std::set<std::string> seen;
  for (yaml::KeyValueNode& entry : *entries) {
    auto* key = llvm::dyn_cast_or_null<yaml::ScalarNode>(entry.getKey());
    if (failed()) return;  // the parser has said why
    if (key == nullptr) return fail(&entry, "a key of " + what + " is no word; expected one");
    llvm::SmallString<32> storage;
    const std::string name = key->getValue(storage).str();
    const auto known = keys.find(name);
    if (known == keys.end()) return fail(key, unknown_key(name, what, keys));
    if (!seen.insert(name).second)
      return fail(key, "key '" + name + "' stands twice in " + what + "; expected once");
    Node* value = entry.getValue();
    if (failed() || value == nullptr) return;
    known->second(value);
    if (failed()) return;
  }
}

void YamlFile::list(Node* node, const std::string& what, const Each& each) {
  if (failed()) return;
  auto* entries = llvm::dyn_cast<yaml::SequenceNode>(node);
  if (entries == nullptr) return fail(node, what + " " + found(node) + "; expected a list");
  unsigned count = 0;
  for (Node& entry : *entries) {
    if (failed()) return;
    ++count;
    each(&entry);
  }
  if (count == 0) fail(node, what + " is an empty list; expected an entry");
}

void YamlFile::one_or_list(Node* node, const std::string& what, const Each& each) {
  if (llvm::isa<yaml::SequenceNode>(node)) return list(node, what, each);
  each(node);
}

std::string YamlFile::text(Node* node, const std::string& what) {
  llvm::SmallString<64> storage;
  if (auto* plain = llvm::dyn_cast<yaml::ScalarNode>(node)) return plain->getValue(storage).str();
  if (auto* block = llvm::dyn_cast<yaml::BlockScalarNode>(node)) return block->getValue().str();
  fail(node, what + " " + found(node) + "; expected a word or a quoted text");
  return {};
}

bool YamlFile::flag(Node* node, const std::string& what) {
  const std::string word = text(node, what);
  if (word != "true" && word != "false")
    fail(node, what + " " + found(node) + "; expected true or false");
  return word == "true";
}

unsigned YamlFile::number(Node* node, const std::string& what, unsigned max) {
  unsigned count = 0;
  if (llvm::StringRef(text(node, what)).getAsInteger(10, count) || count > max)
    fail(node, what + " " + found(node) + "; expected a number from 0 to " + std::to_string(max));
  return count;
}

void YamlFile::fail(const Node* node, const std::string& message) {
  fail_at(start_of(node), message);
}

// LLVM has `[…]` and `{…}` begin behind the bracket, and `*alias` behind itself.
llvm::SMLoc YamlFile::start_of(const Node* node) {
  const llvm::SMLoc start = node->getSourceRange().Start;
  if (const auto* alias = llvm::dyn_cast<yaml::AliasNode>(node))
    return llvm::SMLoc::getFromPointer(start.getPointer() - alias->getName().size() - 1);
  const unsigned buffer = start.isValid() ? sources_.FindBufferContainingLoc(start) : 0;
  if (buffer == 0 || !llvm::isa<yaml::SequenceNode, yaml::MappingNode>(node)) return start;
  const char* at = start.getPointer();
  if (at == sources_.getMemoryBuffer(buffer)->getBufferStart()) return start;
  return at[-1] == '[' || at[-1] == '{' ? llvm::SMLoc::getFromPointer(at - 1) : start;
}

void YamlFile::fail_at(llvm::SMLoc at, const std::string& message) {
  if (error_.empty()) error_ = place(at) + ": " + message;
}

std::string YamlFile::line_of(const Node* node) {
  const std::string whole = place(start_of(node));
  return whole.substr(0, whole.rfind(':'));
}

std::string YamlFile::place(llvm::SMLoc at) {
  if (!at.isValid() || sources_.FindBufferContainingLoc(at) == 0) return path_ + ":1:1";
  const auto [line, column] = sources_.getLineAndColumn(at);
  return path_ + ":" + std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace autospan::plugin
