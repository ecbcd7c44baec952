// The stub server as a child of this process: started, asked for its address, ended.
#pragma once

#include <sys/types.h>

#include <string>

#include "options.h"

class StubProcess {
 public:
  // Returns once the stub listens. Throws std::runtime_error where it does not start.
  explicit StubProcess(const Options& options);
  ~StubProcess();
  StubProcess(const StubProcess&) = delete;
  StubProcess& operator=(const StubProcess&) = delete;

  const std::string& url() const { return url_; }

 private:
  void End();

  pid_t pid_ = -1;
  int lifeline_ = -1;  // its stdin: closed by us or by our death, it ends
  std::string url_;
};
