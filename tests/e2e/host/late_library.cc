// Knows nothing of the recorder; its destructor runs when the host's own are through.
extern "C" [[gnu::weak]] void host_records_late(const char* who);

extern "C" int HOST_LATE_NAME() { return 1; }

__attribute__((destructor)) static void leave() {
  if (host_records_late) host_records_late("a library");
}
