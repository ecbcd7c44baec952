// What a Honeycomb endpoint expects of autospan, rule by rule (research/honeycomb.md §1 to §3,
// §10). Written apart from the product's encoders and with other libraries: a second opinion.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace recorder {

// Content-Encoding undone. False where the bytes are not what the header says.
bool decode_body(const std::string& encoding, const std::string& body, std::string& decoded);

struct Entry {
  nlohmann::ordered_json json;  // {"data":…,"time":…}
  std::vector<std::string> violations;
};

struct CheckedBatch {
  std::vector<std::string> violations;  // of the body as a whole
  std::vector<Entry> entries;
};

CheckedBatch check_batch(const std::string& body);

}  // namespace recorder
