#include <autospan/trace.h>

#include "update.h"

// Salesforce tells what changed only when it is written to, so every user is.
std::size_t UpdateSalesforce(const std::vector<User>& users, SalesforceApi& api) {
  std::size_t created = 0;
  for (const User& user : users) {
    const SalesforceResponse response = api.PostContact(user.id, user.email, user.plan);
    if (!response.success) {
      throw std::runtime_error("salesforce: contact " + response.id + " was not saved");
    }
    if (response.created) ++created;
  }
  TRACE_FIELD("salesforce.contacts_posted", users.size());
  TRACE_FIELD("salesforce.contacts_created", created);

  VerifyContacts("salesforce", users, ReadContacts(api));
  return users.size();
}
