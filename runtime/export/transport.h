// One HTTP exchange, whoever carries it: libautospan-export.so, or a test's script.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace autospan::delivery {

struct Request {
  std::string_view url;
  const std::vector<std::string>* headers = nullptr;  // "Name: value"
  std::string_view body;
  bool compress = true;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{30'000};
};

struct Answer {
  enum class Outcome {
    kAnswered,
    kNotSent,    // the endpoint has not seen the request
    kLost,       // it may have
    kCancelled,  // we are leaving
  };
  Outcome outcome = Outcome::kNotSent;
  int http_status = 0;
  std::string error;        // the transport's words where there is no answer
  std::string retry_after;  // as the header says it
  std::string body;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // On one thread. Blocks up to its timeouts.
  virtual Answer send(const Request& request) = 0;
  // From any thread: a send in progress and all later ones return kCancelled soon.
  virtual void cancel() = 0;
};

// Called on the sending thread, once. Null with a sentence in `error` where there is none.
using TransportFactory = std::function<std::unique_ptr<Transport>(std::string& error)>;

// Where libautospan-export.so lies: `configured` if given, else beside the library or program that
// holds this code, or in the lib directory next to it. Empty if there is none.
std::string find_export_library(const std::string& configured);
std::unique_ptr<Transport> open_export_library(const std::string& path, std::string& error);

}  // namespace autospan::delivery
