// A made-up population that is the same on every machine: the job fills its database with it and
// the stub server knows the same people, so that both agree without talking about it.
#pragma once

#include <cstdint>
#include <vector>

#include "user.h"

const std::vector<Plan>& AllPlans();

// Users 1 … count. The same seed gives the same users, and more of them with a larger count.
std::vector<User> MakeUsers(int count, std::uint64_t seed);

// A well-mixed number for (seed, index): SplitMix64's output function. <random>'s distributions
// are left alone here because every standard library draws them differently.
std::uint64_t Mix(std::uint64_t seed, std::uint64_t index);
