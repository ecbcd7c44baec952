#include "stub_apis.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "population.h"

namespace {

using nlohmann::json;

constexpr int kPageMax = 100;

std::string MadeUpId(const char* prefix, std::uint64_t seed, std::int64_t user_id) {
  char text[40];
  const std::uint64_t random = Mix(~seed, static_cast<std::uint64_t>(user_id));
  std::snprintf(text, sizeof text, "%s%014llx", prefix,
                static_cast<unsigned long long>(random >> 8));
  return text;
}

// Somebody who pays, in the second half where there is one: the story should not start with it.
std::int64_t DeclinedUser(const std::vector<User>& users, std::uint64_t seed) {
  std::vector<std::int64_t> paying;
  for (const User& user : users) {
    if (user.monthly_cents > 0) paying.push_back(user.id);
  }
  const std::size_t first = paying.size() / 2;
  return paying[first + Mix(seed, 0) % (paying.size() - first)];
}

}  // namespace

Throttle::Throttle(int window_requests)
    : window_requests_(window_requests), left_(window_requests) {}

int Throttle::Enter(Clock::time_point now) {
  if (opens_at_ && now >= *opens_at_) {
    left_ = window_requests_;
    opens_at_.reset();
  }
  if (left_ > 0) {
    --left_;
    return 0;
  }
  if (!opens_at_) opens_at_ = now + kRetryAfter;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(*opens_at_ - now);
  return static_cast<int>(wait.count());
}

std::pair<const ContactBook::Entry&, bool> ContactBook::Put(const Contact& contact) {
  const auto [place, is_new] = entries.try_emplace(contact.user_id);
  place->second.contact = contact;
  if (!is_new) ++place->second.revision;
  return {place->second, is_new};
}

ContactPage ContactBook::Page(const std::string& cursor, int page_max) const {
  std::int64_t after = 0;
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), after);
  ContactPage page;
  auto entry = entries.upper_bound(after);
  for (; entry != entries.end() && page_max > 0; ++entry, --page_max) {
    page.contacts.push_back(entry->second.contact);
  }
  if (entry != entries.end()) page.next_cursor = std::to_string(page.contacts.back().user_id);
  return page;
}

StubApis::StubApis(int users, std::uint64_t seed)
    : seed_(seed),
      // Even a run with few users has a page to turn, and one wait at the throttle.
      page_max_(std::clamp((users + 1) / 2, 1, kPageMax)),
      salesforce_throttle_(std::max(2, users * 2 / 3)) {
  const std::vector<User> population = MakeUsers(users, seed);
  declined_user_id_ = DeclinedUser(population, seed);
  for (const User& user : population) {
    const std::uint64_t random =
        Mix(seed ^ 0x696e746572636f6dULL, static_cast<std::uint64_t>(user.id));
    if (random % 4 == 0) continue;          // Intercom does not know them yet,
    const bool outdated = random % 4 == 1;  // or on a plan they have left
    intercom_.Put({user.id, user.email, outdated ? "trial" : user.plan});
  }
}

StubAnswer StubApis::ListIntercomContacts(const std::string& cursor) {
  const std::lock_guard lock(mutex_);
  const ContactPage page = intercom_.Page(cursor, page_max_);
  json data = json::array();
  for (const Contact& contact : page.contacts) {
    data.push_back({{"type", "contact"},
                    {"id", MadeUpId("ic", seed_, contact.user_id)},
                    {"external_id", contact.user_id},
                    {"email", contact.email},
                    {"custom_attributes", {{"plan", contact.plan}}}});
  }
  json next;
  if (!page.next_cursor.empty()) next = {{"starting_after", page.next_cursor}};
  return {200,
          {{"type", "list"},
           {"data", data},
           {"total_count", intercom_.entries.size()},
           {"pages", {{"type", "pages"}, {"next", next}}}}};
}

StubAnswer StubApis::PutIntercomContact(const json& contact) {
  const std::lock_guard lock(mutex_);
  intercom_.Put({contact.at("external_id").get<std::int64_t>(), contact.at("email"),
                 contact.at("custom_attributes").at("plan")});
  return {200, {{"type", "contact"}, {"external_id", contact.at("external_id")}}};
}

StubAnswer StubApis::ListSalesforceContacts(const std::string& cursor) {
  const std::lock_guard lock(mutex_);
  if (auto throttled = ThrottleSalesforce()) return *throttled;
  const ContactPage page = salesforce_.Page(cursor, page_max_);
  json records = json::array();
  for (const Contact& contact : page.contacts) {
    records.push_back({{"Id", MadeUpId("003", seed_, contact.user_id)},
                       {"External_Id__c", contact.user_id},
                       {"Email", contact.email},
                       {"Plan__c", contact.plan}});
  }
  const bool done = page.next_cursor.empty();
  json body = {{"totalSize", salesforce_.entries.size()}, {"done", done}, {"records", records}};
  if (!done) body["nextCursor"] = page.next_cursor;
  return {200, body};
}

StubAnswer StubApis::PutSalesforceContact(const json& contact) {
  const std::lock_guard lock(mutex_);
  if (auto throttled = ThrottleSalesforce()) return *throttled;
  const std::int64_t user_id = contact.at("External_Id__c");
  const auto [entry, created] =
      salesforce_.Put({user_id, contact.at("Email"), contact.at("Plan__c")});
  return {
      created ? 201 : 200,
      {{"id", MadeUpId("003", seed_, user_id)},
       {"success", true},
       {"created", created},
       {"owner", "growth-team"},
       {"revision", entry.revision},
       {"limits",
        {{"used", salesforce_throttle_.used()}, {"max", salesforce_throttle_.window_requests()}}}}};
}

StubAnswer StubApis::PutStripeSubscription(std::int64_t user_id, const std::string& plan,
                                           std::int64_t amount_cents,
                                           const std::string& repetition_key) {
  const std::lock_guard lock(mutex_);
  if (user_id == declined_user_id_) {
    return {402,
            {{"error",
              {{"type", "card_error"},
               {"code", "card_declined"},
               {"decline_code", "insufficient_funds"},
               {"message", "The card has insufficient funds."},
               {"param", ""}}}}};
  }
  const auto [known, is_new] = subscriptions_.try_emplace(repetition_key);
  if (is_new) {
    known->second.body = {{"id", MadeUpId("sub_", seed_, user_id)},
                          {"object", "subscription"},
                          {"status", "active"},
                          {"customer", MadeUpId("cus_", seed_, user_id)},
                          {"plan", {{"id", plan}, {"amount", amount_cents}}}};
  }
  return known->second;
}

std::optional<StubAnswer> StubApis::ThrottleSalesforce() {
  const int wait_s = salesforce_throttle_.Enter(Throttle::Clock::now());
  if (wait_s == 0) return std::nullopt;
  return StubAnswer{
      429,
      {{"error",
        {{"code", "REQUEST_LIMIT_EXCEEDED"}, {"message", "Too many requests; come back later."}}}},
      wait_s};
}
