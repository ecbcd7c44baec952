#include "population.h"

#include <array>
#include <string>
#include <string_view>

namespace {

constexpr std::array<std::string_view, 16> kGivenNames = {
    "amina", "bruno", "chiara", "dmitri", "elif",  "farid", "greta", "hiro",
    "ines",  "jonas", "keiko",  "lucia",  "marek", "nadia", "oskar", "priya"};
constexpr std::array<std::string_view, 12> kFamilyNames = {"abara",   "berg",  "costa", "dorn",
                                                           "eriksen", "fuchs", "gupta", "holm",
                                                           "ito",     "jung",  "kovac", "lund"};
constexpr std::array<std::string_view, 3> kDomains = {"example.com", "example.org", "example.net"};

template <std::size_t N>
std::string_view Pick(const std::array<std::string_view, N>& choices, std::uint64_t random) {
  return choices[random % N];
}

}  // namespace

std::uint64_t Mix(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

const std::vector<Plan>& AllPlans() {
  static const std::vector<Plan> plans = {{"free", 0}, {"team", 2'900}, {"business", 9'900}};
  return plans;
}

std::vector<User> MakeUsers(int count, std::uint64_t seed) {
  std::vector<User> users;
  users.reserve(static_cast<std::size_t>(count));
  for (int id = 1; id <= count; ++id) {
    const std::uint64_t random = Mix(seed, static_cast<std::uint64_t>(id));
    // The first user always pays: even a run with one user has something to bill.
    const std::size_t plan = id == 1 ? 1 : (random >> 48) % AllPlans().size();

    User user;
    user.id = id;
    user.email.append(Pick(kGivenNames, random)).append(".");
    user.email.append(Pick(kFamilyNames, random >> 16)).append(std::to_string(id)).append("@");
    user.email.append(Pick(kDomains, random >> 32));
    user.plan = AllPlans()[plan].name;
    user.monthly_cents = AllPlans()[plan].monthly_cents;
    users.push_back(std::move(user));
  }
  return users;
}
