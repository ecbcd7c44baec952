#include "http_client.h"

#include <autospan/trace.h>

#include <new>
#include <thread>
#include <utility>

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kAttemptsMax = 5;
constexpr seconds kRetryAfterMax{60};       // a server that asks for more is not worth the wait
constexpr milliseconds kBackoffFirst{100};  // doubled with every attempt
constexpr long kConnectTimeoutMs = 3'000;
constexpr long kRequestTimeoutMs = 30'000;
constexpr std::size_t kBodyBytesMax = 8 << 20;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

void Append(Headers& headers, const std::string& line) {
  curl_slist* list = curl_slist_append(headers.get(), line.c_str());
  if (list == nullptr) throw std::bad_alloc();
  headers.release();
  headers.reset(list);
}

// curl calls this with each piece of the body; taking less than offered aborts the transfer.
std::size_t KeepBody(const char* bytes, std::size_t size, std::size_t count, void* body_untyped) {
  auto& body = *static_cast<std::string*>(body_untyped);
  if (body.size() + size * count > kBodyBytesMax) return 0;
  body.append(bytes, size * count);
  return size * count;
}

bool OnLoopback(std::string_view url) {
  return url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost");
}

bool AsksToComeBack(const HttpResponse& response) {
  const bool busy = response.status == 429 || response.status == 502 || response.status == 503;
  return busy && response.retry_after.value_or(seconds(0)) <= kRetryAfterMax;
}

Headers MakeHeaders(const Payload& payload, const std::string& api_token, int attempt) {
  Headers headers;
  Append(headers, "Accept: application/json");
  Append(headers, "Authorization: Bearer " + api_token);
  Append(headers, "X-Attempt: " + std::to_string(attempt));
  if (!payload.text.empty()) Append(headers, "Content-Type: " + payload.content_type);
  if (!payload.idempotency_key.empty()) {
    Append(headers, "Idempotency-Key: " + payload.idempotency_key);
  }
  return headers;
}

milliseconds Backoff(int attempt) { return kBackoffFirst * (1 << (attempt - 1)); }

}  // namespace

HttpClient::HttpClient(std::string base_url)
    : base_url_(std::move(base_url)), handle_(curl_easy_init()) {
  if (!handle_) throw std::runtime_error("curl_easy_init failed");
}

HttpResponse HttpClient::Request(std::string_view method, const std::string& path,
                                 const Payload& payload, const std::string& api_token) {
  for (int attempt = 1;; ++attempt) {
    milliseconds delay = Backoff(attempt);
    try {
      HttpResponse response = Send(method, path, payload, api_token, attempt);
      if (attempt == kAttemptsMax || !AsksToComeBack(response)) return response;
      delay = response.retry_after.value_or(std::chrono::ceil<seconds>(delay));
    } catch (const TransportError&) {
      if (attempt == kAttemptsMax) throw;
    }
    WaitForRetry(delay.count());
  }
}

HttpResponse HttpClient::Send(std::string_view method, const std::string& path,
                              const Payload& payload, const std::string& api_token, int attempt) {
  CURL* curl = handle_.get();
  const std::string url = base_url_ + path;
  const Headers headers = MakeHeaders(payload, api_token, attempt);
  HttpResponse response;
  char reason[CURL_ERROR_SIZE] = "";
  Prepare(method, url, payload);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);

  const CURLcode code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);  // `reason` ends with this function
  if (code != CURLE_OK) {
    const char* text = reason[0] != '\0' ? reason : curl_easy_strerror(code);
    throw TransportError(std::string(method) + " " + url + ": " + text);
  }

  curl_off_t retry_after_s = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after_s);
  if (retry_after_s > 0) response.retry_after = seconds(retry_after_s);

  TRACE_FIELD("http.status_code", response.status);
  TRACE_FIELD("http.response_bytes", response.body.size());
  if (response.status >= 400) TRACE_ERROR("HTTP " + std::to_string(response.status));
  return response;
}

void HttpClient::Prepare(std::string_view method, const std::string& url, const Payload& payload) {
  CURL* curl = handle_.get();
  curl_easy_reset(curl);  // options only: the connection stays open
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, std::string(method).c_str());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "saas-update/1.0");
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kRequestTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, KeepBody);
  if (OnLoopback(url)) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  if (!payload.text.empty()) {
    const auto bytes = static_cast<curl_off_t>(payload.text.size());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, bytes);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, payload.text.c_str());
  }
}

void HttpClient::WaitForRetry(std::int64_t delay_ms) {
  std::this_thread::sleep_for(milliseconds(delay_ms));
}
