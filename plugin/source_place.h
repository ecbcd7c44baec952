// Where something stands, as a span shows it.
#pragma once

#include <clang/AST/ASTContext.h>

#include <string>

namespace autospan::plugin {

struct SourcePlace {
  std::string file;
  unsigned line = 0;
  bool in_system_header = false;
};

SourcePlace place_of(clang::SourceLocation location, const clang::ASTContext& context);

}  // namespace autospan::plugin
