#include "elf/symbol_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "elf/elf_file.h"

namespace autospan::elf {
namespace {

constexpr std::uint64_t kSymbolsMax = std::uint64_t{64} << 20;
constexpr std::uint64_t kTableMax = std::uint64_t{1} << 20;

class File {
 public:
  explicit File(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    struct stat status;
    if (fd_ >= 0 && (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode))) {
      close(fd_);
      fd_ = -1;
    }
  }
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // Less where the file ends sooner; nothing where more than `max` is asked for.
  std::string read(std::uint64_t offset, std::uint64_t bytes, std::uint64_t max) const {
    std::string out;
    if (fd_ < 0 || bytes > max) return out;
    out.resize(bytes);
    std::size_t done = 0;
    while (done < bytes) {
      const ssize_t n = pread(fd_, out.data() + done, bytes - done, static_cast<off_t>(offset + done));
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    out.resize(done);
    return out;
  }

 private:
  int fd_;
};

std::string build_id_in(const File& file, const std::vector<Elf64_Shdr>& sections) {
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_NOTE) continue;
    const std::string bytes = file.read(section.sh_offset, section.sh_size, kTableMax);
    std::string_view notes = bytes;
    for (ElfNote note; next_note(notes, note);)
      if (note.type == NT_GNU_BUILD_ID && note.name == "GNU") return std::string(note.description);
  }
  return {};
}

std::string debug_path(const std::string& build_id) {
  std::string hex;
  for (const char byte : build_id) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  if (hex.size() < 3) return {};
  return "/usr/lib/debug/.build-id/" + hex.substr(0, 2) + "/" + hex.substr(2) + ".debug";
}

}  // namespace

SymbolFile::SymbolFile(const std::string& path, const std::string& build_id) {
  if (build_id.empty() || path.empty() || path[0] != '/') return;
  if (!read(path, build_id) || symbols_.empty()) read(debug_path(build_id), build_id);
}

// .symtab where it was not stripped, else what is exported.
bool SymbolFile::read(const std::string& path, const std::string& build_id) {
  const File file(path);
  const std::string head = file.read(0, sizeof(Elf64_Ehdr), kTableMax);
  Elf64_Ehdr header;
  std::string why;
  if (!read_elf_header(head, header, why) || header.e_shentsize != sizeof(Elf64_Shdr)) return false;
  const std::string table =
      file.read(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr), kTableMax * 8);
  std::vector<Elf64_Shdr> sections(table.size() / sizeof(Elf64_Shdr));
  if (!sections.empty()) std::memcpy(sections.data(), table.data(), sections.size() * sizeof(Elf64_Shdr));
  if (build_id_in(file, sections) != build_id) return false;
  for (const unsigned kind : {SHT_SYMTAB, SHT_DYNSYM})
    for (const Elf64_Shdr& section : sections) {
      if (section.sh_type != kind || section.sh_link >= sections.size()) continue;
      const Elf64_Shdr& strings = sections[section.sh_link];
      std::string symbols = file.read(section.sh_offset, section.sh_size, kSymbolsMax);
      if (symbols.empty()) continue;
      symbols_ = std::move(symbols);
      strings_ = file.read(strings.sh_offset, strings.sh_size, kSymbolsMax);
      return kind == SHT_SYMTAB;
    }
  return false;
}

ElfFunction SymbolFile::at(std::uint64_t address) const {
  return function_in_table(symbols_, strings_, address);
}

}  // namespace autospan::elf
