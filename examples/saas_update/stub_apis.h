// What the stub server knows and answers: three small SaaS products that keep what is posted to
// them. No HTTP here; stub_server.cpp brings requests in and answers out.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "contact.h"

struct StubAnswer {
  int status = 200;
  nlohmann::json body;
  int retry_after_s = 0;  // 0 = no such header
};

// A window of requests: once they are used up nothing is let in until the client has stayed away
// for kRetryAfter, and then a new window opens.
class Throttle {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kRetryAfter{1};

  explicit Throttle(int window_requests);
  // 0 = come in; otherwise the seconds to wait.
  int Enter(Clock::time_point now);

  int used() const { return window_requests_ - left_; }
  int window_requests() const { return window_requests_; }

 private:
  int window_requests_;
  int left_;
  std::optional<Clock::time_point> opens_at_;
};

// The contacts of one product. Listed in the order of their ids; the cursor is the last id seen.
struct ContactBook {
  struct Entry {
    Contact contact;
    int revision = 1;
  };
  // Returns the entry and whether it is new.
  std::pair<const Entry&, bool> Put(const Contact& contact);
  ContactPage Page(const std::string& cursor, int page_max) const;

  std::map<std::int64_t, Entry> entries;
};

// All methods may be called from any thread. They throw nlohmann::json::exception for a body that
// is not what the API expects.
class StubApis {
 public:
  StubApis(int users, std::uint64_t seed);

  StubAnswer ListIntercomContacts(const std::string& cursor);
  StubAnswer PutIntercomContact(const nlohmann::json& contact);
  StubAnswer ListSalesforceContacts(const std::string& cursor);
  StubAnswer PutSalesforceContact(const nlohmann::json& contact);
  StubAnswer PutStripeSubscription(std::int64_t user_id, const std::string& plan,
                                   std::int64_t amount_cents, const std::string& repetition_key);

 private:
  std::optional<StubAnswer> ThrottleSalesforce();  // called with mutex_ held

  std::mutex mutex_;
  std::uint64_t seed_;
  int page_max_;
  std::int64_t declined_user_id_;
  ContactBook intercom_;
  ContactBook salesforce_;
  Throttle salesforce_throttle_;
  std::map<std::string, StubAnswer> subscriptions_;  // by repetition key
};
