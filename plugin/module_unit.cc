// See module_unit.h.
#include "module_unit.h"

#include <clang/Basic/FileManager.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>
#include <llvm/Support/MemoryBuffer.h>

#include <memory>
#include <string>

namespace autospan::plugin {
namespace {

// Raw tokens, without comments and without the lines of preprocessor directives.
class Tokens {
 public:
  Tokens(llvm::StringRef text, const clang::LangOptions& language)
      : text_(text),
        lexer_(clang::SourceLocation(), language, text.begin(), text.begin(), text.end()) {
    advance();
  }
  clang::Token next() {
    const clang::Token token = token_;
    advance();
    return token;
  }
  bool is_word(const clang::Token& token, llvm::StringRef word) const {
    return token.is(clang::tok::raw_identifier) && token.getRawIdentifier() == word;
  }
  // Where the token after the last one handed out begins.
  std::size_t begin_of_pending() const { return end_ - token_.getLength(); }

 private:
  void advance() {
    lexer_.LexFromRawLexer(token_);
    while (token_.is(clang::tok::hash) && token_.isAtStartOfLine()) {
      do lexer_.LexFromRawLexer(token_);
      while (!token_.isAtStartOfLine() && token_.isNot(clang::tok::eof));
    }
    end_ = static_cast<std::size_t>(lexer_.getBufferLocation() - text_.begin());
  }

  llvm::StringRef text_;
  clang::Lexer lexer_;
  clang::Token token_;
  std::size_t end_ = 0;
};

}  // namespace

bool open_module_unit(clang::CompilerInstance& compiler) {
  if (!compiler.getLangOpts().CPlusPlusModules) return false;
  clang::SourceManager& sources = compiler.getSourceManager();
  const clang::OptionalFileEntryRef file = sources.getFileEntryRefForID(sources.getMainFileID());
  if (!file) return false;
  auto buffer = compiler.getFileManager().getBufferForFile(*file);
  if (!buffer) return false;
  const llvm::StringRef text = (*buffer)->getBuffer();

  Tokens tokens(text, compiler.getLangOpts());
  const std::size_t begin = tokens.begin_of_pending();
  clang::Token first = tokens.next();
  if (tokens.is_word(first, "export")) return tokens.is_word(tokens.next(), "module");
  if (!tokens.is_word(first, "module")) return false;
  const std::size_t semicolon = tokens.begin_of_pending();
  const clang::Token second = tokens.next();
  if (second.is(clang::tok::semi)) {
    std::string blanked = text.str();
    for (std::size_t i = begin; i <= semicolon; ++i)
      if (blanked[i] != '\n') blanked[i] = ' ';
    sources.overrideFileContents(
        *file, llvm::MemoryBuffer::getMemBufferCopy(blanked, (*buffer)->getBufferIdentifier()));
    return true;
  }
  return second.is(clang::tok::raw_identifier) || second.is(clang::tok::colon);
}

}  // namespace autospan::plugin
