#include <autospan/trace.h>

#include "update.h"

// Intercom lists its contacts cheaply, so only what differs is written.
std::size_t UpdateIntercom(const std::vector<User>& users, IntercomApi& api) {
  const ContactsById known = ReadContacts(api);
  TRACE_FIELD("intercom.contacts_known", known.size());

  std::size_t posted = 0;
  for (const User& user : users) {
    if (UpToDate(known, user)) continue;
    api.PostContact(user.id, user.email, user.plan);
    ++posted;
  }
  TRACE_FIELD("intercom.contacts_posted", posted);

  VerifyContacts("intercom", users, ReadContacts(api));
  return posted;
}
