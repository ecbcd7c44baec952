#include "export/message.h"

#include "wire/utf8.h"

namespace autospan::delivery {
namespace {
constexpr std::size_t kBytesMax = 200;
}

std::string presentable(std::string_view text, std::string_view secret) {
  std::string clear(text);
  // The key first and the length last: a cut key would not be found.
  for (std::size_t at = 0; !secret.empty() && (at = clear.find(secret, at)) != clear.npos; at += 5)
    clear.replace(at, secret.size(), "[key]");
  std::string line;
  const char* const end = clear.data() + clear.size();
  for (const char* p = clear.data(); p < end;) {
    const wire::Utf8Step step = wire::utf8_step(p, end);
    if (line.size() + step.bytes > kBytesMax) return line + "…";
    const bool printable = step.valid && static_cast<unsigned char>(*p) >= 0x20 && *p != 0x7f;
    if (printable)
      line.append(p, step.bytes);
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
    p += step.bytes;
  }
  return line;
}

std::string without_credentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
  const std::size_t at = url.substr(0, url.find('/', host)).rfind('@');
  if (at == url.npos || at < host) return std::string(url);
  return std::string(url.substr(0, host)).append(url.substr(at + 1));
}

}  // namespace autospan::delivery
