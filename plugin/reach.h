// From a parameter along a path to a value inside it, as expressions.
#pragma once

#include <functional>

#include "build.h"
#include "facts.h"

namespace autospan::plugin {

// A value: an expression that is made afresh each time it is read, for nodes are not shared.
using Value = std::function<clang::Expr*()>;

Value parameter(const Build& build, clang::ParmVarDecl* param);
Value reach(const Build& build, const Value& whole, const Path& path);

// `yes` where the path leads to a value at run time, `no` where an optional on it is empty; `yes`
// alone where nothing is asked.
clang::Expr* where_reached(const Build& build, const Value& whole, const Path& path,
                           clang::Expr* yes, const Value& no);

// The same for a statement, and nothing where an optional is empty.
clang::Stmt* only_where_reached(const Build& build, const Value& whole, const Path& path,
                                clang::Stmt* statement);

}  // namespace autospan::plugin
