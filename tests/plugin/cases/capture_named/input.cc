// capture: names parameters and members; private ones only where they are written out.
#include <autospan/annotate.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

struct Plan {
  std::string name = "pro";
  double price = 9.5;
  std::vector<int> steps = {1, 2};
};
struct User {
  int id = 1;
  Plan plan;
  AUTOSPAN_REDACT int pin = 2;
  std::string auth_header = "canary-1";
  std::map<std::string, Plan> plans = {{"x", {}}};

 private:
  int closed_ = 3;
};
struct Job {
  int time = 4;
  std::optional<User> user = User{};
};

void user_and_plans(const User& user, const Plan& plan, Plan other) {}
void one_member(const User& user, const Plan& plan) {}
void closed(const User& user) {}
void deep(const Job& job) {}
void elements(const std::vector<User>& list, std::vector<int> counted) {}
void reserved(const Job& error) {}
void unlisted(const User& user) {}
template <class... Plans>
void pack(const Plans&... plans) {}

struct Bits {
  AUTOSPAN_REDACT unsigned hidden : 4;
  unsigned open : 4;
};
void bits(Bits b) {}

int main() {
  user_and_plans({}, {}, {});
  one_member({}, {});
  closed({});
  deep({});
  elements(std::vector<User>(1), {1});
  reserved({});
  unlisted({});
  pack(Plan{}, Plan{});
  bits({1, 2});
}
