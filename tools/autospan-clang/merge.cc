// See merge.h.
#include "merge.h"

#include <llvm/Support/JSON.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace autospan::clang_tool {
namespace {

namespace fs = std::filesystem;
namespace json = llvm::json;

struct Rule {
  std::int64_t spans = 0;
  std::int64_t excluded = 0;
  std::string blocked;
  std::string why;
  std::string hint;
  bool took_nothing() const { return spans == 0 && excluded == 0; }
};

struct Merged {
  std::vector<std::string> order;  // rules as the first report states them
  std::map<std::string, Rule> rules;
  std::set<std::string> outputs;
  unsigned reports = 0;
  unsigned unreported = 0;  // objects that some compiler cache brought back without their report
};

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) return lines;
  llvm::SmallVector<llvm::StringRef, 64> parts;
  (*buffer)->getBuffer().split(parts, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef part : parts) lines.push_back(part.trim().str());
  return lines;
}

// Objects that the plugin never sees: assembler, and what CMake makes of a precompiled header.
bool is_compiled_here(llvm::StringRef object) {
  return !object.ends_with(".s.o") && !object.ends_with(".S.o") && !object.ends_with(".asm.o") &&
         !object.contains("cmake_pch");
}

// A report of a source or an object that is gone says nothing of the target as it is.
bool is_stale(const json::Object& report, const std::set<std::string>& objects) {
  const std::string output = report.getString("output").value_or("").str();
  std::error_code ignored;
  if (output.empty()) return !fs::exists(report.getString("source").value_or("").str(), ignored);
  return objects.empty() ? !fs::exists(output, ignored) : objects.count(output) == 0;
}

void add_report(const json::Object& report, Merged* merged) {
  ++merged->reports;
  merged->outputs.insert(report.getString("output").value_or("").str());
  const json::Array* rules = report.getArray("rules");
  if (rules == nullptr) return;
  for (const json::Value& value : *rules) {
    const json::Object* entry = value.getAsObject();
    if (entry == nullptr) continue;
    const std::string name = entry->getString("rule").value_or("").str();
    if (merged->rules.find(name) == merged->rules.end()) merged->order.push_back(name);
    Rule& rule = merged->rules[name];
    rule.spans += entry->getInteger("spans").value_or(0);
    rule.excluded += entry->getInteger("excluded").value_or(0);
    rule.hint = entry->getString("hint").value_or("").str();
    if (!rule.blocked.empty()) continue;
    rule.blocked = entry->getString("blocked").value_or("").str();
    rule.why = entry->getString("why").value_or("").str();
  }
}

Merged read_reports(const MergeOptions& options) {
  std::set<std::string> objects;
  for (const std::string& line : lines_of(options.objects_file))
    if (is_compiled_here(line)) objects.insert(fs::absolute(line).lexically_normal().string());

  Merged merged;
  std::vector<fs::path> paths;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(options.directory, failed))
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    auto buffer = llvm::MemoryBuffer::getFile(path.string());
    if (!buffer) continue;
    llvm::Expected<json::Value> report = json::parse((*buffer)->getBuffer());
    if (!report || report->getAsObject() == nullptr) {
      llvm::consumeError(report.takeError());
      llvm::errs() << "autospan: warning: " << path.string() << " is no report; ignored\n";
      continue;
    }
    if (!is_stale(*report->getAsObject(), objects)) add_report(*report->getAsObject(), &merged);
  }
  for (const std::string& object : objects)
    if (merged.outputs.count(object) == 0) ++merged.unreported;
  return merged;
}

std::string files(unsigned count) {
  return std::to_string(count) + (count == 1 ? " file" : " files");
}

void print_rules(const std::string& target, const Merged& merged) {
  for (const std::string& name : merged.order) {
    const Rule& rule = merged.rules.at(name);
    llvm::outs() << "autospan: " << target << ": " << name << " gave " << rule.spans
                 << (rule.spans == 1 ? " span" : " spans") << " in " << files(merged.reports)
                 << "\n";
  }
}

void print_json(const Merged& merged) {
  json::Array rules;
  for (const std::string& name : merged.order) {
    const Rule& rule = merged.rules.at(name);
    json::Object row{{"rule", name}, {"spans", rule.spans}, {"excluded", rule.excluded}};
    if (!rule.blocked.empty()) row["blocked"] = rule.blocked, row["why"] = rule.why;
    rules.push_back(std::move(row));
  }
  llvm::outs() << json::Value(json::Object{{"schema", 1},
                                           {"files", merged.reports},
                                           {"unreported", merged.unreported},
                                           {"rules", std::move(rules)}})
               << "\n";
}

std::string complaint(const std::string& name, const Rule& rule, unsigned reports) {
  if (rule.blocked.empty()) return name + " matched no function in " + files(reports) + rule.hint;
  return name + " gave no span in " + files(reports) + ": " + rule.blocked + " " + rule.why;
}

}  // namespace

int merge(const MergeOptions& options) {
  const std::string target = options.target.empty() ? options.directory : options.target;
  const Merged merged = read_reports(options);
  if (merged.reports == 0 && merged.unreported == 0) {
    llvm::errs() << "autospan: " << options.directory
                 << " holds no report; compile with report=" << options.directory << "\n";
    return 3;
  }
  if (merged.reports == 0 && options.required) {
    llvm::errs() << "autospan: error: " << target << ": REQUIRED cannot be judged: none of "
                 << files(merged.unreported)
                 << " came with a report (from a compiler cache?); build them once without the "
                    "cache\n";
    return 1;
  }
  if (options.print) print_rules(target, merged);
  if (options.json) print_json(merged);
  bool failed = false;
  for (const std::string& name : merged.order) {
    const Rule& rule = merged.rules.at(name);
    if (!rule.took_nothing()) continue;
    if (merged.unreported != 0) {
      if (options.required)
        llvm::errs() << "autospan: warning: " << target << ": cannot judge " << name << ": "
                     << files(merged.unreported)
                     << " came without a report (from a compiler cache?)\n";
      continue;
    }
    failed = failed || options.required;
    llvm::errs() << "autospan: " << (options.required ? "error: " : "warning: ") << target << ": "
                 << complaint(name, rule, merged.reports) << "\n";
  }
  return failed ? 1 : 0;
}

}  // namespace autospan::clang_tool
