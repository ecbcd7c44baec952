// What an API's answer means: its JSON, or the error that it tells.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "http_client.h"

// The API answered, and the answer is no.
class ApiError : public std::runtime_error {
 public:
  ApiError(std::string_view api, long status, std::string code, std::string_view message);

  long status() const { return status_; }
  const std::string& code() const { return code_; }  // the API's own, such as "card_declined"

 private:
  long status_;
  std::string code_;
};

// Some users could not be updated; the part of the job as a whole did its work.
class PartialFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The body of a 2xx answer; throws ApiError for any other, and for a body that is no JSON.
nlohmann::json ReadAnswer(std::string_view api, const HttpResponse& response);
