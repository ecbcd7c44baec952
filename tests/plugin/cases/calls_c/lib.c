#include "lib.h"
#include <stdarg.h>
#include <stdlib.h>
#undef db_setopt
int db_connect(const char* host, int password) { return host[0] + password; }
int db_setopt(void* handle, int option, ...) {
  va_list more;
  int result = 0;
  va_start(more, option);
  if (option == 1) result = va_arg(more, int);
  if (option == 2) result = va_arg(more, char*)[0];
  if (option == 3) result = (int)va_arg(more, struct big).words[7];
  va_end(more);
  return result + (handle != NULL);
}
struct big db_stat(struct big in) {
  in.words[7] += in.words[0];
  return in;
}
int db_either(either what) { return what.numbers[0]; }
int db_old(int a, int b) { return a + b; }
int db_rows(int rows, int cells[rows]) { return cells[rows - 1]; }
void db_die(int status) { exit(status); }
int db_twice(void) { return 0; }
void db_nothing(void) {}
