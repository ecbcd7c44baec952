#include <stdio.h>
#include "lib.h"
static int compare(int (*with)(const char*, int)) { return with("pointer", 1); }
int main(void) {
  int numbers[] = {4, 5};
  struct big big = {{1, 2, 3, 4, 5, 6, 7, 8}};
  int sum = db_connect("host", 2) + compare(db_connect);
  sum += db_setopt(&sum, 1, 7) + db_setopt(NULL, 2, "text") + db_setopt(NULL, 3, big);
  big = db_stat(big);
  sum += (int)big.words[7] + db_either(numbers) + db_rows(2, numbers);
  sum += db_old(1, 2) + db_twice();
  db_nothing();
  printf("%d\n", sum);
  fflush(stdout);
  db_die(0);
}
