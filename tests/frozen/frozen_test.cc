// What was made when format and ABI were frozen as version 1 works with what there is now: an object
// that the plugin of then compiled records, and a ring that the recorder of then wrote is read. Both
// tell story.txt. See README.md.
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan;

extern "C" int frozen_story();

namespace {

std::string story() {
  std::ifstream in(AUTOSPAN_FROZEN "/story.txt");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("an object of the freeze records") {
  test::RecordedChild child;
  const int status = child.run([] { return frozen_story(); });
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
  CHECK(child.stderr_text().empty());
  const drain::ProcessDump dump = child.dump();
  CHECK(dump.damaged + dump.lost == 0);
  CHECK(test::draw(dump) == story());
}

TEST_CASE("a ring of the freeze is read") {
  const drain::ProcessDump dump = test::RecordedChild::dump_of(AUTOSPAN_FROZEN_RING);
  CHECK(dump.damaged + dump.lost == 0);
  CHECK(test::draw(dump) == story());
}
