// Intercom: contacts to talk to, listed by pages.
#pragma once

#include <cstdint>
#include <string>

#include "contact.h"
#include "http_client.h"

// Methods throw ApiError or TransportError.
class IntercomApi {
 public:
  IntercomApi(HttpClient& http, std::string api_token);

  ContactPage FetchContacts(const std::string& cursor, int page);
  // Creates the contact, or changes the one with this user id.
  void PostContact(std::int64_t user_id, const std::string& email, const std::string& plan);

 private:
  HttpClient& http_;
  std::string api_token_;
};
