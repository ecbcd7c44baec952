// While code of ours is built nothing is said to the user; whether there was an error decides.
#pragma once

#include <clang/Basic/Diagnostic.h>

namespace autospan::plugin {

class QuietDiagnostics {
 public:
  explicit QuietDiagnostics(clang::DiagnosticsEngine& engine)
      : engine_(engine), trap_(engine), before_(engine.getSuppressAllDiagnostics()) {
    engine_.setSuppressAllDiagnostics(true);
  }
  ~QuietDiagnostics() { engine_.setSuppressAllDiagnostics(before_); }
  // Warnings that -Werror promotes are none.
  bool saw_error() const { return trap_.hasUnrecoverableErrorOccurred(); }

 private:
  clang::DiagnosticsEngine& engine_;
  clang::DiagnosticErrorTrap trap_;
  bool before_;
};

}  // namespace autospan::plugin
