#include <autospan/trace.h>

#include "update.h"

// A declined card is that user's matter: the others are billed, the user is marked, and the part
// says at its end that it was not all well.
std::size_t UpdateStripe(const std::vector<User>& users, StripeApi& api, UserDatabase& database) {
  std::size_t billed = 0;
  std::size_t declined = 0;
  std::string first_decline;
  for (const User& user : users) {
    if (user.monthly_cents == 0) continue;
    try {
      api.PostSubscription(user.id, user.email, user.plan, user.monthly_cents);
      ++billed;
    } catch (const CardDeclined& error) {
      database.MarkPastDue(user.id, error.code());
      if (declined == 0) first_decline = "user " + std::to_string(user.id) + ": " + error.what();
      ++declined;
    }
  }
  TRACE_FIELD("stripe.billed", billed);
  TRACE_FIELD("stripe.declined", declined);

  if (declined != 0) {
    throw PartialFailure(std::to_string(declined) + " of " + std::to_string(billed + declined) +
                         " subscriptions declined; " + first_decline);
  }
  return billed;
}
