// Walked through by gdb: see walk.py. Braces stand on lines of their own.
#include <cstdio>
#include <stdexcept>
#include <string>
int plain(int n, const char* text)
{
  int a = n + 1;
  if (a > 3)
    a += text[0];
  return a;
}
struct Job {
  int k = 0;
  Job(int n) : k(n)
  {
    k += 2;
  }
  ~Job()
  {
    k = 0;
  }
  int method(int x) const
  {
    int y = x * 2;
    return y + k;
  }
};
template <class T>
T twice(T v)
{
  T w = v;
  return w + v;
}
int unset(int a)
{
  int b;
  static int calls = 0;
  ;
  b = a + calls;
  calls += b;
  return b;
}
int ways(int n)
{
  if (n == 1)
    return 1;
  for (int i = 0; i < n; ++i)
    n -= i;
  return n;
}
int destroys(int n)
{
  Job job(n);
  job.k += n;
  return job.k;
}
constexpr int constant(int n)
{
  int m = n * 2;
  return m;
}
void empty()
{
}
int one_line(int n) { return n; }
int evaluates(int n)
{
  return plain(n,
               "x");
}
int inner_block(int n)
{
  {
    int m = n;
    n += m;
  }
  return n;
}
void thrower(int n)
{
  int q = n;
  if (q)
    throw std::runtime_error("out");
  std::puts("never");
}
void middle(const std::string& why)
{
  Job job(1);
  thrower(job.k);
}
int main()
{
  int r = plain(3, "abc");
  Job j(r);
  r += j.method(4);
  r += twice(2);
  r += unset(r);
  r += ways(1);
  r += ways(2);
  r += destroys(3);
  volatile int v = 4;
  r += constant(v);
  auto l = [&](int z) {
    int zz = z + r;
    return zz;
  };
  r += l(1);
  empty();
  r += one_line(r);
  r += evaluates(3);
  r += inner_block(3);
  std::string text = "why";
  middle(text);
  return r;
}
