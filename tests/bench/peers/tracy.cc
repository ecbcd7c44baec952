// Tracy's client, drained: without a server it keeps every zone in memory, which is another
// program. The reader is a connection that says the handshake of TracyProtocol.hpp and discards
// what comes. TRACY_ROWS names the rows: with TRACY_ON_DEMAND nobody connects, and zones are off.
#include "tracy/Tracy.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "common/TracyProtocol.hpp"
#include "measure.h"

namespace {

[[gnu::noinline]] void work() { asm volatile("" ::: "memory"); }

[[gnu::noinline]] void traced() {
  ZoneScopedN("span");
  work();
}
[[gnu::noinline]] void traced_int(long n) {
  ZoneScopedN("span_int");
  ZoneValue(std::uint64_t(n));
  work();
}
[[gnu::noinline]] void traced_int_str(long n, const char* text, std::size_t bytes) {
  ZoneScopedN("span_int_str16");
  ZoneValue(std::uint64_t(n));
  ZoneText(text, bytes);
  work();
}

void span(long calls) {
  for (long i = 0; i < calls; ++i) traced();
}
void span_int(long calls) {
  for (long i = 0; i < calls; ++i) traced_int(i);
}
void span_int_str(long calls) {
  for (long i = 0; i < calls; ++i) traced_int_str(i, "0123456789abcdef", 16);
}

// Between samples Tracy's own thread empties the queue: what does not fit it is allocated, which is
// another price than that of a zone.
void let_drain() { usleep(1000); }

#if !defined(TRACY_ON_DEMAND)
int connect_to_client() {
  const char* port = std::getenv("TRACY_PORT");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(std::uint16_t(port ? std::atoi(port) : 8086));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int attempt = 0; attempt < 200; ++attempt) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return socket;
    close(socket);
    usleep(10'000);
  }
  return -1;
}

// False where the client does not welcome us.
bool greet(int socket) {
  char hello[tracy::HandshakeShibbolethSize + sizeof(std::uint32_t)];
  const std::uint32_t version = tracy::ProtocolVersion;
  std::memcpy(hello, tracy::HandshakeShibboleth, tracy::HandshakeShibbolethSize);
  std::memcpy(hello + tracy::HandshakeShibbolethSize, &version, sizeof version);
  if (write(socket, hello, sizeof hello) != ssize_t(sizeof hello)) return false;
  std::uint8_t status = 0;
  return read(socket, &status, 1) == 1 && status == tracy::HandshakeWelcome;
}

void discard(int socket) {
  static char bytes[1 << 20];
  while (read(socket, bytes, sizeof bytes) > 0) {
  }
}
#endif

}  // namespace

int main(int argc, char** argv) {
#if !defined(TRACY_ON_DEMAND)
  const int socket = connect_to_client();
  if (socket < 0 || !greet(socket)) {
    std::puts("Tracy's client did not answer");
    std::fflush(stdout);
    _exit(1);
  }
  std::thread(discard, socket).detach();
#endif
  autospan::bench::rows_main(argc, argv,
                             {{TRACY_ROWS, span, let_drain},
                              {TRACY_ROWS "_int", span_int, let_drain},
                              {TRACY_ROWS "_int_str16", span_int_str, let_drain}});
  _exit(0);  // its end waits for a server that asks for the rest
}
