// See source_place.h.
#include "source_place.h"

#include <clang/Basic/LangOptions.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/SmallString.h>

namespace autospan::plugin {

SourcePlace place_of(clang::SourceLocation location, const clang::ASTContext& context) {
  const clang::SourceManager& sources = context.getSourceManager();
  const clang::SourceLocation at = sources.getExpansionLoc(location);
  SourcePlace place;
  place.in_system_header = sources.isInSystemHeader(at);
  const clang::PresumedLoc presumed = sources.getPresumedLoc(at);
  if (presumed.isInvalid()) return place;
  llvm::SmallString<256> path(presumed.getFilename());
  context.getLangOpts().remapPathPrefix(path);  // as __FILE__ under -ffile-prefix-map
  place.file = path.str().str();
  place.line = presumed.getLine();
  return place;
}

}  // namespace autospan::plugin
