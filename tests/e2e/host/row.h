// A host with one habit, by name: what it prints and how it ends must not depend on being recorded.
#pragma once

namespace host {

// argv[1] names the row; the rest is its own.
struct Row {
  const char* name;
  int (*run)(int argc, char** argv);
};

// Adds itself to the table that main looks in.
struct Registration {
  explicit Registration(Row row);
};
#define HOST_ROW(name) \
  static int run_##name(int argc, char** argv); \
  static const host::Registration g_##name(host::Row{#name, run_##name}); \
  static int run_##name([[maybe_unused]] int argc, [[maybe_unused]] char** argv)

// One line into $HOST_FIGURES, for the test alone: what may differ.
void figure(const char* name, long value);

// A path beside this program.
const char* beside(const char* file);

}  // namespace host
