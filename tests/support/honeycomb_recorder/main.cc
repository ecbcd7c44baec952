// honeycomb_recorder: a strict stand-in for api.honeycomb.io, for tests.
//
//   honeycomb_recorder [--port N] [--dir DIR] [--key KEY] [--script STEPS] [--any-agent]
//
// Listens on 127.0.0.1 (`--port 0`, the default: a free port), prints "port N" as its first line
// and serves POST /1/batch/<dataset> and GET /1/auth until SIGTERM or SIGINT. In DIR (default: .)
// grow
//   events.ndjson      each accepted event {"request","dataset","time","samplerate","data"}
//   violations.ndjson  each broken rule of honeycomb.md {"request","what"}; must stay empty
//   requests.ndjson    each request {"request","at_ms","method","target","headers","events",…}
// KEY is the only one let in. STEPS, one a batch request, then all is answered as it should be:
//   ok 429 429:retry-after=2 503:retry-after=date+2 500 401 statuses=202/429/400 hang reset
//   accept-reset garbage empty short-array long-array drip echo, each with *N or * (for ever);
//   413-above=N holds for every request. Example: --script '429*2,hang,reset'
// Exit status: 0, or 1 if a rule was broken.
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "recorder.h"

namespace {

bool read_options(int argc, char** argv, recorder::Options& options) {
  options.directory = ".";
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--any-agent") {
      options.any_agent = true;
      continue;
    }
    if (++i == argc) return false;
    if (name == "--port")
      options.port = std::atoi(argv[i]);
    else if (name == "--dir")
      options.directory = argv[i];
    else if (name == "--key")
      options.key = argv[i];
    else if (name == "--script")
      options.script = argv[i];
    else
      return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) try {
  recorder::Options options;
  if (!read_options(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: honeycomb_recorder [--port N] [--dir DIR] [--key KEY] "
                 "[--script STEPS] [--any-agent]\n");
    return 2;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before the server's threads
  signal(SIGPIPE, SIG_IGN);
  recorder::Recorder server(options);
  std::printf("port %d\n", server.port());
  std::fflush(stdout);
  int which = 0;
  sigwait(&ends, &which);
  return server.violations().empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "honeycomb_recorder: %s\n", error.what());
  return 2;
}
