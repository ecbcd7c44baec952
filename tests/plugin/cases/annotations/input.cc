// AUTOSPAN_SPAN and its family, with patterns and without.
#include <autospan/annotate.h>
AUTOSPAN_SPAN void chosen() {}
AUTOSPAN_SPAN_NAMED("cache refresh") int named(int n) { return n; }
AUTOSPAN_ROOT void timer() { chosen(); }
AUTOSPAN_SKIP void UpdateNever() {}
void UpdateYes() {}
AUTOSPAN_SPAN void declared(int n);
void declared(int n) {}
[[autospan::span("spelled out")]] void spelled() {}
template <class T>
AUTOSPAN_SPAN_NAMED("generic") void generic(T value) {}
struct Cache {
  AUTOSPAN_SPAN void refresh();
  AUTOSPAN_SPAN_NAMED("static") static void flush() {}
  AUTOSPAN_SKIP void UpdateMember() {}
  virtual void work() {}
};
void Cache::refresh() {}
AUTOSPAN_SPAN AUTOSPAN_SKIP void both() {}
[[clang::annotate("user's own")]] AUTOSPAN_SPAN int users(int n) { return n; }
int main() {
  chosen();
  named(1);
  timer();
  UpdateNever();
  UpdateYes();
  declared(2);
  spelled();
  generic(1);
  generic('c');
  Cache cache;
  cache.refresh();
  cache.flush();
  cache.UpdateMember();
  cache.work();
  both();
  users(1);
}
