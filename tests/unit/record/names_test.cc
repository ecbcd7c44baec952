// Names: of functions, as every door gives them; of secrets, as plugin and macros know them.
#include <autospan/trace.h>

#include <string>

#include "autospan/detail/function_name.h"
#include "autospan/detail/secret.h"
#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

namespace shop {
namespace {
template <class T>
struct Cart {
  T operator()(T value) {
    TRACE_FUNCTION();
    return value;
  }
  template <class U>
  U* add(U* value) {
    TRACE_FUNCTION();
    return value;
  }
};
}  // namespace
}  // namespace shop

TEST_CASE("a signature's name, as compilers and demanglers write it") {
  const auto name = [](const char* signature) {
    char out[200];
    autospan::detail::function_name(signature, out, sizeof out);
    return std::string(out);
  };
  CHECK(name("int main()") == "main");
  CHECK(name("ns::Class<int>::run(int) const") == "ns::Class::run");
  CHECK(name("std::vector<std::pair<int, int> > ns::f<std::string>(char) [with T = int]") == "ns::f");
  CHECK(name("int *ns::pointer()") == "ns::pointer");
  CHECK(name("int& ns::reference()") == "ns::reference");
  CHECK(name("ns::(anonymous namespace)::f(int)") == "ns::f");
  CHECK(name("void ns::{anonymous}::f(int)") == "ns::f");
  CHECK(name("ns::X::operator()(int) const") == "ns::X::operator()");
  CHECK(name("bool ns::operator<(X, X)") == "ns::operator<");
  CHECK(name("ns::X::operator int() const") == "ns::X::operator int");
  CHECK(name("ns::X::~X()") == "ns::X::~X");
  CHECK(name("void my_operators(int)") == "my_operators");
  CHECK(name("UpdateAll()::{lambda(int)#1}::operator()(int) const") == "UpdateAll::(lambda)");
  CHECK(name("auto main()::(anonymous class)::operator()(int) const") == "main::(lambda)");
  CHECK(name("main()::<lambda(int)>") == "main::(lambda)");
  CHECK(name("void f(int (*)(char), std::function<void (int)>)") == "f");
  CHECK(name("") == "");
  char tiny[4];
  CHECK(autospan::detail::function_name("void longer()", tiny, sizeof tiny) == 3);
  CHECK(std::string(tiny) == "lon");
}

TEST_CASE("TRACE_FUNCTION names the span as the plugin would") {
  RecordedChild child;
  child.run([] {
    shop::Cart<int> cart;
    int value = cart(1);
    cart.add(&value);
    return 1;
  });
  CHECK(draw(child.dump()) == "shop::Cart::operator()\nshop::Cart::add\n");
}

TEST_CASE("names that speak of secrets, and those that only look like it") {
  const auto secret = [](const std::string& name) {
    return autospan::detail::is_secret_name(name.data(), long(name.size()));
  };
  for (const char* name : {"password", "userPassword", "DB_PASSWD", "api_key", "apiSecretKey", "pwd",
                           "HTTPAuth", "auth", "x_auth2", "authToken", "Authorization", "cookieJar",
                           "private_rsa_key", "credentials"})
    CHECK(secret(name));
  for (const char* name : {"author", "authority", "keyApi", "pass", "tok", "pwdir", "apis", ""})
    CHECK_FALSE(secret(name));
}
