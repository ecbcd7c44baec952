// A process that sends two spans from an exit handler: exit_probe URL LIBRARY. Exit status 3 if
// both were accepted.
#include <stdlib.h>
#include <unistd.h>

#include "words.h"

namespace {
autospan::ExportPipeline* pipeline = nullptr;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  setenv("no_proxy", "*", 1);
  // Registered before curl and OpenSSL are loaded, so it runs after whatever they register.
  atexit([] {
    using namespace std::chrono_literals;
    pipeline->shutdown(std::chrono::steady_clock::now() + 5s);
    _exit(pipeline->stats().accepted == 2 ? 3 : 4);
  });
  autospan::ExportConfig config;
  config.honeycomb = true;
  config.honeycomb_config = {"some-key", argv[1], ""};
  config.export_library = argv[2];
  std::vector<std::string> warnings;
  pipeline = autospan::ExportPipeline::open(config, warnings).release();
  pipeline->submit(words::spans(2));
  exit(0);
}
