// Where ring files lie. Shared by the recorder, which creates one, and the tools, which list them.
//
// Candidates in order: $AUTOSPAN_RING_DIR; /run/autospan/$EUID; /dev/shm/autospan-$EUID;
// $TMPDIR/autospan-$EUID. One is used only if it is, or can be made, a directory of our own uid
// with mode 0700: anybody may have put something else there first.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace autospan::ring {

inline constexpr size_t kPathMax = 256;
inline constexpr size_t kRingNameMax = 96;

// <program>-<pid>-<16 hex>.ring: where the program's name ends, and the pid. False = another file.
bool parse_ring_name(const char* name, uint32_t* program_bytes, uint32_t* pid);

enum class DirectoryState {
  kUsable,
  kAbsent,      // does not exist and could not be made
  kForeign,     // not a directory, another owner, or open to others
  kTooLong,
};

// Calls visit(context, path, state) for each candidate until it returns true. With `make`, missing
// ones are created. ring_dir and tmpdir are the variables' values, null = unset.
using DirectoryVisitor = bool (*)(void* context, const char* path, DirectoryState state);
void visit_ring_directories(const char* ring_dir, const char* tmpdir, bool make, void* context,
                            DirectoryVisitor visit);

// Calls visit(context, name) for each entry, at most kEntriesMax, until it returns true; returns whether
// it did. `buffer` is 8-byte aligned working memory: readdir would allocate.
inline constexpr uint32_t kEntriesMax = 8192;
bool visit_entries(const char* directory, char* buffer, size_t bytes, void* context,
                   bool (*visit)(void* context, const char* name));

}  // namespace autospan::ring
