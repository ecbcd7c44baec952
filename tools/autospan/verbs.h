// The verbs: one function and one file each. `arguments` are those behind the verb.
#pragma once

#include <string>
#include <vector>

namespace autospan::cli {

using Arguments = std::vector<std::string>;

int run_verb(const Arguments& arguments);
int view_verb(const Arguments& arguments);
int dump_verb(const Arguments& arguments);
int on_verb(const Arguments& arguments);
int off_verb(const Arguments& arguments);
int explain_verb(const Arguments& arguments);
int doctor_verb(const Arguments& arguments);
int flags_verb(const Arguments& arguments);
int libs_verb(const Arguments& arguments);

}  // namespace autospan::cli
