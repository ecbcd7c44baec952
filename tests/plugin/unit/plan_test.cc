// Facts to verdicts and plans: what is decided without clang.
#include "plan.h"

#include <autospan/abi.h>

#include <string>
#include <vector>

#include "catch.hpp"
#include "rules.h"
#include "secrets.h"
#include "span_name.h"

using namespace autospan::plugin;

namespace {

ParamFacts param(const std::string& name, ValueKind kind) {
  ParamFacts facts;
  facts.name = name;
  facts.value.kind = kind;
  return facts;
}

Path to(Step::What what) {
  Step step;
  step.what = what;
  return {step};
}

PartFacts part(const std::string& name, ValueFacts value) {
  PartFacts made;
  made.name = name;
  made.path = to(Step::kMember);
  made.value = std::move(value);
  return made;
}

ParamFacts optional(const std::string& name, ValueKind kind) {
  ParamFacts facts = param(name, ValueKind::kOptional);
  facts.value.parts = {part("", param("", kind).value)};
  facts.value.parts[0].path = to(Step::kHeld);
  return facts;
}

// user {id, plan {name, price}, private key}
ParamFacts user() {
  ParamFacts facts = param("user", ValueKind::kRecord);
  ValueFacts plan = param("", ValueKind::kRecord).value;
  plan.parts = {part("name", param("", ValueKind::kString).value),
                part("price", param("", ValueKind::kDouble).value)};
  facts.value.type_name = "User";
  facts.value.parts = {part("id", param("", ValueKind::kSigned).value), part("plan", plan),
                       part("shelf", param("", ValueKind::kSigned).value)};
  facts.value.parts[2].hidden = true;
  return facts;
}

std::string keys(const ParamFacts& of, const std::vector<std::string>& capture) {
  FunctionFacts function;
  function.params = {of};
  Deeds deeds;
  deeds.capture = Wanted(capture);
  std::string all;
  for (const FieldPlan& field : make_plan(function, deeds, "").fields)
    all += (all.empty() ? "" : " ") + field.key + (field.truncated ? "(cut)" : "");
  return all;
}

Shape shape_of(std::vector<ParamFacts> params) {
  FunctionFacts function;
  for (std::size_t i = 0; i < params.size(); ++i) params[i].index = static_cast<unsigned>(i);
  function.params = std::move(params);
  return make_plan(function, {}, "").shape;
}

Rule rule(const std::string& pattern) {
  std::string error;
  Rule made;
  made.origin = "match='" + pattern + "'";
  made.function = Pattern::parse(pattern, &error);
  return made;
}

FunctionFacts function(const std::string& own_name, unsigned statements, bool works) {
  FunctionFacts facts;
  facts.own_name = own_name;
  facts.qualified_name = "app::" + own_name;
  facts.file = "/home/build/src/jobs/a.cc";
  facts.size = {statements, works};
  return facts;
}

}  // namespace

TEST_CASE("the call's shape follows the values that have data") {
  const auto number = param("n", ValueKind::kSigned), text = param("t", ValueKind::kString);
  const auto opaque = param("o", ValueKind::kOpaque),
             secret = param("password", ValueKind::kString);
  CHECK(shape_of({}) == Shape::k0);
  CHECK(shape_of({opaque, secret}) == Shape::k0);
  CHECK(shape_of({number}) == Shape::kW);
  CHECK(shape_of({secret, number, opaque, number}) == Shape::kWW);
  CHECK(shape_of({text}) == Shape::kS);
  CHECK(shape_of({number, text}) == Shape::kWS);
  CHECK(shape_of({text, number}) == Shape::kN);
  CHECK(shape_of({number, number, number}) == Shape::kN);
  CHECK(shape_of({optional("maybe", ValueKind::kSigned)}) == Shape::kN);
  CHECK(shape_of({param("c", ValueKind::kCString)}) == Shape::kN);
}

TEST_CASE("a redacted value keeps nothing of its type") {
  FunctionFacts login;
  login.params = {param("apiKey", ValueKind::kEnum)};
  login.params[0].value.enumerators = {{"live_key", 1}};
  const SpanPlan plan = make_plan(login, {}, "");
  CHECK(plan.fields[0].type == AUTOSPAN_REDACTED);
  CHECK(plan.fields[0].value.enumerators.empty());
}

TEST_CASE("members are shown where a rule reaches them") {
  CHECK(keys(user(), {}) == "user");
  CHECK(keys(user(), {"other"}) == "user");
  CHECK(keys(user(), {"**"}) == "user.id user.plan.name user.plan.price");
  CHECK(keys(user(), {"us*"}) == "user.id user.plan.name user.plan.price");
  CHECK(keys(user(), {"user.*"}) == "user.id user.plan.name user.plan.price");
  CHECK(keys(user(), {"user.plan"}) == "user.plan.name user.plan.price");
  CHECK(keys(user(), {"user.plan.p*"}) == "user.plan.price");
  CHECK(keys(user(), {"*.*.name", "user.i?"}) == "user.id user.plan.name");
  CHECK(keys(user(), {"user.shelf"}) == "user.shelf");
}

TEST_CASE("a secret member is redacted, whatever names it, and nothing below it is looked at") {
  ParamFacts of = user();
  of.value.parts[1].name = "credentials";
  FunctionFacts function;
  function.params = {of};
  Deeds deeds;
  deeds.capture = Wanted({"user.credentials.price"});
  const SpanPlan plan = make_plan(function, deeds, "");
  REQUIRE(plan.fields.size() == 1);
  CHECK(plan.fields[0].key == "user.credentials");
  CHECK(plan.fields[0].type == AUTOSPAN_REDACTED);
  CHECK(plan.fields[0].path.empty());
}

TEST_CASE("a parameter gives sixteen fields and says that there was more") {
  ParamFacts of = param("p", ValueKind::kRecord);
  for (int i = 0; i < 16; ++i)
    of.value.parts.push_back(part("m" + std::to_string(i), param("", ValueKind::kSigned).value));
  CHECK(keys(of, {"p"}).find("cut") == std::string::npos);
  of.value.parts.push_back(part("m16", param("", ValueKind::kSigned).value));
  CHECK(keys(of, {"p"}).find("p.m15(cut)") != std::string::npos);
  CHECK(keys(of, {"p"}).find("p.m16") == std::string::npos);
}

TEST_CASE("parameters of one name are numbered without meeting another") {
  FunctionFacts pack;
  pack.params = {param("args", ValueKind::kSigned), param("args_1", ValueKind::kSigned),
                 param("args", ValueKind::kSigned), param("", ValueKind::kSigned)};
  const SpanPlan plan = make_plan(pack, {}, "");
  REQUIRE(plan.fields.size() == 3);
  CHECK(plan.fields[0].key == "args_0");
  CHECK(plan.fields[1].key == "args_1");
  CHECK(plan.fields[2].key == "args_2");
}

TEST_CASE("words are found in snake_case and camelCase") {
  for (const char* secret :
       {"auth", "userAuth", "user_auth", "AUTH", "HTTPAuth", "http_AUTH_header", "pwd", "myPwd",
        "pwd2", "authorization", "XAuthorization"})
    CHECK(is_secret_name(secret));
  for (const char* open :
       {"author", "authority", "coauthor", "authors", "pwdx", "unauthorized", ""})
    CHECK_FALSE(is_secret_name(open));
}

TEST_CASE("the small are left out only by patterns that say nothing of the name") {
  RuleSet rules;
  rules.spans = {rule("app::*"), rule("tiny*")};
  CHECK(judge(rules, function("getter", 1, false)).why ==
        "is too small for match='app::*': 1 statement, no call, loop or asm (min-statements=3)");
  CHECK(judge(rules, function("getter", 1, true)).span);
  CHECK(judge(rules, function("three", 3, false)).span);
  CHECK(judge(rules, function("tiny", 0, false)).why == "match='tiny*'");
  rules.min_statements = 0;
  CHECK(judge(rules, function("getter", 1, false)).span);
}

TEST_CASE("what forbids a span wins over what asks for one") {
  RuleSet rules;
  rules.spans = {rule("run")};
  std::string error;
  rules.skips = {Pattern::parse("app::run", &error)};
  FunctionFacts run = function("run", 9, true);
  CHECK(judge(rules, run).why == "skip='app::run'");
  CHECK(judge(rules, run).excluded);
  rules.skips.clear();
  run.obstacle = "is naked";
  CHECK(judge(rules, run).why == "is naked");
  CHECK(judge(rules, run).matched == std::vector<unsigned>{0});
  run.in_system_header = true;
  CHECK(judge(rules, run).matched.empty());
}

TEST_CASE("what several rules ask for adds up, the later one has the word") {
  RuleSet rules;
  rules.spans = {{"r.yaml:2", {}, "**", false, 0, {}}, {"r.yaml:4", {}, "**", false, 0, {}}};
  rules.spans[0].deeds.cpu = true;
  rules.spans[0].deeds.min_duration_us = 50;
  rules.spans[1].deeds.min_duration_us = 70;
  const Deeds deeds = judge(rules, function("run", 9, true)).deeds;
  CHECK(deeds.cpu == true);
  CHECK(deeds.min_duration_us == 70u);
  CHECK_FALSE(deeds.root);
  const SpanPlan plan = make_plan(function("run", 9, true), deeds, "");
  CHECK(plan.cpu);
  CHECK(plan.min_duration_us == 70);
}

TEST_CASE("a file rule takes a path from any directory down, and leaves the small out") {
  RuleSet rules;
  rules.spans = {{"r.yaml:2", {}, "src/jobs/**", false, 2, {}}};
  CHECK(judge(rules, function("run", 2, false)).why == "r.yaml:2");
  CHECK_FALSE(judge(rules, function("run", 1, false)).span);
  FunctionFacts elsewhere = function("run", 9, true);
  elsewhere.file = "other/src/job/a.cc";
  CHECK(judge(rules, elsewhere).why == "no rule matches");
}

TEST_CASE("redact adds to the built-in list, and redact_defaults: false puts it aside") {
  const SecretNames built_in, added{{"*iban*"}, true}, alone{{"*iban*"}, false};
  CHECK_FALSE(built_in.take("customerIBAN"));
  CHECK(added.take("customerIBAN"));
  CHECK(added.take("apiKey"));
  CHECK(alone.take("iban"));
  CHECK_FALSE(alone.take("apiKey"));

  FunctionFacts pay;
  pay.params = {param("apiKey", ValueKind::kSigned), param("account", ValueKind::kSigned)};
  pay.params[1].type_names = {"IbanNumber"};
  const SpanPlan plan = make_plan(pay, {}, "", alone);
  CHECK(plan.fields[0].type == AUTOSPAN_I64);
  CHECK(plan.fields[1].type == AUTOSPAN_REDACTED);
}

TEST_CASE("a span's name with the function's put in") {
  FunctionFacts charge;
  charge.own_name = "charge";
  charge.qualified_name = "stripe::charge";
  CHECK(span_name("pay {function} of {qualified}", charge) == "pay charge of stripe::charge");
  CHECK(span_name("plain", charge) == "plain");
  CHECK(span_name_fault("pay {function}").empty());
  CHECK(span_name_fault("pay {file}") == "holds {file}; expected {function} or {qualified}");
  CHECK(span_name_fault("pay {function") == "holds {function; expected {function} or {qualified}");
  CHECK(span_name_fault("pay }") == "holds }; expected {function} or {qualified}");
}

TEST_CASE("a call has a span where the function called has none") {
  RuleSet rules;
  std::string error;
  rules.spans = {{"r.yaml:2", Pattern::parse("run*", &error), "", false, {}, {}}};
  rules.calls = {{"r.yaml:4 (calls)", Pattern::parse("**", &error), "", false, {}, {}}};
  FunctionFacts charge = function("charge", 0, true);
  charge.in_system_header = true;
  CHECK(judge_call(rules, charge).span);
  CHECK(judge_call(rules, charge).matched == std::vector<unsigned>{1});
  CHECK_FALSE(judge_call(rules, function("run", 0, true)).span);
  CHECK(judge_call(rules, function("run", 0, true)).why == "has a span of its own: r.yaml:2");
  charge.only_by_name = true;
  CHECK(judge_call(rules, charge).why == "no rule matches");
  rules.calls[0].function = Pattern::parse("char*", &error);
  CHECK(judge_call(rules, charge).span);
  charge.obstacle = "is constexpr";
  CHECK(judge_call(rules, charge).why == "is constexpr");
  rules.skips = {Pattern::parse("charge", &error)};
  CHECK(judge_call(rules, charge).excluded);
}
