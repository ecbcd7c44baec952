// A user as a SaaS knows them, and what is common to the APIs that list such contacts by pages.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "user.h"

struct Contact {
  std::int64_t user_id = 0;
  std::string email;
  std::string plan;
};

struct ContactPage {
  std::vector<Contact> contacts;
  std::string next_cursor;  // empty on the last page
};

using ContactsById = std::map<std::int64_t, Contact>;

bool UpToDate(const ContactsById& contacts, const User& user);

// Throws unless every user is among the contacts, as we know them.
void VerifyContacts(std::string_view api, const std::vector<User>& users,
                    const ContactsById& contacts);

// All pages of an API that has FetchContacts(cursor, page). A server whose cursors never end is
// stopped after kPagesMax.
template <typename Api>
ContactsById ReadContacts(Api& api) {
  constexpr int kPagesMax = 100'000;
  ContactsById contacts;
  std::string cursor;
  for (int page = 1; page <= kPagesMax; ++page) {
    ContactPage answer = api.FetchContacts(cursor, page);
    for (Contact& contact : answer.contacts) contacts[contact.user_id] = std::move(contact);
    if (answer.next_cursor.empty()) return contacts;
    cursor = std::move(answer.next_cursor);
  }
  throw std::runtime_error("contacts have no last page");
}
