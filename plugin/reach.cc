// See reach.h. Operators are called as the members they are: by an unqualified call the compiler
// would look into the namespaces of template arguments, and complete them to do so.
#include "reach.h"

#include <clang/AST/ASTContext.h>

namespace autospan::plugin {
namespace {

clang::Expr* take(const Build& build, clang::Expr* from, const Step& step) {
  switch (step.what) {
    case Step::kMember:
      return build.member(from, step.member);
    case Step::kHeld:
      return build.call_operator(from, clang::OO_Star);
    case Step::kError:
    case Step::kCall:
      return build.call_member(from, step.method);
    case Step::kElement:
      return build.call_std("get", step.index, from);
    case Step::kExtent:
      return build.integer(step.index, 64);
  }
  return nullptr;
}

bool asks(const Step& step) { return step.what == Step::kHeld || step.what == Step::kError; }

// Of what the path has reached before its step `i`.
clang::Expr* has_value(const Build& build, const Value& whole, const Path& path, std::size_t i) {
  const Path before(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(i));
  return build.call_member(reach(build, whole, before)(), "has_value");
}

}  // namespace

Value parameter(const Build& build, clang::ParmVarDecl* param) {
  return [&build, param] { return build.name(param); };
}

Value reach(const Build& build, const Value& whole, const Path& path) {
  if (path.empty()) return whole;
  return [&build, whole, &path] {
    clang::Expr* at = whole();
    for (const Step& step : path) at = take(build, at, step);
    return at;
  };
}

clang::Expr* where_reached(const Build& build, const Value& whole, const Path& path,
                           clang::Expr* yes, const Value& no) {
  for (std::size_t i = path.size(); i-- > 0;) {
    if (!asks(path[i])) continue;
    clang::Expr* holds = has_value(build, whole, path, i);
    yes = path[i].what == Step::kHeld ? build.choose(holds, yes, no())
                                      : build.choose(holds, no(), yes);
  }
  return yes;
}

clang::Stmt* only_where_reached(const Build& build, const Value& whole, const Path& path,
                                clang::Stmt* statement) {
  for (std::size_t i = path.size(); i-- > 0;) {
    if (!asks(path[i])) continue;
    clang::Expr* holds = has_value(build, whole, path, i);
    if (path[i].what == Step::kError) holds = build.step(holds, clang::UO_LNot);
    statement = build.when(holds, statement);
  }
  return statement;
}

}  // namespace autospan::plugin
