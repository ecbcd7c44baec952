// Types that fmt can print, by opt-in: beside a type, in its namespace,
//
//   AUTOSPAN_FORMATTED(billing::Money);   or   AUTOSPAN_FORMATTED(Money);
//
// makes TRACE_FIELDS and the plugin show what fmt::format("{}", value) says, 256 bytes of it. Formatting
// runs only where a span records. Include it after <fmt/format.h>: which fmt is the program's affair.
#pragma once

#include "autospan/trace.h"

#if defined(AUTOSPAN_OFF)

#define AUTOSPAN_FORMATTED(Type) static_assert(true, "")

#else

#if !defined(FMT_VERSION)
#error "autospan/fmt.h: include <fmt/format.h> before it"
#endif

namespace autospan::detail {

template <class T>
void add_formatted(const T& value, FieldSink& out) {
  constexpr autospan_size kBytesMax = 256;
  char text[kBytesMax];
  const auto made = fmt::format_to_n(text, kBytesMax, "{}", value);
  const bool cut = made.size > kBytesMax;
  out.text(text, cut ? kBytesMax : made.size, cut);
}

}  // namespace autospan::detail

#define AUTOSPAN_FORMATTED(Type)                                                              \
  inline void autospan_fields(const Type& autospan_object, ::autospan::FieldSink& autospan_out) { \
    ::autospan::detail::add_formatted(autospan_object, autospan_out);                         \
  }                                                                                           \
  static_assert(true, "")

#endif
