// The three parts of the job. Each brings one SaaS up to date with our users, reads back what it
// can, and returns how many users it wrote. Each throws what went wrong: PartialFailure where
// only some users could not be updated, anything else where the part gave up.
#pragma once

#include <cstddef>
#include <vector>

#include "intercom_api.h"
#include "salesforce_api.h"
#include "stripe_api.h"
#include "user.h"
#include "user_database.h"

std::size_t UpdateIntercom(const std::vector<User>& users, IntercomApi& api);
std::size_t UpdateSalesforce(const std::vector<User>& users, SalesforceApi& api);
std::size_t UpdateStripe(const std::vector<User>& users, StripeApi& api, UserDatabase& database);
