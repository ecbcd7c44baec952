// Finds and opens libautospan-export.so. It is never closed: libcurl and OpenSSL keep threads' and
// process-wide state that must outlive us.
#include <dlfcn.h>
#include <fmt/format.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "export/export_abi.h"
#include "export/transport.h"

namespace autospan::delivery {
namespace {

constexpr std::string_view kFileName = "libautospan-export.so";

struct Library {
  decltype(&autospan_export_v1_open) open;
  decltype(&autospan_export_v1_perform) perform;
  decltype(&autospan_export_v1_cancel) cancel;
  decltype(&autospan_export_v1_close) close;
};

template <typename Function>
bool load(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

class LibraryTransport : public Transport {
 public:
  LibraryTransport(const Library& library, void* session) : library_(library), session_(session) {}
  ~LibraryTransport() override { library_.close(session_); }

  Answer send(const Request& request) override {
    headers_.clear();
    for (const std::string& header : *request.headers) headers_.push_back(header.c_str());
    url_ = request.url;
    autospan_export_request out{};
    out.size = sizeof out;
    out.compress = request.compress ? 1 : 0;
    out.url = url_.c_str();
    out.headers = headers_.data();
    out.headers_count = headers_.size();
    out.body = request.body.data();
    out.body_bytes = request.body.size();
    out.connect_timeout_ms = static_cast<int32_t>(request.connect_timeout.count());
    out.total_timeout_ms = static_cast<int32_t>(request.total_timeout.count());
    autospan_export_response in{};
    in.size = sizeof in;
    library_.perform(session_, &out, &in);
    Answer answer;
    answer.outcome = static_cast<Answer::Outcome>(in.outcome);
    answer.http_status = in.http_status;
    answer.error = in.error;
    answer.retry_after = in.retry_after;
    if (in.body != nullptr) answer.body.assign(in.body, in.body_bytes);
    return answer;
  }

  void cancel() override { library_.cancel(session_); }

 private:
  static_assert(static_cast<int>(Answer::Outcome::kAnswered) == AUTOSPAN_EXPORT_ANSWERED &&
                    static_cast<int>(Answer::Outcome::kNotSent) == AUTOSPAN_EXPORT_NOT_SENT &&
                    static_cast<int>(Answer::Outcome::kLost) == AUTOSPAN_EXPORT_LOST &&
                    static_cast<int>(Answer::Outcome::kCancelled) == AUTOSPAN_EXPORT_CANCELLED,
                "the outcomes are the border's");
  const Library library_;
  void* const session_;
  std::string url_;
  std::vector<const char*> headers_;
};

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string() : std::string(path.substr(0, slash));
}

// The directory of the shared object or executable that this function is linked into. An
// executable's dli_fname is its argv[0], which may be anything.
std::string own_directory() {
  Dl_info here, program;
  char path[PATH_MAX];
  const bool known = dladdr(reinterpret_cast<void*>(&own_directory), &here) != 0 &&
                     (dladdr(reinterpret_cast<void*>(getauxval(AT_ENTRY)), &program) == 0 ||
                      here.dli_fbase != program.dli_fbase);
  if (known && realpath(here.dli_fname, path) != nullptr) return directory_of(path);
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return directory_of({path, length > 0 ? static_cast<std::size_t>(length) : 0});
}

}  // namespace

std::string find_export_library(const std::string& configured) {
  const auto readable = [](const std::string& path) { return access(path.c_str(), R_OK) == 0; };
  if (!configured.empty() && getauxval(AT_SECURE) == 0)
    return readable(configured) ? configured : std::string();
  const std::string here = own_directory();
  // A build tree has lib/; AUTOSPAN_LIBDIR is where this build installs its libraries.
  for (const char* step : {"/", "/../lib/", "/../" AUTOSPAN_LIBDIR "/"}) {
    std::string path = here + step + std::string(kFileName);
    if (readable(path)) return path;
  }
  return {};
}

std::unique_ptr<Transport> open_export_library(const std::string& path, std::string& error) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    error = fmt::format("cannot load {}: {}", path, dlerror());
    return nullptr;
  }
  Library library;
  if (!load(handle, "autospan_export_v1_open", library.open) ||
      !load(handle, "autospan_export_v1_perform", library.perform) ||
      !load(handle, "autospan_export_v1_cancel", library.cancel) ||
      !load(handle, "autospan_export_v1_close", library.close)) {
    error = fmt::format(
        "{} does not speak version {} of the export interface; install the one of "
        "this autospan",
        path, static_cast<int>(AUTOSPAN_EXPORT_VERSION));
    return nullptr;
  }
  void* const session = library.open();
  if (session == nullptr) {
    error = fmt::format("{}: libcurl does not start", path);
    return nullptr;
  }
  return std::make_unique<LibraryTransport>(library, session);
}

}  // namespace autospan::delivery
