// A C library, with a macro in front of a variadic function as curl has one.
#pragma GCC system_header
#include <stddef.h>
struct big { long words[8]; };
typedef union { int* numbers; char* text; } either __attribute__((transparent_union));
int db_connect(const char* host, int password);
int db_setopt(void* handle, int option, ...);
#define db_setopt(handle, option, value) \
  __extension__({                        \
    int _option = (option);              \
    if (__builtin_constant_p(_option)) { \
    }                                    \
    db_setopt(handle, _option, value);   \
  })
struct big db_stat(struct big in);
int db_either(either what);
int db_old();  // no prototype
int db_rows(int rows, int cells[rows]) __attribute__((nonnull(2)));
__attribute__((noreturn)) void db_die(int status);
__attribute__((returns_twice)) int db_twice(void);
void db_nothing(void);
