#include "contact.h"

bool UpToDate(const ContactsById& contacts, const User& user) {
  const auto found = contacts.find(user.id);
  return found != contacts.end() && found->second.email == user.email &&
         found->second.plan == user.plan;
}

void VerifyContacts(std::string_view api, const std::vector<User>& users,
                    const ContactsById& contacts) {
  for (const User& user : users) {
    if (UpToDate(contacts, user)) continue;
    throw std::runtime_error(std::string(api) + ": user " + std::to_string(user.id) +
                             " was posted and reads back differently");
  }
}
