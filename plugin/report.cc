// See report.h.
#include "report.h"

#include <fcntl.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/Support/Path.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <system_error>

namespace autospan::plugin {
namespace {

std::string json_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      quoted += escaped;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string json_of(const std::vector<RuleTally>& rules,
                    const std::vector<ReportedFunction>& functions, const std::string& source,
                    const std::string& output) {
  std::string json = "{\"schema\":1,\"source\":" + json_string(source) +
                     ",\"output\":" + json_string(output) + ",\n\"rules\":[";
  const char* comma = "";
  for (const RuleTally& rule : rules) {
    json += std::string(comma) + "\n{\"rule\":" + json_string(rule.origin) +
            ",\"spans\":" + std::to_string(rule.spans) +
            ",\"excluded\":" + std::to_string(rule.excluded);
    if (!rule.blocked_name.empty())
      json += ",\"blocked\":" + json_string(rule.blocked_name) +
              ",\"why\":" + json_string(rule.blocked_why);
    if (!rule.hint.empty()) json += ",\"hint\":" + json_string(rule.hint);
    json += "}";
    comma = ",";
  }
  json += "],\n\"functions\":[";
  comma = "";
  for (const ReportedFunction& one : functions) {
    json += std::string(comma) + "\n{\"name\":" + json_string(one.name) +
            ",\"file\":" + json_string(one.file) + ",\"line\":" + std::to_string(one.line) +
            ",\"span\":" + (one.span ? "true" : "false") + ",\"why\":" + json_string(one.why) + "}";
    comma = ",";
  }
  return json + "]}\n";
}

// `clang++ a.cpp b.cpp -o app` compiles into objects that are gone after the link.
bool is_temporary(const std::string& path) {
  llvm::SmallString<128> directory;
  llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, directory);
  return std::filesystem::path(path).parent_path() == std::filesystem::path(directory.str().str());
}

std::string write_whole(const std::string& path, const std::string& bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return std::strerror(errno);
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const std::string error = std::strerror(errno);
      close(file);
      return error;
    }
    written += static_cast<std::size_t>(count);
  }
  return close(file) == 0 ? std::string() : std::strerror(errno);
}

}  // namespace

Report::Report(const RuleSet& rules) {
  for (const std::vector<Rule>* list : {&rules.spans, &rules.calls})
    for (const Rule& rule : *list)
      rules_.push_back({rule.origin, 0, 0, {}, {}, rule.function ? rule.function->hint() : ""});
}

void Report::add(const FunctionFacts& function, const Verdict& verdict) {
  if (!verdict.span && verdict.matched.empty()) return;
  functions_.push_back(
      {function.qualified_name, function.file, function.line, verdict.span, verdict.why});
  for (const unsigned index : verdict.matched) {
    RuleTally& rule = rules_[index];
    if (verdict.span) ++rule.spans;
    if (verdict.excluded) ++rule.excluded;
    if (verdict.span || verdict.excluded || !rule.blocked_name.empty()) continue;
    rule.blocked_name = function.qualified_name;
    rule.blocked_why = verdict.why;
  }
}

void Report::add_template(const FunctionFacts& function, const Verdict& verdict) {
  for (const unsigned index : verdict.matched) {
    if (!rules_[index].blocked_name.empty()) continue;
    rules_[index].blocked_name = function.qualified_name;
    rules_[index].blocked_why = "is a template that nothing instantiates here";
  }
}

std::string Report::warnings(const std::string& source) const {
  std::string lines;
  for (const RuleTally& rule : rules_) {
    if (rule.spans != 0 || rule.excluded != 0) continue;
    lines += "autospan: warning: " + rule.origin;
    lines += rule.blocked_name.empty()
                 ? " matched no function in " + source + rule.hint
                 : " gave no span in " + source + ": " + rule.blocked_name + " " + rule.blocked_why;
    lines += "\n";
  }
  return lines;
}

std::string Report::write(const std::string& directory, const std::string& source,
                          const std::string& output) const {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::create_directories(directory, failed);
  if (failed) return directory + ": " + failed.message();
  const std::string whole = fs::absolute(output).lexically_normal().string();
  const std::string input = fs::absolute(source).lexically_normal().string();
  const bool temporary = output.empty() || is_temporary(whole);
  char hash[32];
  std::snprintf(hash, sizeof hash, "-%016zx", std::hash<std::string>()(temporary ? input : whole));
  const fs::path path =
      fs::path(directory) / (fs::path(source).filename().string() + hash + ".json");
  // A name of this process's own: parallel compiles of one output are the build's mistake, and
  // still never leave half a report.
  const std::string partial = path.string() + "." + std::to_string(getpid());
  const std::string error =
      write_whole(partial, json_of(rules_, functions_, input, temporary ? "" : whole));
  if (!error.empty()) return partial + ": " + error;
  fs::rename(partial, path, failed);
  return failed ? path.string() + ": " + failed.message() : std::string();
}

}  // namespace autospan::plugin
