// saas_stub_server: Intercom, Salesforce and Stripe in one process, for demos and tests.
//
// Prints its URL as the first line of stdout. Ends on SIGTERM or SIGINT, and when stdin is a pipe
// that closes: whoever started it that way holds its lifeline. GET /stats tells what was asked.
#include <getopt.h>
#include <httplib.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "stub_apis.h"

namespace {

using nlohmann::json;

constexpr std::size_t kPayloadBytesMax = 1 << 20;
constexpr double kSalesforceSlowness = 5;  // times the latency of the others

struct Settings {
  int port = 0;
  int users = 12;
  std::uint64_t seed = 1;
  double latency_ms = 12;
  std::string token = "demo-token";
};

struct Stats {
  std::atomic<int> intercom{0}, salesforce{0}, stripe{0}, throttled{0}, declined{0};

  json Json() const {
    return {{"intercom", intercom.load()},
            {"salesforce", salesforce.load()},
            {"stripe", stripe.load()},
            {"throttled", throttled.load()},
            {"declined", declined.load()}};
  }
};

std::int64_t Integer(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// From an answer of the APIs to one of httplib, after the time that this API takes.
void Reply(const StubAnswer& answer, double latency_ms, Stats& stats, httplib::Response& response) {
  if (answer.status == 429) ++stats.throttled;
  if (answer.status == 402) ++stats.declined;
  // A refusal costs a server nothing.
  if (answer.status != 429) {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(latency_ms));
  }
  response.status = answer.status;
  if (answer.retry_after_s > 0) {
    response.set_header("Retry-After", std::to_string(answer.retry_after_s));
  }
  response.set_content(answer.body.dump(), "application/json");
}

void Route(httplib::Server& server, StubApis& apis, Stats& stats, const Settings& settings) {
  using httplib::Request;
  using httplib::Response;
  const double fast_ms = settings.latency_ms;
  const double slow_ms = settings.latency_ms * kSalesforceSlowness;

  server.Get("/intercom/contacts", [&apis, &stats, fast_ms](const Request& in, Response& out) {
    ++stats.intercom;
    Reply(apis.ListIntercomContacts(in.get_param_value("starting_after")), fast_ms, stats, out);
  });
  server.Post("/intercom/contacts", [&apis, &stats, fast_ms](const Request& in, Response& out) {
    ++stats.intercom;
    Reply(apis.PutIntercomContact(json::parse(in.body)), fast_ms, stats, out);
  });
  server.Get("/salesforce/contacts", [&apis, &stats, slow_ms](const Request& in, Response& out) {
    ++stats.salesforce;
    Reply(apis.ListSalesforceContacts(in.get_param_value("cursor")), slow_ms, stats, out);
  });
  server.Post("/salesforce/contacts", [&apis, &stats, slow_ms](const Request& in, Response& out) {
    ++stats.salesforce;
    Reply(apis.PutSalesforceContact(json::parse(in.body)), slow_ms, stats, out);
  });
  server.Post("/stripe/subscriptions", [&apis, &stats, fast_ms](const Request& in, Response& out) {
    ++stats.stripe;
    Reply(apis.PutStripeSubscription(
              Integer(in.get_param_value("customer")), in.get_param_value("plan"),
              Integer(in.get_param_value("amount")), in.get_header_value("Idempotency-Key")),
          fast_ms, stats, out);
  });
  server.Get("/stats", [&stats](const Request&, Response& out) {
    out.set_content(stats.Json().dump(), "application/json");
  });
}

void Refuse(httplib::Response& response, int status, const char* code, const char* message) {
  response.status = status;
  const json body = {{"error", {{"code", code}, {"message", message}}}};
  response.set_content(body.dump(), "application/json");
}

void Configure(httplib::Server& server, const Settings& settings) {
  server.set_tcp_nodelay(true);  // else every answer waits 40 ms for a delayed ACK
  server.set_keep_alive_max_count(1'000'000);
  server.set_payload_max_length(kPayloadBytesMax);
  server.new_task_queue = [] { return new httplib::ThreadPool(4); };  // httplib deletes it
  server.set_pre_routing_handler(
      [expected = "Bearer " + settings.token](const auto& in, auto& out) {
        using Verdict = httplib::Server::HandlerResponse;
        if (in.path == "/stats" || in.get_header_value("Authorization") == expected) {
          return Verdict::Unhandled;
        }
        Refuse(out, 401, "unauthorized", "Unknown API token.");
        return Verdict::Handled;
      });
  server.set_exception_handler([](const auto&, auto& out, std::exception_ptr) {
    Refuse(out, 400, "bad_request", "The body is not what this API expects.");
  });
}

// Ends the process when it is time. All its state is in memory: nothing is left to save.
void EndWhenAsked(int signals) {
  struct stat input{};
  const bool lifeline = fstat(STDIN_FILENO, &input) == 0 && S_ISFIFO(input.st_mode);
  std::array<pollfd, 2> sources = {
      {{signals, POLLIN, 0}, {lifeline ? STDIN_FILENO : -1, POLLIN, 0}}};
  for (;;) {
    if (poll(sources.data(), sources.size(), -1) < 0) continue;
    if (sources[0].revents != 0) std::_Exit(0);
    char ignored[256];
    if (sources[1].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) std::_Exit(0);
  }
}

// Blocked in this thread, and so in all that it starts; readable at the descriptor returned.
int BlockEndingSignals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return signalfd(-1, &ending, SFD_CLOEXEC);
}

bool ReadSettings(int argc, char** argv, Settings& settings) {
  static const option kOptions[] = {{"port", required_argument, nullptr, 'p'},
                                    {"users", required_argument, nullptr, 'u'},
                                    {"seed", required_argument, nullptr, 's'},
                                    {"latency", required_argument, nullptr, 'l'},
                                    {nullptr, 0, nullptr, 0}};
  for (int flag; (flag = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    switch (flag) {
      case 'p':
        settings.port = static_cast<int>(Integer(optarg));
        break;
      case 'u':
        settings.users = static_cast<int>(Integer(optarg));
        break;
      case 's':
        settings.seed = std::strtoull(optarg, nullptr, 10);
        break;
      case 'l':
        settings.latency_ms = std::strtod(optarg, nullptr);
        break;
      default:
        return false;
    }
  }
  if (const char* token = std::getenv("SAAS_API_TOKEN")) settings.token = token;
  return optind == argc && settings.users >= 1 && settings.latency_ms >= 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (!ReadSettings(argc, argv, settings)) {
    std::fputs("usage: saas_stub_server [--port N] [--users N] [--seed S] [--latency MS]\n",
               stderr);
    return 2;
  }
  std::thread(EndWhenAsked, BlockEndingSignals()).detach();

  StubApis apis(settings.users, settings.seed);
  Stats stats;
  httplib::Server server;
  Configure(server, settings);
  Route(server, apis, stats, settings);

  const char* host = "127.0.0.1";
  const int port = settings.port == 0
                       ? server.bind_to_any_port(host)
                       : (server.bind_to_port(host, settings.port) ? settings.port : -1);
  if (port < 0) {
    std::fprintf(stderr, "saas_stub_server: cannot listen on %s:%d\n", host, settings.port);
    return 1;
  }
  std::printf("http://%s:%d\n", host, port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
