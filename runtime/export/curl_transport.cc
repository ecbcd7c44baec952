// libautospan-export.so: HTTP by libcurl, zstd. One request at a time, driven through curl's multi
// interface because that alone can be woken from another thread when the process must end.
#include <curl/curl.h>
#include <dlfcn.h>
#include <string.h>
#include <strings.h>
#include <zstd.h>

#include <atomic>
#include <new>
#include <string>

#include "export/export_abi.h"

namespace {

constexpr std::size_t kBodyKept = 1u << 20;
constexpr std::size_t kBodyMax = 16u << 20;  // an endpoint that answers more is hung up on
constexpr int kPoll_ms = 1000;
constexpr int kZstdLevel = 3;

// OpenSSL's atexit handler would tear TLS down before our last flush, which runs at exit too and
// was registered earlier. Whoever initialises it first decides; if that was the host, so be it.
void keep_openssl_until_the_end() {
  using Init = int (*)(std::uint64_t, const void*);
  constexpr std::uint64_t kNoAtExit = 0x00080000;  // OPENSSL_INIT_NO_ATEXIT
  if (const auto init = reinterpret_cast<Init>(dlsym(RTLD_DEFAULT, "OPENSSL_init_crypto")))
    init(kNoAtExit, nullptr);
}

struct Session {
  CURL* easy = nullptr;
  CURLM* multi = nullptr;
  ZSTD_CCtx* zstd = nullptr;
  std::string compressed, body;
  std::size_t received = 0;
  char error[CURL_ERROR_SIZE] = "";
  autospan_export_response* response = nullptr;
  std::atomic<bool> cancelled{false};

  ~Session() {
    if (easy != nullptr) curl_easy_cleanup(easy);
    if (multi != nullptr) curl_multi_cleanup(multi);
    ZSTD_freeCCtx(zstd);
  }
};

// Exceptions may not pass through curl: a body that finds no memory is cut.
std::size_t take_body(char* data, std::size_t, std::size_t bytes, void* user) {
  auto* session = static_cast<Session*>(user);
  session->received += bytes;
  if (session->received > kBodyMax) return 0;
  const std::size_t room = kBodyKept - session->body.size();
  try {
    session->body.append(data, bytes < room ? bytes : room);
  } catch (...) {
  }
  return bytes;
}

std::size_t take_header(char* data, std::size_t, std::size_t bytes, void* user) {
  constexpr char kName[] = "retry-after:";
  constexpr std::size_t kNameBytes = sizeof kName - 1;
  auto& value = static_cast<Session*>(user)->response->retry_after;
  if (bytes <= kNameBytes || strncasecmp(data, kName, kNameBytes) != 0) return bytes;
  const char* begin = data + kNameBytes;
  const char* end = data + bytes;
  while (begin < end && (*begin == ' ' || *begin == '\t')) ++begin;
  while (end > begin && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) --end;
  const auto length = static_cast<std::size_t>(end - begin);
  if (length < sizeof value) {
    memcpy(value, begin, length);
    value[length] = '\0';
  }
  return bytes;
}

bool compress(Session& session, const autospan_export_request& request) {
  session.compressed.resize(ZSTD_compressBound(request.body_bytes));
  const std::size_t bytes =
      ZSTD_compressCCtx(session.zstd, session.compressed.data(), session.compressed.size(),
                        request.body, request.body_bytes, kZstdLevel);
  if (ZSTD_isError(bytes)) return false;
  session.compressed.resize(bytes);
  return bytes < request.body_bytes;
}

curl_slist* headers_of(const autospan_export_request& request, bool compressed) {
  // No "Expect: 100-continue": it would cost a round trip a batch.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (std::size_t i = 0; i < request.headers_count; ++i)
    list = curl_slist_append(list, request.headers[i]);
  return compressed ? curl_slist_append(list, "Content-Encoding: zstd") : list;
}

void set_options(Session& session, const autospan_export_request& request, curl_slist* headers,
                 bool compressed) {
  CURL* const easy = session.easy;
  curl_easy_reset(easy);  // keeps connections and DNS answers
  curl_easy_setopt(easy, CURLOPT_URL, request.url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a cancel does not wait for a resolver thread
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, session.error);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout_ms));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &session);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &session);
  if (request.body == nullptr) return;
  const std::size_t bytes = compressed ? session.compressed.size() : request.body_bytes;
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, compressed ? session.compressed.data() : request.body);
}

// The transfer's result, or CURLE_ABORTED_BY_CALLBACK where it was cancelled.
CURLcode drive(Session& session) {
  for (;;) {
    if (session.cancelled.load(std::memory_order_relaxed)) return CURLE_ABORTED_BY_CALLBACK;
    int running = 0;
    if (curl_multi_perform(session.multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(session.multi, &left))
      if (message->msg == CURLMSG_DONE) return message->data.result;
    if (running == 0) return CURLE_FAILED_INIT;
    curl_multi_poll(session.multi, nullptr, 0, kPoll_ms, nullptr);  // cancel() wakes it
  }
}

// Before anything of a request was sent, nothing of it can have been received.
int outcome_of(Session& session, CURLcode code) {
  if (code == CURLE_OK) return AUTOSPAN_EXPORT_ANSWERED;
  if (session.cancelled.load(std::memory_order_relaxed)) return AUTOSPAN_EXPORT_CANCELLED;
  long sent = 0;
  curl_easy_getinfo(session.easy, CURLINFO_REQUEST_SIZE, &sent);
  return sent > 0 ? AUTOSPAN_EXPORT_LOST : AUTOSPAN_EXPORT_NOT_SENT;
}

void set_error(autospan_export_response& response, const char* words) {
  const std::size_t bytes = strnlen(words, sizeof response.error - 1);
  memcpy(response.error, words, bytes);
  response.error[bytes] = '\0';
}

void perform(Session& session, const autospan_export_request& request,
             autospan_export_response& response) {
  session.response = &response;
  session.body.clear();
  session.received = 0;
  session.error[0] = '\0';
  const bool compressed = request.body != nullptr && request.compress && compress(session, request);
  curl_slist* const headers = headers_of(request, compressed);
  set_options(session, request, headers, compressed);
  curl_multi_add_handle(session.multi, session.easy);
  const CURLcode code = drive(session);
  response.outcome = outcome_of(session, code);
  long status = 0;
  curl_easy_getinfo(session.easy, CURLINFO_RESPONSE_CODE, &status);
  curl_multi_remove_handle(session.multi, session.easy);
  curl_slist_free_all(headers);
  if (response.outcome == AUTOSPAN_EXPORT_ANSWERED) {
    response.http_status = static_cast<int32_t>(status);
    response.body = session.body.data();
    response.body_bytes = session.body.size();
  } else {
    const char* const words = session.error[0] ? session.error : curl_easy_strerror(code);
    set_error(response, words);
  }
}

}  // namespace

extern "C" {

void* autospan_export_v1_open(void) {
  keep_openssl_until_the_end();
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return nullptr;
  auto* session = new (std::nothrow) Session;
  if (session == nullptr) return nullptr;
  session->easy = curl_easy_init();
  session->multi = curl_multi_init();
  session->zstd = ZSTD_createCCtx();
  if (session->easy && session->multi && session->zstd) return session;
  delete session;
  return nullptr;
}

void autospan_export_v1_perform(void* session, const autospan_export_request* request,
                                autospan_export_response* response) {
  const uint32_t size = response->size;
  memset(response, 0, sizeof *response);
  response->size = size;
  response->outcome = AUTOSPAN_EXPORT_NOT_SENT;
  try {
    perform(*static_cast<Session*>(session), *request, *response);
  } catch (...) {
    set_error(*response, "out of memory");
  }
}

void autospan_export_v1_cancel(void* session) {
  auto* s = static_cast<Session*>(session);
  s->cancelled.store(true, std::memory_order_relaxed);  // the wake-up orders it
  curl_multi_wakeup(s->multi);
}

void autospan_export_v1_close(void* session) { delete static_cast<Session*>(session); }

}  // extern "C"
