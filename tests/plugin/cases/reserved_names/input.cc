// Every reserved name that can be spelled as a parameter is moved aside.
#include <string>
void f_name(int name, const std::string& other) {}
void f_error(int error, const std::string& other) {}
void f_time(int time, const std::string& other) {}
void f_duration_ms(int duration_ms, const std::string& other) {}
void f_samplerate(int samplerate, const std::string& other) {}
void f_type(int type, const std::string& other) {}
void f_status_code(int status_code, const std::string& other) {}
void f_status_message(int status_message, const std::string& other) {}
void f_service_name(int service_name, const std::string& other) {}
void f_trace(int trace, const std::string& other) {}
void f_span(int span, const std::string& other) {}
void f_meta(int meta, const std::string& other) {}
void f_service(int service, const std::string& other) {}
void f_library(int library, const std::string& other) {}
void f_code(int code, const std::string& other) {}
void f_exception(int exception, const std::string& other) {}
void f_rollup(int rollup, const std::string& other) {}
void f_arg(int arg, const std::string& other) {}
void f_app(int app, const std::string& other) {}
void all(int name, int error, int time, int duration_ms, int samplerate, int type, int status_code, int status_message, int service_name, int trace, int span, int meta, int service, int library, int code, int exception, int rollup, int arg, int app) {}
int main() {
  f_name(1, "x");
  f_error(1, "x");
  f_time(1, "x");
  f_duration_ms(1, "x");
  f_samplerate(1, "x");
  f_type(1, "x");
  f_status_code(1, "x");
  f_status_message(1, "x");
  f_service_name(1, "x");
  f_trace(1, "x");
  f_span(1, "x");
  f_meta(1, "x");
  f_service(1, "x");
  f_library(1, "x");
  f_code(1, "x");
  f_exception(1, "x");
  f_rollup(1, "x");
  f_arg(1, "x");
  f_app(1, "x");
  all(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);
}
