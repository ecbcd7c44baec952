// The plugin as clang sees it: takes arguments, brings inject.h into the translation unit, hands
// over every function body before code generation does, and reports at the end.
#include <clang/AST/ASTContext.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendPluginRegistry.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <clang/Sema/SemaConsumer.h>
#include <dlfcn.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/raw_ostream.h>

#include <functional>
#include <memory>

#include "instrument.h"
#include "module_unit.h"
#include "options.h"

namespace autospan::plugin {
namespace {

constexpr int kAbi = 1;

// inject.h and inject_json.h stand beside this shared object, wherever that was installed.
std::string include(const char* header) {
  Dl_info where{};
  if (dladdr(reinterpret_cast<const void*>(&include), &where) == 0) return {};
  const std::string library = where.dli_fname;
  const std::size_t slash = library.rfind('/');
  const std::string folder = slash == library.npos ? std::string() : library.substr(0, slash + 1);
  return "#include \"" + folder + header + "\"\n";
}

bool captures_elements(const Options& options) {
  for (const std::vector<Rule>* list : {&options.rules.spans, &options.rules.calls})
    for (const Rule& rule : *list)
      if (rule.deeds.capture) return true;
  return false;
}

bool makes_code(clang::frontend::ActionKind action) {
  switch (action) {
    case clang::frontend::EmitAssembly:
    case clang::frontend::EmitBC:
    case clang::frontend::EmitLLVM:
    case clang::frontend::EmitLLVMOnly:
    case clang::frontend::EmitCodeGenOnly:
    case clang::frontend::EmitObj:
    case clang::frontend::ParseSyntaxOnly:
      return true;
    default:
      return false;
  }
}

std::string main_file(const clang::CompilerInstance& compiler) {
  const auto& inputs = compiler.getFrontendOpts().Inputs;
  return inputs.empty() || !inputs[0].isFile() ? std::string("<stdin>") : inputs[0].getFile().str();
}

std::string hash_of(const std::string& text) {
  return llvm::utohexstr(std::hash<std::string>()(text) & 0xffffffff, /*LowerCase=*/true);
}

// -DAUTOSPAN_OFF compiles out: the macros see to themselves, the plugin stands aside.
bool compiled_out(const clang::CompilerInstance& compiler) {
  for (const auto& [macro, undefined] : compiler.getPreprocessorOpts().Macros) {
    const llvm::StringRef name = llvm::StringRef(macro).split('=').first;
    if (name == "AUTOSPAN_OFF" && !undefined) return true;
  }
  return false;
}

// Where the AST is not parsed from text, or the language is none of ours, the plugin stands aside.
bool stands_aside(const clang::CompilerInstance& compiler) {
  const clang::LangOptions& language = compiler.getLangOpts();
  const auto& inputs = compiler.getFrontendOpts().Inputs;
  if (language.CUDA || language.OpenCL || language.HLSL || compiled_out(compiler)) return true;
  // Functions of a module without a unit of its own are instrumented where they are used.
  if (language.getCompilingModule() == clang::LangOptions::CMK_ModuleMap ||
      language.getCompilingModule() == clang::LangOptions::CMK_HeaderUnit)
    return true;
  return !inputs.empty() && inputs[0].getKind().getFormat() == clang::InputKind::Precompiled;
}

class Consumer : public clang::SemaConsumer {
 public:
  Consumer(clang::CompilerInstance& compiler, Options options)
      : compiler_(compiler), options_(std::move(options)), instrument_(options_) {}

  // The last moment at which the preprocessor takes a text of ours ahead of the user's.
  void Initialize(clang::ASTContext&) override {
    clang::Preprocessor& preprocessor = compiler_.getPreprocessor();
    std::string ahead;
    if (open_module_unit(compiler_)) {
      ahead = "module;\n";
      instrument_.set_salt("m" + hash_of(main_file(compiler_)) + ".");
    }
    ahead += "#define __AUTOSPAN_PLUGIN_ABI " + std::to_string(kAbi) + "\n" + include("inject.h");
    if (captures_elements(options_)) ahead += include("inject_json.h");
    if (!options_.rules_file.empty())  // lists the file among the dependencies, reads nothing
      ahead += "#if __has_include(\"" + options_.rules_file + "\")\n#endif\n";
    // `module;` must come before every other token, and clang's own predefines hold none.
    preprocessor.setPredefines(preprocessor.getPredefines() + ahead);
    if (compiler_.getFrontendOpts().ProgramAction == clang::frontend::GeneratePCH)
      instrument_.set_salt("p");
    if (compiler_.getCodeGenOpts().CoverageMapping) instrument_.keep_ends();
  }
  void InitializeSema(clang::Sema& sema) override { instrument_.set_sema(&sema); }
  void ForgetSema() override { instrument_.set_sema(nullptr); }

  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    for (clang::Decl* declared : group) instrument_.visit(declared);
    return true;
  }
  void HandleInlineFunctionDefinition(clang::FunctionDecl* function) override {
    instrument_.visit(function);
  }

  void HandleTranslationUnit(clang::ASTContext&) override {
    instrument_.finish();
    const clang::FrontendOptions& front = compiler_.getFrontendOpts();
    clang::DiagnosticsEngine& diagnostics = compiler_.getDiagnostics();
    if (diagnostics.hasErrorOccurred() || !makes_code(front.ProgramAction)) return;
    const std::string source = main_file(compiler_);
    if (options_.report_dir.empty()) {
      // Not a diagnostic: -Werror must not make it one.
      if (!diagnostics.getIgnoreAllWarnings())
        llvm::errs() << instrument_.report().warnings(source);
      return;
    }
    const std::string error =
        instrument_.report().write(options_.report_dir, source, front.OutputFile);
    if (!error.empty()) llvm::errs() << "autospan: warning: no report: " << error << "\n";
  }

 private:
  clang::CompilerInstance& compiler_;
  const Options options_;
  Instrument instrument_;
};

class Action : public clang::PluginASTAction {
 protected:
  ActionType getActionType() override { return AddBeforeMainAction; }

  bool ParseArgs(const clang::CompilerInstance& compiler,
                 const std::vector<std::string>& arguments) override {
    std::string error;
    for (const std::string& argument : arguments)
      if (error = take_argument(argument, &options_); !error.empty()) break;
    if (error.empty()) error = finish(&options_);
    clang::DiagnosticsEngine& diagnostics = compiler.getDiagnostics();
    if (!options_.warning.empty() && !diagnostics.getIgnoreAllWarnings())
      llvm::errs() << "autospan: warning: " << options_.warning << "\n";
    if (error.empty()) return true;
    diagnostics.Report(diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "autospan: %0"))
        << error;
    return false;
  }

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef) override {
    if (stands_aside(compiler)) return std::make_unique<clang::ASTConsumer>();
    return std::make_unique<Consumer>(compiler, options_);
  }

 private:
  Options options_;
};

clang::FrontendPluginRegistry::Add<Action> add_action("autospan", "spans around functions");

}  // namespace
}  // namespace autospan::plugin
