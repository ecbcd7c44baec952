// What a dump says in other programs' formats beyond its spans.
#include "dump_wire.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace autospan;
using Json = nlohmann::json;

static drain::ProcessDump counted_dump() {
  drain::ProcessDump dump;
  dump.batch.resource = std::make_shared<const Resource>();
  dump.counted = {{"parse_row", 8412, 15}};
  return dump;
}

TEST_CASE("calls that no span stands for are in every format, once") {
  const auto times = [](const std::string& text) {
    std::size_t n = 0;
    for (std::size_t at = text.find("8412"); at != std::string::npos; at = text.find("8412", at + 1)) ++n;
    return n;
  };
  for (auto* format : {cli::dump_honeycomb, cli::dump_otlp, cli::dump_chrome}) CHECK(times(format(counted_dump())) == 1);
  const std::string lines = cli::dump_honeycomb(counted_dump());
  const Json first = Json::parse(lines.substr(0, lines.find('\n')))["data"];
  CHECK(first["name"] == "parse_row");
  CHECK(first["count"] == 8412);
  CHECK(first["meta.autospan.counted"] == true);
}
