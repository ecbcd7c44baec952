// HTTP to one server over one kept-alive connection, patient with a server that asks to wait.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

// No answer: refused, timed out, cut off.
class TransportError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What is sent with a POST. All requests of this job may be repeated: contacts are written by
// their id, and a bill carries a key by which the server knows a repetition.
struct Payload {
  std::string content_type;
  std::string text;
  std::string idempotency_key;
};

struct HttpResponse {
  long status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
};

// One thread at a time. Needs curl_global_init to have been called.
class HttpClient {
 public:
  explicit HttpClient(std::string base_url);

  // The final answer, whatever its status: after 429, 502, 503 and TransportError the request is
  // sent again, as late as Retry-After says, up to kAttemptsMax times in all. The token goes into
  // the Authorization header.
  HttpResponse Request(std::string_view method, const std::string& path, const Payload& payload,
                       const std::string& api_token);

 private:
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };

  HttpResponse Send(std::string_view method, const std::string& path, const Payload& payload,
                    const std::string& api_token, int attempt);

  static void WaitForRetry(std::int64_t delay_ms);
  void Prepare(std::string_view method, const std::string& url, const Payload& payload);

  std::string base_url_;
  std::unique_ptr<CURL, Cleanup> handle_;
};
