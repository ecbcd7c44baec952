#include "intercom_api.h"

#include <utility>

#include "api_answer.h"

using nlohmann::json;

IntercomApi::IntercomApi(HttpClient& http, std::string api_token)
    : http_(http), api_token_(std::move(api_token)) {}

ContactPage IntercomApi::FetchContacts(const std::string& cursor, int page) {
  std::string path = "/intercom/contacts?page=" + std::to_string(page);
  if (!cursor.empty()) path += "&starting_after=" + cursor;
  const json answer = ReadAnswer("intercom", http_.Request("GET", path, {}, api_token_));

  ContactPage result;
  for (const json& contact : answer.at("data")) {
    result.contacts.push_back({contact.at("external_id"), contact.at("email"),
                               contact.at("custom_attributes").at("plan")});
  }
  const json& next = answer.at("pages").at("next");
  if (!next.is_null()) result.next_cursor = next.at("starting_after");
  return result;
}

void IntercomApi::PostContact(std::int64_t user_id, const std::string& email,
                              const std::string& plan) {
  const json contact = {
      {"external_id", user_id}, {"email", email}, {"custom_attributes", {{"plan", plan}}}};
  const Payload payload = {"application/json", contact.dump(), {}};
  ReadAnswer("intercom", http_.Request("POST", "/intercom/contacts", payload, api_token_));
}
