#include "stripe_api.h"

#include <cctype>
#include <utility>

namespace {

// application/x-www-form-urlencoded, which is what Stripe speaks.
std::string Escape(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '.' || c == '_') {
      escaped += c;
    } else {
      escaped.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return escaped;
}

}  // namespace

StripeApi::StripeApi(HttpClient& http, std::string api_token)
    : http_(http), api_token_(std::move(api_token)) {}

std::string StripeApi::PostSubscription(std::int64_t user_id, const std::string& email,
                                        const std::string& plan, std::int64_t monthly_cents) {
  const std::string user = std::to_string(user_id);
  const std::string cents = std::to_string(monthly_cents);
  const Payload payload = {"application/x-www-form-urlencoded",
                           "customer=" + user + "&email=" + Escape(email) +
                               "&plan=" + Escape(plan) + "&amount=" + cents + "&currency=eur",
                           "subscription-" + user + "-" + plan + "-" + cents};
  const HttpResponse response = http_.Request("POST", "/stripe/subscriptions", payload, api_token_);
  try {
    return ReadAnswer("stripe", response).at("id");
  } catch (const ApiError& error) {
    if (error.status() == 402) throw CardDeclined(error);
    throw;
  }
}
