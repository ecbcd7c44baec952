#include "options.h"

#include <getopt.h>

#include <charconv>
#include <cstdio>
#include <cstring>

namespace {

constexpr int kUsersMax = 1'000'000;

constexpr const char* kUsage = R"(usage: saas_update (--with-stub | --api URL) [options]

Brings Intercom, Salesforce and Stripe up to date with our users and plans.

  --api URL        base URL of the three APIs, such as http://127.0.0.1:8080
  --with-stub      start a stub server of the three APIs for this run
  --stub PROGRAM   the stub server to start (default: saas_stub_server beside this program)
  --database FILE  SQLite database of users and plans (default: in memory)
  --users N        users to make up where the database has none (default 12)
  --seed S         which users, and who of them has a card that is declined (default 1)
  --latency MS     how long the stub takes for an easy request (default 12)
  --help           this text

The APIs' token is read from SAAS_API_TOKEN. Exit status: 0 when all three parts did their work,
1 when one gave up, 2 for wrong usage. One user's declined card is no failure of the job.
)";

template <typename Number>
bool Parse(const char* text, Number low, Number high, Number& value) {
  const char* end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, value);
  return error == std::errc() && rest == end && value >= low && value <= high;
}

}  // namespace

std::optional<Options> ReadOptions(int argc, char** argv, int* exit_code) {
  static const option kOptions[] = {{"api", required_argument, nullptr, 'a'},
                                    {"with-stub", no_argument, nullptr, 'w'},
                                    {"stub", required_argument, nullptr, 'p'},
                                    {"database", required_argument, nullptr, 'd'},
                                    {"users", required_argument, nullptr, 'u'},
                                    {"seed", required_argument, nullptr, 's'},
                                    {"latency", required_argument, nullptr, 'l'},
                                    {"help", no_argument, nullptr, 'h'},
                                    {nullptr, 0, nullptr, 0}};
  Options options;
  bool with_stub = false;
  bool good = true;
  *exit_code = 2;
  int index = 0;
  for (int flag; good && (flag = getopt_long(argc, argv, "", kOptions, &index)) != -1;) {
    switch (flag) {
      case 'a':
        options.api = optarg;
        break;
      case 'w':
        with_stub = true;
        break;
      case 'p':
        options.stub = optarg;
        break;
      case 'd':
        options.database = optarg;
        break;
      case 'u':
        good = Parse(optarg, 1, kUsersMax, options.users);
        break;
      case 's':
        good = Parse(optarg, std::uint64_t{0}, UINT64_MAX, options.seed);
        break;
      case 'l':
        good = Parse(optarg, 0.0, 10'000.0, options.latency_ms);
        break;
      case 'h':
        *exit_code = 0;
        std::fputs(kUsage, stdout);
        return std::nullopt;
      default:
        std::fputs("saas_update --help lists the options\n", stderr);
        return std::nullopt;
    }
    if (!good) {
      std::fprintf(stderr, "saas_update: --%s does not take %s\n", kOptions[index].name, optarg);
    }
  }
  if (good && (optind != argc || with_stub == !options.api.empty())) {
    std::fputs("saas_update: say either --with-stub or --api URL; --help says more\n", stderr);
    good = false;
  }
  if (!good) return std::nullopt;
  *exit_code = 0;
  return options;
}
