// Salesforce: contacts to sell to. The slow one, and the one that limits how often it is called.
#pragma once

#include <cstdint>
#include <string>

#include "contact.h"
#include "http_client.h"

// What Salesforce says about a contact that was written.
struct SalesforceResponse {
  std::string id;
  bool success = false;
  bool created = false;
  std::string owner;
  std::int64_t revision = 0;
  std::int64_t api_calls_used = 0;
  std::int64_t api_calls_max = 0;
};

// Methods throw ApiError or TransportError.
class SalesforceApi {
 public:
  SalesforceApi(HttpClient& http, std::string api_token);

  ContactPage FetchContacts(const std::string& cursor, int page);
  // Creates the contact, or changes the one with this user id.
  SalesforceResponse PostContact(std::int64_t user_id, const std::string& email,
                                 const std::string& plan);

 private:
  HttpClient& http_;
  std::string api_token_;
};
