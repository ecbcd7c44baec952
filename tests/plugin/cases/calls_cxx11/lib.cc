#include "lib.h"
Fixed db_fixed(int n) { return {n, 0}; }
int db_only(Only value) { return value.n; }
int db_copied(Copied value) { return value.n; }
int db_file(File value) { return value.n; }
int db_holder(Holder value) { return value.file.n; }
int db_function(std::function<int()> call) { return call(); }
