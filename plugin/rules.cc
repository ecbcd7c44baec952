// See rules.h. Order: what forbids a span always wins over what asks for one.
#include "rules.h"

namespace autospan::plugin {
namespace {

bool file_matches(const Rule& rule, const std::string& path) {
  if (rule.file.empty()) return true;
  // Relative globs may begin anywhere below a directory.
  return glob_matches(rule.file, path, '/') ||
         (rule.file.front() != '/' && glob_matches("**/" + rule.file, path, '/'));
}

bool where_holds(const Rule& rule, const FunctionFacts& function) {
  if (rule.annotated && !function.annotations.span) return false;
  if (rule.function && !rule.function->matches(function.own_name, function.qualified_name))
    return false;
  return file_matches(rule, function.file);
}

bool says_nothing_of_name(const Rule& rule, const FunctionFacts& function) {
  if (rule.annotated) return false;
  return !rule.function ||
         rule.function->says_nothing_of_name(function.own_name, function.qualified_name);
}

// Empty: the function is large enough for this rule.
std::string too_small(const RuleSet& rules, const Rule& rule, const FunctionFacts& function) {
  if (function.size.works || !says_nothing_of_name(rule, function)) return {};
  const unsigned least = rule.min_statements.value_or(rules.min_statements);
  if (function.size.statements >= least) return {};
  return "is too small for " + rule.origin + ": " + std::to_string(function.size.statements) +
         (function.size.statements == 1 ? " statement" : " statements") +
         ", no call, loop or asm (min-statements=" + std::to_string(least) + ")";
}

bool is_excluded(const RuleSet& rules, const FunctionFacts& function, Verdict* verdict) {
  if (function.annotations.skip) verdict->why = "is marked AUTOSPAN_SKIP";
  for (const Pattern& skip : rules.skips)
    if (verdict->why.empty() && skip.matches(function.own_name, function.qualified_name))
      verdict->why = "skip='" + skip.text() + "'";
  verdict->excluded = !verdict->why.empty();
  return verdict->excluded;
}

template <class T>
void override(std::optional<T>& what, const std::optional<T>& by) {
  if (by) what = by;
}

}  // namespace

void Deeds::take(const Deeds& more) {
  override(root, more.root);
  override(cpu, more.cpu);
  override(min_duration_us, more.min_duration_us);
  override(capture, more.capture);
  override(stack, more.stack);
  override(returned, more.returned);
  override(error, more.error);
  override(name, more.name);
}

Verdict judge(const RuleSet& rules, const FunctionFacts& function) {
  Verdict verdict;
  if (function.in_system_header) {
    verdict.why = "is in a system header";
    return verdict;
  }
  for (unsigned i = 0; i < rules.spans.size(); ++i)
    if (where_holds(rules.spans[i], function)) {
      verdict.matched.push_back(i);
      verdict.deeds.take(rules.spans[i].deeds);
    }
  if (is_excluded(rules, function, &verdict)) return verdict;
  if (!function.annotations.span && verdict.matched.empty()) {
    verdict.why = "no rule matches";
    return verdict;
  }
  if (!function.obstacle.empty()) {
    verdict.why = function.obstacle;
    return verdict;
  }
  if (function.annotations.span) {
    verdict.span = true;
    verdict.why = "AUTOSPAN_SPAN";
    return verdict;
  }
  for (unsigned index : verdict.matched) {
    verdict.why = too_small(rules, rules.spans[index], function);
    if (!verdict.why.empty()) continue;
    verdict.span = true;
    verdict.why = rules.spans[index].origin;
    return verdict;
  }
  return verdict;
}

Verdict judge_call(const RuleSet& rules, const FunctionFacts& callee) {
  Verdict verdict;
  for (unsigned i = 0; i < rules.calls.size(); ++i) {
    const Rule& rule = rules.calls[i];
    if (!where_holds(rule, callee)) continue;
    if (callee.only_by_name && says_nothing_of_name(rule, callee)) continue;
    verdict.matched.push_back(static_cast<unsigned>(rules.spans.size()) + i);
    verdict.deeds.take(rule.deeds);
  }
  if (verdict.matched.empty()) {
    verdict.why = "no rule matches";
    return verdict;
  }
  if (is_excluded(rules, callee, &verdict)) return verdict;
  if (!callee.obstacle.empty()) {
    verdict.why = callee.obstacle;
    return verdict;
  }
  const Verdict own = judge(rules, callee);
  if (own.span) {
    verdict.excluded = true;
    verdict.why = "has a span of its own: " + own.why;
    return verdict;
  }
  verdict.span = true;
  verdict.why = rules.calls[verdict.matched.front() - rules.spans.size()].origin;
  return verdict;
}

}  // namespace autospan::plugin
