// Who the job is about: a user of our product and the plan that the user pays for.
#pragma once

#include <cstdint>
#include <string>

struct Plan {
  std::string name;
  std::int64_t monthly_cents = 0;
};

struct User {
  std::int64_t id = 0;
  std::string email;
  std::string plan;
  std::int64_t monthly_cents = 0;  // of the plan; 0 = nothing to bill
};
