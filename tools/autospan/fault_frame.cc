#include "fault_frame.h"

#include <fmt/format.h>
#include <signal.h>

#include "elf/symbol_file.h"
#include "text_width.h"

namespace autospan::cli {

using namespace elf;
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::string_view cause_of_code(std::uint32_t signal, std::int32_t code) {
  switch (signal) {
    case SIGSEGV:
      return code == SEGV_MAPERR   ? "address not mapped"
             : code == SEGV_ACCERR ? "access not permitted"
             : code == SI_KERNEL   ? "not a canonical address"
                                   : "";
    case SIGBUS:
      return code == BUS_ADRERR   ? "no storage behind the address"
             : code == BUS_ADRALN ? "address not aligned"
                                  : "";
    case SIGFPE:
      return code == FPE_INTDIV ? "integer division by zero" : "";
    case SIGILL:
      return "illegal instruction";
    case SIGTRAP:
      return "trap instruction";
    case SIGSYS:
      return "system call refused by seccomp";
    default:
      return "";
  }
}

bool tells_address(const drain::FatalSignal& fatal) {
  return (fatal.signal == SIGSEGV || fatal.signal == SIGBUS) && fatal.code > 0 &&
         fatal.code != SI_KERNEL;
}

}  // namespace

FaultFrame fault_frame(const drain::FatalSignal& fatal) {
  FaultFrame frame;
  if (!fatal.module) return frame;
  frame.module = fatal.module->path;
  frame.build_id = hex(fatal.module->build_id);
  frame.base = fatal.module->base;
  frame.offset = fatal.pc - fatal.module->base;
  if (frame.build_id.empty()) return frame;
  const ElfFunction function = SymbolFile(frame.module, fatal.module->build_id).at(frame.offset);
  frame.function = demangled(function.name);
  frame.function_offset = function.offset;
  return frame;
}

std::string fault_cause(const drain::FatalSignal& fatal, std::uint32_t own_pid) {
  if (fatal.code <= 0 && fatal.sender != 0)
    return fatal.sender == own_pid ? "raised by the process itself"
                                   : fmt::format("sent by pid {}", fatal.sender);
  std::string cause(cause_of_code(fatal.signal, fatal.code));
  if (tells_address(fatal))
    cause += fmt::format("{}{:#x}", cause.empty() ? "" : ": ", fatal.address);
  return cause;
}

std::string fault_place(const FaultFrame& frame, std::uint64_t pc) {
  if (frame.module.empty() && pc < 4096)
    return fmt::format("{:#x}: a call through a null pointer", pc);
  if (frame.module.empty()) return fmt::format("{:#x}, in no module", pc);
  std::string place = fmt::format("{} + {:#x}", printable(frame.module), frame.offset);
  if (!frame.function.empty())
    place =
        fmt::format("{} + {:#x} in {}", printable(frame.function), frame.function_offset, place);
  return place;
}

}  // namespace autospan::cli
