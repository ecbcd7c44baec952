#include "salesforce_api.h"

#include <autospan/trace.h>

#include <utility>

#include "api_answer.h"

using nlohmann::json;

SalesforceApi::SalesforceApi(HttpClient& http, std::string api_token)
    : http_(http), api_token_(std::move(api_token)) {}

ContactPage SalesforceApi::FetchContacts(const std::string& cursor, int page) {
  std::string path = "/salesforce/contacts?page=" + std::to_string(page);
  if (!cursor.empty()) path += "&cursor=" + cursor;
  const json answer = ReadAnswer("salesforce", http_.Request("GET", path, {}, api_token_));

  ContactPage result;
  for (const json& record : answer.at("records")) {
    result.contacts.push_back(
        {record.at("External_Id__c"), record.at("Email"), record.at("Plan__c")});
  }
  if (!answer.at("done").get<bool>()) result.next_cursor = answer.at("nextCursor");
  return result;
}

SalesforceResponse SalesforceApi::PostContact(std::int64_t user_id, const std::string& email,
                                              const std::string& plan) {
  TRACE_FIELD("salesforce.user_email", email);
  const json contact = {{"External_Id__c", user_id}, {"Email", email}, {"Plan__c", plan}};
  const Payload payload = {"application/json", contact.dump(), {}};
  const json answer =
      ReadAnswer("salesforce", http_.Request("POST", "/salesforce/contacts", payload, api_token_));

  SalesforceResponse response;
  response.id = answer.at("id");
  response.success = answer.at("success");
  response.created = answer.at("created");
  response.owner = answer.at("owner");
  response.revision = answer.at("revision");
  response.api_calls_used = answer.at("limits").at("used");
  response.api_calls_max = answer.at("limits").at("max");
  TRACE_FIELDS("salesforce.response", response);
  return response;
}
