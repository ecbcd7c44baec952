// See explain.h. The same facts and rules as in the plugin, over the compile commands of a build.
#include "explain.h"

#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Tooling/CompilationDatabase.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <map>
#include <memory>

#include "callee.h"
#include "gather.h"
#include "options.h"
#include "source_place.h"

namespace autospan::clang_tool {
namespace {

namespace tooling = clang::tooling;

struct Row {
  std::string name;
  std::string file;
  unsigned line = 0;
  bool span = false;
  bool by_template = false;
  bool call = false;  // where it is called, not where it stands
  std::string why;
};
using Rows = std::map<std::string, Row>;  // by file, line and name: headers are seen many times

constexpr llvm::StringLiteral kArgument("-fplugin-arg-autospan-");

bool is_of_plugin(const std::string& argument) {
  return llvm::StringRef(argument).starts_with(kArgument) ||
         llvm::StringRef(argument).starts_with("-fplugin=");
}

class Visitor : public clang::RecursiveASTVisitor<Visitor> {
 public:
  Visitor(const plugin::RuleSet& rules, Rows* rows) : rules_(rules), rows_(rows) {}
  bool shouldVisitLambdaBody() const { return true; }
  bool VisitFunctionDecl(clang::FunctionDecl* function) {
    if (function->doesThisDeclarationHaveABody()) add(function);
    return true;
  }
  bool VisitLambdaExpr(clang::LambdaExpr* lambda) {
    add(lambda->getCallOperator());
    return true;
  }
  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* callee = plugin::named_callee(call);
    if (!rules_.calls.empty() && callee != nullptr) add_call(call, callee);
    return true;
  }

 private:
  void add(const clang::FunctionDecl* function) {
    if (function->isImplicit() || !function->hasBody()) return;
    const plugin::FunctionFacts facts = plugin::gather(function);
    if (facts.in_system_header) return;
    const plugin::Verdict verdict = plugin::judge(rules_, facts);
    keep({facts.qualified_name, facts.file, facts.line, verdict.span,
          function->isDependentContext(), false, verdict.why});
  }

  // Most calls are of no rule's interest.
  void add_call(const clang::CallExpr* call, const clang::FunctionDecl* callee) {
    const plugin::SourcePlace place = plugin::place_of(call->getExprLoc(), callee->getASTContext());
    if (place.in_system_header) return;
    const plugin::FunctionFacts facts = plugin::gather_callee(callee);
    plugin::Verdict verdict = plugin::judge_call(rules_, facts);
    if (verdict.matched.empty()) return;
    const std::string obstacle = plugin::find_obstacle(call, callee);
    if (verdict.span && !obstacle.empty()) verdict = {false, false, obstacle, {}, {}};
    keep({facts.qualified_name, place.file, place.line, verdict.span, false, true, verdict.why});
  }

  void keep(Row row) {
    Row& known = (*rows_)[row.file + "\n" + std::to_string(1'000'000 + row.line) + "\n" + row.name];
    if (known.name.empty() || (row.span && !known.span)) known = std::move(row);
  }

  const plugin::RuleSet& rules_;
  Rows* rows_;
};

class Consumer : public clang::ASTConsumer {
 public:
  Consumer(const plugin::RuleSet& rules, Rows* rows) : visitor_(rules, rows) {}
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    for (clang::Decl* declared : group) {
      const clang::SourceManager& sources = declared->getASTContext().getSourceManager();
      if (!sources.isInSystemHeader(sources.getExpansionLoc(declared->getLocation())))
        visitor_.TraverseDecl(declared);
    }
    return true;
  }

 private:
  Visitor visitor_;
};

class Action : public clang::ASTFrontendAction {
 public:
  Action(const plugin::RuleSet& rules, Rows* rows) : rules_(rules), rows_(rows) {}
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&,
                                                        llvm::StringRef) override {
    return std::make_unique<Consumer>(rules_, rows_);
  }

 private:
  const plugin::RuleSet& rules_;
  Rows* rows_;
};

class Factory : public tooling::FrontendActionFactory {
 public:
  Factory(const plugin::RuleSet& rules, Rows* rows) : rules_(rules), rows_(rows) {}
  std::unique_ptr<clang::FrontendAction> create() override {
    return std::make_unique<Action>(rules_, rows_);
  }

 private:
  const plugin::RuleSet& rules_;
  Rows* rows_;
};

std::unique_ptr<tooling::CompilationDatabase> open_build(const std::string& build,
                                                         std::string* error) {
  const std::vector<std::string> places =
      build.empty() ? std::vector<std::string>{".", "build"} : std::vector<std::string>{build};
  for (const std::string& place : places) {
    std::string why;
    if (auto found = tooling::CompilationDatabase::loadFromDirectory(place, why)) return found;
  }
  *error = "no compile_commands.json in " + (build.empty() ? ". or build" : build) +
           "; configure with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, or name the build with -p";
  return nullptr;
}

// The rules of one command: its own plugin arguments, then those of our command line.
std::string rules_of(const tooling::CompileCommand& command,
                     const std::vector<std::string>& arguments, plugin::Options* options) {
  std::vector<std::string> all;
  for (const std::string& argument : command.CommandLine)
    if (llvm::StringRef(argument).starts_with(kArgument))
      all.push_back(argument.substr(kArgument.size()));
  all.insert(all.end(), arguments.begin(), arguments.end());
  for (const std::string& argument : all)
    if (std::string error = plugin::take_argument(argument, options); !error.empty()) return error;
  return plugin::finish(options);
}

tooling::ArgumentsAdjuster without_plugin() {
  return [](const tooling::CommandLineArguments& arguments, llvm::StringRef) {
    tooling::CommandLineArguments kept;
    for (const std::string& argument : arguments)
      if (!is_of_plugin(argument)) kept.push_back(argument);
    // Found beside a compiler, not beside us.
    kept.insert(kept.begin() + (kept.empty() ? 0 : 1), "-resource-dir=" AUTOSPAN_RESOURCE_DIR);
    kept.push_back("-w");
    return kept;
  };
}

// A source that several targets compile has a command, and rules, of each.
class OneCommand : public tooling::CompilationDatabase {
 public:
  explicit OneCommand(const tooling::CompileCommand& command) : command_(command) {}
  std::vector<tooling::CompileCommand> getCompileCommands(llvm::StringRef) const override {
    return {command_};
  }

 private:
  const tooling::CompileCommand& command_;
};

// One command, in its own directory. False where it does not parse.
bool explain_command(const tooling::CompileCommand& command, const plugin::RuleSet& rules,
                     Rows* rows) {
  const OneCommand alone(command);
  tooling::ClangTool tool(alone, {command.Filename});
  tool.appendArgumentsAdjuster(without_plugin());
  Factory factory(rules, rows);
  return tool.run(&factory) == 0;
}

bool uses_plugin(const tooling::CompileCommand& command) {
  return std::any_of(command.CommandLine.begin(), command.CommandLine.end(), is_of_plugin);
}

bool is_source(llvm::StringRef file) {
  for (const char* ending : {".c", ".cc", ".cpp", ".cxx", ".c++", ".C"})
    if (file.ends_with(ending)) return true;
  return false;
}

// What to look at: where the build uses the plugin, those sources alone; with rules of one's own,
// or in a build without the plugin, every source.
std::vector<tooling::CompileCommand> commands_of(const tooling::CompilationDatabase& build,
                                                 bool all) {
  std::vector<tooling::CompileCommand> commands, instrumented;
  for (const tooling::CompileCommand& command : build.getAllCompileCommands()) {
    if (!is_source(command.Filename)) continue;
    commands.push_back(command);
    if (uses_plugin(command)) instrumented.push_back(command);
  }
  return all || instrumented.empty() ? commands : instrumented;
}

void show_progress(std::size_t done, std::size_t count, llvm::StringRef file) {
  if (!llvm::errs().is_displayed() || count < 2) return;
  llvm::errs() << "\r\033[K" << done << "/" << count << " " << file;
  if (done == count) llvm::errs() << "\r\033[K";
}

std::string text_of(const Row& row) {
  if (row.call)
    return (row.span ? "span around this call: " : "no span around this call: ") + row.why;
  if (row.span && row.by_template) return "span at each instantiation: " + row.why;
  return (row.span ? "span: " : "no span: ") + row.why;
}

void print_text(const std::vector<Row>& rows) {
  std::size_t widest = 0;
  for (const Row& row : rows) widest = std::max(widest, std::min<std::size_t>(row.name.size(), 48));
  for (const Row& row : rows) {
    llvm::outs() << row.name;
    llvm::outs().indent(row.name.size() < widest ? widest - row.name.size() : 0)
        << "  " << text_of(row) << "  (" << row.file << ":" << row.line << ")\n";
  }
}

void print_json(const std::vector<Row>& rows) {
  llvm::json::Array functions;
  for (const Row& row : rows)
    functions.push_back(llvm::json::Object{{"name", row.name},
                                           {"file", row.file},
                                           {"line", row.line},
                                           {"span", row.span},
                                           {"template", row.by_template},
                                           {"call", row.call},
                                           {"why", row.why}});
  llvm::outs() << llvm::json::Value(
                      llvm::json::Object{{"schema", 1}, {"functions", std::move(functions)}})
               << "\n";
}

// False and a message where a pattern is bad.
bool parse_patterns(const std::vector<std::string>& texts, std::vector<plugin::Pattern>* patterns) {
  for (const std::string& text : texts) {
    std::string error;
    patterns->push_back(plugin::Pattern::parse(text, &error));
    if (error.empty()) continue;
    llvm::errs() << "autospan explain: '" << text << "' " << error << "\n";
    return false;
  }
  return true;
}

std::vector<Row> chosen(const Rows& rows, const std::vector<plugin::Pattern>& patterns) {
  std::vector<Row> kept;
  for (const auto& [key, row] : rows) {
    const std::size_t colon = row.name.rfind("::");
    const std::string own = colon == row.name.npos ? row.name : row.name.substr(colon + 2);
    const bool wanted =
        patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
          return pattern.matches(own, row.name);
        });
    if (wanted) kept.push_back(row);
  }
  return kept;
}

}  // namespace

int explain(const ExplainOptions& options) {
  std::vector<plugin::Pattern> patterns;
  if (!parse_patterns(options.functions, &patterns)) return 2;
  std::string error;
  const auto build = open_build(options.build, &error);
  if (build == nullptr) {
    llvm::errs() << "autospan explain: " << error << "\n";
    return 3;
  }
  Rows rows;
  unsigned read = 0;
  const auto commands = commands_of(*build, !options.arguments.empty());
  std::size_t done = 0;
  for (const tooling::CompileCommand& command : commands) {
    show_progress(++done, commands.size(), command.Filename);
    plugin::Options rules;
    if (error = rules_of(command, options.arguments, &rules); !error.empty()) {
      llvm::errs() << "autospan explain: " << command.Filename << ": " << error << "\n";
      return 2;
    }
    if (explain_command(command, rules.rules, &rows))
      ++read;
    else
      llvm::errs() << "autospan explain: " << command.Filename << " does not compile; left out\n";
  }
  if (read == 0) {
    llvm::errs() << "autospan explain: nothing in the build could be read\n";
    return 3;
  }
  const std::vector<Row> wanted = chosen(rows, patterns);
  options.json ? print_json(wanted) : print_text(wanted);
  if (wanted.empty() && !options.json) llvm::errs() << "autospan explain: no such function\n";
  return wanted.empty() ? 1 : 0;
}

}  // namespace autospan::clang_tool
