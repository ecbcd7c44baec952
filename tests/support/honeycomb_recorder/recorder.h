// A Honeycomb endpoint that forgives nothing: for tests in this process, and behind main.cc for
// others.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "script.h"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace recorder {

struct Options {
  int port = 0;           // 0: any free one
  std::string key;        // the only key that is let in; empty: any
  std::string directory;  // where events.ndjson, violations.ndjson and requests.ndjson grow
  std::string script;
  bool any_agent = false;  // else the User-Agent must be autospan's
};

class Recorder {
 public:
  // Throws std::runtime_error where the port or a file cannot be opened.
  explicit Recorder(const Options& options);
  ~Recorder();

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // What was received, in order. An event: {"request","dataset","time","samplerate","data"}.
  std::vector<nlohmann::ordered_json> events() const;
  std::vector<nlohmann::ordered_json> violations() const;
  // {"request","at_ms","method","target","headers","bytes","body_bytes","events","status"}
  std::vector<nlohmann::ordered_json> requests() const;

 private:
  struct Log;
  void serve_batch(const httplib::Request& request, httplib::Response& response);
  void serve_auth(const httplib::Request& request, httplib::Response& response);
  void refuse_path(const httplib::Request& request, httplib::Response& response);
  bool authorised(const httplib::Request& request) const;
  std::vector<std::string> check_headers(const httplib::Request& request) const;
  void act(const Step& step, const httplib::Request& request, httplib::Response& response,
           std::vector<int> statuses, int number);
  void hang(const httplib::Request& request);

  const Options options_;
  Script script_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<httplib::Server> server_;
  std::atomic<bool> stopping_{false};
  int port_ = 0;
  std::thread thread_;
};

}  // namespace recorder
