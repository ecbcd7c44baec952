// saas-update: the nightly job that brings three SaaS products up to date with our users.
//
// The one span that is written by hand is `start`. All others come from the compiler: see
// autospan_instrument in CMakeLists.txt.
#include <autospan/trace.h>
#include <curl/curl.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "http_client.h"
#include "options.h"
#include "population.h"
#include "stub_process.h"
#include "update.h"
#include "user_database.h"

namespace {

std::string ApiToken() {
  const char* token = std::getenv("SAAS_API_TOKEN");
  return token != nullptr ? token : "demo-token";
}

void Done(const char* api, std::size_t users) {
  std::printf("%-10s  %zu users updated\n", api, users);
}

// True where the part completed all the same: only some of its users could not be updated.
bool ReportError(const char* api, const std::exception& error) {
  std::printf("%-10s  %s\n", api, error.what());
  return dynamic_cast<const PartialFailure*>(&error) != nullptr;
}

// Each part is tried whatever became of the one before it.
bool RunJob(const Options& options, const std::string& url) {
  TRACE_SPAN("start", "api", url, "database", options.database);

  UserDatabase database(options.database);
  if (database.Empty()) database.Fill(AllPlans(), MakeUsers(options.users, options.seed));
  const std::vector<User> users = ReadAllUsers(database);
  TRACE_FIELD("users", users.size());

  HttpClient http(url);
  IntercomApi intercom(http, ApiToken());
  SalesforceApi salesforce(http, ApiToken());
  StripeApi stripe(http, ApiToken());
  bool completed = true;

  try {
    Done("intercom", UpdateIntercom(users, intercom));
  } catch (const std::exception& error) {
    TRACE_FIELD("intercom.error", error.what());
    completed &= ReportError("intercom", error);
  }

  try {
    Done("salesforce", UpdateSalesforce(users, salesforce));
  } catch (const std::exception& error) {
    TRACE_FIELD("salesforce.error", error.what());
    completed &= ReportError("salesforce", error);
  }

  try {
    Done("stripe", UpdateStripe(users, stripe, database));
  } catch (const std::exception& error) {
    TRACE_FIELD("stripe.error", error.what());
    completed &= ReportError("stripe", error);
  }

  if (!completed) TRACE_ERROR("a part of the job gave up");
  return completed;
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const std::optional<Options> options = ReadOptions(argc, argv, &exit_code);
  if (!options) return exit_code;

  std::signal(SIGPIPE, SIG_IGN);  // a connection that breaks is an error of its request, no more
  curl_global_init(CURL_GLOBAL_DEFAULT);
  try {
    std::unique_ptr<StubProcess> stub;
    if (options->api.empty()) stub = std::make_unique<StubProcess>(*options);
    exit_code = RunJob(*options, stub ? stub->url() : options->api) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "saas_update: %s\n", error.what());
    exit_code = 1;
  }
  curl_global_cleanup();
  return exit_code;
}
