// Stripe: what users pay.
#pragma once

#include <cstdint>
#include <string>

#include "api_answer.h"
#include "http_client.h"

// The customer's bank said no. Nothing is wrong with the request, and repeating it will not help.
class CardDeclined : public ApiError {
 public:
  explicit CardDeclined(const ApiError& error) : ApiError(error) {}
};

class StripeApi {
 public:
  StripeApi(HttpClient& http, std::string api_token);

  // Bills the user for the plan from now on; returns the subscription's id. The key that makes a
  // repetition harmless is made of the user, the plan and the price. Throws CardDeclined,
  // ApiError or TransportError.
  std::string PostSubscription(std::int64_t user_id, const std::string& email,
                               const std::string& plan, std::int64_t monthly_cents);

 private:
  HttpClient& http_;
  std::string api_token_;
};
