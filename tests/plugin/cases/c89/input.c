/* The oldest C that clang speaks. */
extern int puts(const char*);
static int old(n, text) int n; const char* text; { return n; }
int main() {
  puts("c89");
  return old(0, "text");
}
