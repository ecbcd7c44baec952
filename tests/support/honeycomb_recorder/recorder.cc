#include "recorder.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <stdexcept>

#include "batch_rules.h"

namespace recorder {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kHangMax_s = 120;

// The server's socket of this request, found by the client's port: httplib does not tell.
int socket_of(const httplib::Request& request) {
  for (int fd = 3; fd < 1024; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
        peer.sin_family == AF_INET && ntohs(peer.sin_port) == request.remote_port)
      return fd;
  }
  return -1;
}

// Connecting a TCP socket to nowhere dissolves its connection at once, with RST.
void reset_connection(const httplib::Request& request) {
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  connect(socket_of(request), &nowhere, sizeof nowhere);
}

bool client_is_gone(const httplib::Request& request) {
  char byte;
  return recv(socket_of(request), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

std::string http_date(int seconds_from_now) {
  const time_t then = time(nullptr) + seconds_from_now;
  tm parts;
  gmtime_r(&then, &parts);
  char text[64];
  strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string statuses_json(const std::vector<int>& statuses) {
  Json array = Json::array();
  for (int status : statuses)
    array.push_back(status == 202 ? Json{{"status", 202}}
                                  : Json{{"status", status}, {"error", "status by the recorder"}});
  return array.dump();
}

void set_error(httplib::Response& response, int status, const std::string& error) {
  response.status = status;
  response.set_content(Json{{"error", error}}.dump(), "application/json");
}

}  // namespace

// Kept in memory and, where a directory is given, in files, a line each, flushed at once.
struct Recorder::Log {
  explicit Log(const std::string& directory) : begin(std::chrono::steady_clock::now()) {
    if (directory.empty()) return;
    const char* const names[] = {"events", "violations", "requests"};
    for (int i = 0; i < 3; ++i) {
      const std::string path = directory + "/" + names[i] + ".ndjson";
      files[i] = std::fopen(path.c_str(), "we");
      if (files[i] == nullptr) throw std::runtime_error("cannot write " + path);
    }
  }
  ~Log() {
    for (std::FILE* file : files)
      if (file != nullptr) std::fclose(file);
  }
  void add(int kind, Json line) {
    const std::lock_guard lock(mutex);
    if (files[kind] != nullptr) {
      std::fprintf(files[kind], "%s\n",
                   line.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
      std::fflush(files[kind]);
    }
    lines[kind].push_back(std::move(line));
  }
  std::vector<Json> copy(int kind) const {
    const std::lock_guard lock(mutex);
    return lines[kind];
  }
  void violate(int request, const std::string& what) {
    add(1, Json{{"request", request}, {"what", what}});
  }
  long at_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 begin)
        .count();
  }

  const std::chrono::steady_clock::time_point begin;
  std::atomic<int> requests{0};
  mutable std::mutex mutex;
  std::vector<Json> lines[3];
  std::FILE* files[3] = {};
};

Recorder::Recorder(const Options& options)
    : options_(options), log_(new Log(options.directory)), server_(new httplib::Server) {
  std::string error;
  if (!script_.parse(options.script, error)) throw std::runtime_error(error);
  using httplib::Request;
  using httplib::Response;
  server_->new_task_queue = [] { return new httplib::ThreadPool(16); };
  server_->set_keep_alive_max_count(100'000);
  server_->set_tcp_nodelay(true);
  server_->Get("/1/auth", [this](const Request& q, Response& a) { serve_auth(q, a); });
  server_->Post(R"(/1/batch/[\s\S]*)",
                [this](const Request& q, Response& a) { serve_batch(q, a); });
  server_->Get(R"([\s\S]*)", [this](const Request& q, Response& a) { refuse_path(q, a); });
  server_->Post(R"([\s\S]*)", [this](const Request& q, Response& a) { refuse_path(q, a); });
  port_ = options.port == 0
              ? server_->bind_to_any_port("127.0.0.1")
              : (server_->bind_to_port("127.0.0.1", options.port) ? options.port : -1);
  if (port_ <= 0) throw std::runtime_error("cannot listen on port " + std::to_string(options.port));
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

Recorder::~Recorder() {
  stopping_ = true;
  server_->stop();
  thread_.join();
}

std::vector<Json> Recorder::events() const { return log_->copy(0); }
std::vector<Json> Recorder::violations() const { return log_->copy(1); }
std::vector<Json> Recorder::requests() const { return log_->copy(2); }

bool Recorder::authorised(const httplib::Request& request) const {
  const std::string key = request.get_header_value("X-Honeycomb-Team");
  return !key.empty() && (options_.key.empty() || key == options_.key);
}

std::vector<std::string> Recorder::check_headers(const httplib::Request& request) const {
  std::vector<std::string> violations;
  if (request.get_header_value("X-Honeycomb-Team").empty())
    violations.push_back("X-Honeycomb-Team is missing");
  if (request.get_header_value("Content-Type") != "application/json")
    violations.push_back("Content-Type is " + request.get_header_value("Content-Type"));
  if (!request.has_header("Content-Length")) violations.push_back("no Content-Length");
  if (request.has_header("Transfer-Encoding")) violations.push_back("Transfer-Encoding is set");
  const std::string agent = request.get_header_value("User-Agent");
  static const std::regex kAgent(R"(autospan/\d+\.\d+\.\d+\S* \(linux/\w+\).*)");
  if (!options_.any_agent && !std::regex_match(agent, kAgent))
    violations.push_back("User-Agent is " + agent);
  return violations;
}

void Recorder::serve_batch(const httplib::Request& request, httplib::Response& response) {
  const int number = ++log_->requests;
  std::vector<std::string> violations = check_headers(request);
  std::string body;
  if (!decode_body(request.get_header_value("Content-Encoding"), request.body, body))
    violations.push_back("Content-Encoding does not fit the body");
  CheckedBatch batch;
  if (violations.empty()) batch = check_batch(body);
  violations.insert(violations.end(), batch.violations.begin(), batch.violations.end());

  const std::string dataset = percent_decoded(request.target.substr(strlen("/1/batch/")));
  Step step = script_.take();
  if (!authorised(request)) step = {Step::Kind::kStatus, 401, {}, {}, 1};
  if (batch.entries.size() > script_.events_max()) step = {Step::Kind::kStatus, 413, {}, {}, 1};
  const bool takes = step.kind != Step::Kind::kStatus && step.kind != Step::Kind::kHang &&
                     step.kind != Step::Kind::kReset && step.kind != Step::Kind::kGarbage &&
                     step.kind != Step::Kind::kEmpty && step.kind != Step::Kind::kEcho;

  std::vector<int> statuses;
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    Entry& entry = batch.entries[i];
    for (const std::string& what : entry.violations)
      log_->violate(number, "event " + std::to_string(i) + ": " + what);
    int status = entry.violations.empty() ? 202 : 400;
    if (i < step.statuses.size()) status = step.statuses[i];
    statuses.push_back(status);
    if (status != 202 || !takes || !violations.empty()) continue;
    log_->add(0, Json{{"request", number},
                      {"dataset", dataset},
                      {"time", entry.json["time"]},
                      {"samplerate", entry.json.value("samplerate", 1)},
                      {"data", entry.json["data"]}});
  }
  for (const std::string& what : violations) log_->violate(number, what);
  const std::size_t count = statuses.size();
  const long at_ms = log_->at_ms();
  Json headers;
  for (const auto& [name, value] : request.headers) headers[name] = value;
  // Logged before it is answered: who has the answer finds the request here.
  log_->add(2, Json{{"request", number},
                    {"at_ms", at_ms},
                    {"method", request.method},
                    {"target", request.target},
                    {"headers", headers},
                    {"bytes", request.body.size()},
                    {"body_bytes", body.size()},
                    {"events", count},
                    {"step", static_cast<int>(step.kind)}});
  if (!violations.empty()) return set_error(response, 400, violations.front());
  act(step, request, response, std::move(statuses), number);
}

void Recorder::act(const Step& step, const httplib::Request& request, httplib::Response& response,
                   std::vector<int> statuses, int number) {
  switch (step.kind) {
    case Step::Kind::kStatus:
      if (step.retry_after.rfind("date+", 0) == 0)
        response.set_header("Retry-After", http_date(std::atoi(step.retry_after.c_str() + 5)));
      else if (!step.retry_after.empty())
        response.set_header("Retry-After", step.retry_after);
      return set_error(response, step.status, "scripted " + std::to_string(step.status));
    case Step::Kind::kEcho:
      return set_error(response, 500,
                       "no such key: " + request.get_header_value("X-Honeycomb-Team"));
    case Step::Kind::kHang:
      return hang(request);
    case Step::Kind::kReset:
    case Step::Kind::kAcceptReset:
      return reset_connection(request);
    case Step::Kind::kGarbage:
      return response.set_content("<html><body>Please log in to the hotel's network</body></html>",
                                  "text/html");
    case Step::Kind::kEmpty:
      response.status = 200;
      return;
    case Step::Kind::kShortArray:
      statuses.pop_back();
      break;
    case Step::Kind::kLongArray:
      statuses.push_back(202);
      break;
    case Step::Kind::kDrip: {
      auto text = std::make_shared<std::string>(statuses_json(statuses));
      return response.set_content_provider(
          text->size(), "application/json",
          [this, text](std::size_t offset, std::size_t, httplib::DataSink& sink) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            return !stopping_ && sink.write(text->data() + offset, 1);
          });
    }
    case Step::Kind::kStatuses:
    case Step::Kind::kOk:
      break;
  }
  (void)number;
  response.set_content(statuses_json(statuses), "application/json");
}

void Recorder::hang(const httplib::Request& request) {
  for (int i = 0; i < kHangMax_s * 50 && !stopping_ && !client_is_gone(request); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  reset_connection(request);
}

void Recorder::serve_auth(const httplib::Request& request, httplib::Response& response) {
  log_->add(2, Json{{"request", ++log_->requests},
                    {"at_ms", log_->at_ms()},
                    {"method", "GET"},
                    {"target", request.target}});
  if (!authorised(request))
    return set_error(response, 401, "unknown API key - check your credentials");
  response.set_content(
      Json{{"id", "hcaik_01"},
           {"type", "ingest"},
           {"api_key_access", {{"events", true}, {"markers", false}, {"create_datasets", true}}},
           {"environment", {{"name", "Test"}, {"slug", "test"}}},
           {"team", {{"name", "Recorder"}, {"slug", "recorder"}}}}
          .dump(),
      "application/json");
}

void Recorder::refuse_path(const httplib::Request& request, httplib::Response& response) {
  const int number = ++log_->requests;
  log_->violate(number, "unknown path " + request.method + " " + request.target);
  log_->add(2, Json{{"request", number},
                    {"at_ms", log_->at_ms()},
                    {"method", request.method},
                    {"target", request.target}});
  set_error(response, 404, "not found");
}

}  // namespace recorder
