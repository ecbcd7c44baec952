// The names of fields as they stand in an event, guarded and escaped once: a program has few of them
// and sends them with every span.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "autospan/span_data.h"

namespace autospan::wire {

class FieldNames {
 public:
  struct Name {
    std::string key;   // as the field says it
    std::string wire;  // as a reader sees it
    std::string json;  // ,"wire":
  };
  static constexpr std::size_t kFew = 24;  // fields of a span that are compared pair by pair
  using Found = std::array<const Name*, kFew>;

  // At most kFew fields. False if one of them has a name that is not worth remembering, or of which
  // the encoder has more to say than the name. `found` holds until the next call.
  bool find(const Field* fields, std::size_t count, Found& found);

  // Nothing for a name that is not worth remembering.
  static std::optional<Name> make(std::string_view key);

 private:
  const Name* name_of(std::string_view key);
  const Name* learn(std::string_view key);

  static constexpr std::size_t kSlots = 512;      // by address; believed by content
  static constexpr std::size_t kNamesMax = 1024;  // keys may be of a program's making
  static constexpr std::size_t kBytesMax = 128;
  std::array<const Name*, kSlots> slots_{};
  std::unordered_map<std::string_view, std::unique_ptr<const Name>> names_;  // by Name::key
};

}  // namespace autospan::wire
