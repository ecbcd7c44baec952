// Patterns: what a glob and a regular expression take.
#include "pattern.h"

#include <string>

#include "autospan/detail/glob.h"
#include "catch.hpp"

using autospan::plugin::glob_matches;
using autospan::plugin::Pattern;

namespace {

// Takes a qualified name. What the plugin takes, a switch must take as well.
bool takes(const std::string& pattern, const std::string& qualified) {
  using namespace autospan::detail;
  std::string error;
  const Pattern parsed = Pattern::parse(pattern, &error);
  REQUIRE(error.empty());
  const long size = long(qualified.size());
  const bool taken =
      parsed.matches(qualified.substr(own_name_at(qualified.c_str(), size)), qualified);
  if (pattern.rfind("re:", 0) != 0)
    CHECK(glob_takes(pattern.data(), long(pattern.size()), qualified.data(), size) == taken);
  return taken;
}

std::string error_of(const std::string& pattern) {
  std::string error;
  Pattern::parse(pattern, &error);
  return error;
}

}  // namespace

TEST_CASE("a glob without :: is matched against the function's own name") {
  CHECK(takes("Update*", "UpdateStripe"));
  CHECK(takes("Update*", "billing::UpdateStripe"));
  CHECK(takes("Update*", "billing::Job::Update"));
  CHECK(takes("(lambda)", "billing::UpdateStripe::(lambda)"));
  CHECK_FALSE(takes("Update*", "billing::reUpdate"));
  CHECK_FALSE(takes("Update*", "Update::run"));
  CHECK_FALSE(takes("Update", "UpdateStripe"));
}

TEST_CASE("a glob with :: is matched against the whole qualified name") {
  CHECK(takes("billing::*", "billing::UpdateStripe"));
  CHECK_FALSE(takes("billing::*", "billing::Job::run"));
  CHECK_FALSE(takes("billing::*", "x::billing::run"));
  CHECK(takes("billing::**", "billing::Job::run"));
  CHECK(takes("billing::*::run", "billing::Job::run"));
  CHECK_FALSE(takes("billing::*::run", "billing::deep::Job::run"));
  CHECK(takes("billing::**::run", "billing::deep::Job::run"));
  CHECK(takes("**::Job::*", "a::b::Job::run"));
  CHECK(takes("*::Job::*", "a::Job::run"));
  CHECK_FALSE(takes("*::Job::*", "Job::run"));
  CHECK(takes("::**", "::x"));
}

TEST_CASE("stars give back what they took too much") {
  CHECK(takes("a*b*c", "aXbXbXc"));
  CHECK_FALSE(takes("a*b*c", "aXbXbX"));
  CHECK(takes("**::a*::b", "x::aa::c::ab::b"));
  CHECK(takes("*a", "aaaa"));
  CHECK(takes("*", "anything"));
  CHECK(takes("*", "V::operator std::string"));
  CHECK(takes("operator*string", "V::operator std::string"));
  CHECK(glob_matches("", "", ':'));
  CHECK_FALSE(glob_matches("", "x", ':'));
  CHECK(glob_matches("*", "", ':'));
}

TEST_CASE("a question mark is one character and a backslash takes the next as it is") {
  CHECK(takes("f?", "f1"));
  CHECK_FALSE(takes("f?", "f"));
  CHECK_FALSE(takes("f?", "f12"));
  CHECK(takes("operator\\*", "operator*"));
  CHECK_FALSE(takes("operator\\*", "operator+"));
  CHECK(takes("operator[]", "V::operator[]"));
}

TEST_CASE("a regular expression is searched in the qualified name") {
  CHECK(takes("re:^billing::Update(Stripe|All)$", "billing::UpdateStripe"));
  CHECK(takes("re:Update", "billing::UpdateStripe::(lambda)"));
  CHECK_FALSE(takes("re:^Update", "billing::UpdateStripe"));
  CHECK(takes("re:\\bUpdate\\w+$", "billing::UpdateStripe"));
  CHECK(takes("re:^(?!std::)", "billing::run"));
}

TEST_CASE("some patterns say nothing of the name") {
  const auto nameless = [](const std::string& pattern) {
    std::string error;
    return Pattern::parse(pattern, &error).says_nothing_of_name("run", "billing::run");
  };
  CHECK(nameless("*"));
  CHECK(nameless("billing::*"));
  CHECK(nameless("billing::**"));
  CHECK(nameless("re:^billing::"));
  CHECK_FALSE(nameless("run"));
  CHECK_FALSE(nameless("r*"));
  CHECK_FALSE(nameless("billing::run"));
  CHECK_FALSE(nameless("re:run$"));
}

TEST_CASE("a bad pattern says why") {
  CHECK(error_of("") == "is empty");
  CHECK(error_of("a***b") == "has three stars in a row; use * or **");
  CHECK(error_of("a\\") == "ends in a lone backslash");
  CHECK(error_of("a\\\\").empty());
  CHECK(error_of("re:") == "is empty after re:");
  CHECK(error_of("re:[").find("is no ECMAScript regular expression") == 0);
  CHECK(error_of(std::string(5000, 'a')) == "is longer than 4096 bytes");
}

TEST_CASE("a name's last component is its own, a conversion's type included") {
  const auto own = [](const std::string& name) {
    return name.substr(autospan::detail::own_name_at(name.c_str(), long(name.size())));
  };
  CHECK(own("run") == "run");
  CHECK(own("billing::Job::run") == "run");
  CHECK(own("V::operator std::string") == "operator std::string");
  CHECK(own("V::operator()::(lambda)") == "(lambda)");
  CHECK(own("myoperator ::x") == "x");
  CHECK(own("") == "");
}

TEST_CASE("what stops a star is two colons, not one") {
  CHECK(glob_matches("db:*", "db: query", ':'));
  CHECK_FALSE(glob_matches("a*", "a::b", ':'));
  CHECK_FALSE(glob_matches("a?:b", "a::b", ':'));
  CHECK(glob_matches("src/**/x.cc", "src/a/b/x.cc", '/'));
  CHECK_FALSE(glob_matches("src/*/x.cc", "src/a/b/x.cc", '/'));
}

// Each of these took a backtracking matcher time exponential in the number of stars.
TEST_CASE("no pattern takes long") {
  const std::string name(1024, 'a');
  std::string glob;
  for (int i = 0; i < 50; ++i) glob += "a*";
  CHECK_FALSE(glob_matches(glob + "b", name, ':'));
  CHECK_FALSE(glob_matches("**" + glob + "b", name, ':'));
  std::string nested;
  for (int i = 0; i < 200; ++i) nested += "a::";
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "**a*::";
  CHECK_FALSE(glob_matches(deep + "b", nested, ':'));
  CHECK(glob_matches(deep + "**", nested, ':'));
}
