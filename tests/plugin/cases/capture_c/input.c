/* Members and elements in C. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum color { RED, GREEN = 4 };
struct plan {
  char name[8];
  double price;
};
struct job {
  int id;
  unsigned low : 3;
  signed high : 4;
  enum color color;
  const char* user;
  struct plan plan;
  int numbers[6];
  struct plan plans[2];
  struct {
    int inside;
  };
  union {
    int either;
    float or_this;
  } both;
  struct job* next;
  char password[16];
  bool done;
};
typedef struct job job_t;
struct flexible {
  int count;
  int tail[];
};
struct unknown;

int by_value(job_t j) { return j.id; }
int by_pointer(const job_t* j) { return j->id; }
int by_registers(register bool b, register enum color c) { return b + (int)c; }
int flexible(struct flexible f) { return f.count; }
int unknown(struct unknown* u) { return u != 0; }
int complex_number(double _Complex z) { return __real__ z > 0; }
int wide(__int128 w) { return w > 0; }

int main(void) {
  job_t job = {1, 5, -3, GREEN, "ann", {"pro", 9.5}, {1, 2, 3, 4, 5, 6}, {{"a", 1}, {"b\"", 2}}, {7}, {8}, 0, "canary-1", true};
  struct flexible f = {2};
  enum color outside;
  bool odd;
  memset(&outside, 0x7f, sizeof outside);
  memset(&odd, 1, sizeof odd);
  job.color = GREEN;
  by_value(job);
  by_pointer(&job);
  by_registers(odd, outside);
  flexible(f);
  unknown(0);
  complex_number(1);
  wide(-1);
  return 0;
}
