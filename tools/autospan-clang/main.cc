// autospan-clang: what of autospan needs LLVM. `autospan explain` runs it; builds run its merge.
#include <llvm/Support/raw_ostream.h>

#include <cstring>
#include <string>
#include <vector>

#include "explain.h"
#include "merge.h"

namespace {

constexpr const char kUsage[] =
    "autospan-clang explain [-p BUILD] [--match P] [--skip P] [--rules FILE] [--min-statements N]\n"
    "                       [--json] [FUNCTION…]     each function: its rule, or why it has no "
    "span\n"
    "autospan-clang merge DIR [--target NAME] [--objects FILE] [--required] [--print] [--json]\n"
    "                                                warns of rules that took nothing in a target\n"
    "Exit codes: 0 done, 1 nothing found or a required rule took nothing, 2 usage, 3 unreadable.\n";

int usage(const std::string& problem) {
  llvm::errs() << "autospan-clang: " << problem << "\n" << kUsage;
  return 2;
}

// The words after the verb, one at a time; `--name=value` and `--name value` are the same.
class Words {
 public:
  Words(int count, char** words) : words_(words, words + count) {}
  bool next(std::string* word) {
    if (value_pending_ || at_ == words_.size()) return false;
    *word = words_[at_++];
    const std::size_t equals = word->find('=');
    if (word->rfind("--", 0) == 0 && equals != word->npos) {
      value_ = word->substr(equals + 1);
      value_pending_ = true;
      word->resize(equals);
    }
    return true;
  }
  bool value(std::string* out) {
    if (value_pending_) {
      value_pending_ = false;
      *out = value_;
      return true;
    }
    if (at_ == words_.size()) return false;
    *out = words_[at_++];
    return true;
  }
  bool stray_value() const { return value_pending_; }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
  std::string value_;
  bool value_pending_ = false;
};

int run_merge(Words words, autospan::clang_tool::MergeOptions options) {
  std::string word;
  while (words.next(&word)) {
    bool good = true;
    if (word == "--target")
      good = words.value(&options.target);
    else if (word == "--objects")
      good = words.value(&options.objects_file);
    else if (word == "--required")
      options.required = true;
    else if (word == "--print")
      options.print = true;
    else if (word == "--json")
      options.json = true;
    else if (!word.empty() && word[0] != '-' && options.directory.empty())
      options.directory = word;
    else
      return usage("merge: unknown argument '" + word + "'");
    if (!good) return usage(word + " needs a value");
  }
  if (words.stray_value()) return usage(word + " takes no value");
  if (options.directory.empty()) return usage("merge: which directory?");
  return autospan::clang_tool::merge(options);
}

int run_explain(Words words) {
  autospan::clang_tool::ExplainOptions options;
  std::string word, value;
  while (words.next(&word)) {
    if (word == "--json") {
      options.json = true;
    } else if (word == "-p" || word == "--merge" || word == "--match" || word == "--skip" ||
               word == "--rules" || word == "--min-statements") {
      if (!words.value(&value)) return usage(word + " needs a value");
      if (word == "--merge") return run_merge(words, {value, {}, {}, false, false, options.json});
      if (word == "-p")
        options.build = value;
      else
        options.arguments.push_back(word.substr(2) + "=" + value);
    } else if (!word.empty() && word[0] == '-') {
      return usage("explain: unknown argument '" + word + "'");
    } else {
      options.functions.push_back(word);
    }
  }
  if (words.stray_value()) return usage(word + " takes no value");
  return autospan::clang_tool::explain(options);
}

}  // namespace

int main(int count, char** words) {
  const std::string verb = count > 1 ? words[1] : "";
  if (verb == "explain") return run_explain(Words(count - 2, words + 2));
  if (verb == "merge" || verb == "--merge") return run_merge(Words(count - 2, words + 2), {});
  if (verb == "--help" || verb == "-h") {
    llvm::outs() << kUsage;
    return 0;
  }
  return usage(verb.empty() ? "which verb?" : "unknown verb '" + verb + "'");
}
