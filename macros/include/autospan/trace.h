// Spans, fields, events, links and errors by hand. For C++17 and later, gcc and clang, with or
// without the plugin; nothing is left of it under -DAUTOSPAN_OFF.
//
//   TRACE_SPAN("name", "key", value, …)   a span to the end of the enclosing block
//   TRACE_FUNCTION()                      the same, named as the function it stands in
//   TRACE_ROOT("name", …)                 begins a trace of its own, linked to the enclosing span
//   TRACE_FIELD("key", value)             on the innermost open span; text of up to 65,535 bytes
//   TRACE_FIELDS("prefix", object)        a whole object, as prefix.member
//   TRACE_EVENT("name", "key", value, …)  a moment in the innermost open span
//   TRACE_LINK(context)                   the innermost open span points at another one
//   TRACE_ERROR(what)                     error=true and exception.message: of an exception, an
//                                         error_code or text
//   TRACE_STACK()                         exception.stacktrace: where this is
//
// Arguments are evaluated once where a span records, and never where it is off or sampled out; up to
// 16 pairs. Names and keys are string literals; the key of a TRACE_FIELD may be any text. What is
// set outside any span is counted and otherwise ignored. Nothing here throws, blocks or allocates,
// but for what evaluating the arguments does. Not in constexpr functions: a span has a static.
#pragma once

#if defined(AUTOSPAN_OFF)

#include "autospan/context.h"

// sizeof: the arguments count as used, and are never evaluated.
#define AUTOSPAN_DETAIL_NOTHING static_cast<void>(0)
#define TRACE_SPAN(...) AUTOSPAN_DETAIL_NOTHING
#define TRACE_FUNCTION() AUTOSPAN_DETAIL_NOTHING
#define TRACE_ROOT(...) AUTOSPAN_DETAIL_NOTHING
#define TRACE_FIELD(key, value) static_cast<void>(sizeof(((void)(value), 0)))
#define TRACE_FIELDS(prefix, value) static_cast<void>(sizeof(((void)(value), 0)))
#define TRACE_EVENT(...) AUTOSPAN_DETAIL_NOTHING
#define TRACE_LINK(context) static_cast<void>(sizeof(((void)(context), 0)))
#define TRACE_ERROR(what) static_cast<void>(sizeof(((void)(what), 0)))
#define TRACE_STACK() static_cast<void>(0)
#define AUTOSPAN_FIELDS(Type, ...) static_assert(true, "")

#else

#include "autospan/abi.h"
#include "autospan/context.h"
#include "autospan/detail/error.h"
#include "autospan/detail/fields.h"
#include "autospan/detail/name.h"
#include "autospan/detail/pairs.h"
#include "autospan/detail/span.h"

#if !defined(AUTOSPAN_SERVICE)
#define AUTOSPAN_SERVICE nullptr
#endif

#define AUTOSPAN_DETAIL_SITE(id, kind, site_flags, site_name, ...)                                \
  static const autospan_v1_param AUTOSPAN_DETAIL_JOIN(autospan_params_, id)[] = {                 \
      AUTOSPAN_DETAIL_PARAMS(__VA_ARGS__)};                                                       \
  static autospan_v1_site AUTOSPAN_DETAIL_JOIN(autospan_site_, id) = {                            \
      0, sizeof(autospan_v1_site), kind, site_flags, site_name, __PRETTY_FUNCTION__, __FILE__,    \
      AUTOSPAN_SERVICE, AUTOSPAN_DETAIL_JOIN(autospan_params_, id), __LINE__,                     \
      AUTOSPAN_DETAIL_COUNT(__VA_ARGS__) / 2, AUTOSPAN_KIND_INTERNAL, 0, 0, 0}

#define AUTOSPAN_DETAIL_SPAN(id, site_flags, site_name, ...)                                      \
  AUTOSPAN_DETAIL_SITE(id, AUTOSPAN_SITE_SPAN, (site_flags) | AUTOSPAN_SITE_ASKS, site_name,      \
                       __VA_ARGS__);                                                              \
  const ::autospan::detail::Span AUTOSPAN_DETAIL_JOIN(autospan_span_, id) =                       \
      autospan_v1_armed(&AUTOSPAN_DETAIL_JOIN(autospan_site_, id))                                \
          ? ::autospan::detail::Span(AUTOSPAN_DETAIL_JOIN(autospan_site_, id)                     \
                                         AUTOSPAN_DETAIL_VALUES(__VA_ARGS__))                     \
          : ::autospan::detail::Span()

#define TRACE_SPAN(...) \
  AUTOSPAN_DETAIL_SPAN(__COUNTER__, 0, AUTOSPAN_DETAIL_NAME(__VA_ARGS__), __VA_ARGS__)

#define TRACE_ROOT(...)                                                                       \
  AUTOSPAN_DETAIL_SPAN(__COUNTER__, AUTOSPAN_SITE_ROOT, AUTOSPAN_DETAIL_NAME(__VA_ARGS__), \
                       __VA_ARGS__)

#define AUTOSPAN_DETAIL_FUNCTION(id)                                                              \
  static constexpr auto AUTOSPAN_DETAIL_JOIN(autospan_name_, id) =                                \
      ::autospan::detail::function_name(__PRETTY_FUNCTION__);                                     \
  AUTOSPAN_DETAIL_SPAN(id, 0, AUTOSPAN_DETAIL_JOIN(autospan_name_, id).text, 0)
#define TRACE_FUNCTION() AUTOSPAN_DETAIL_FUNCTION(__COUNTER__)

#define TRACE_FIELD(key, value)                                   \
  do {                                                            \
    if (autospan_v1_recording()) ::autospan::detail::add_field(key, value); \
  } while (false)

#define TRACE_FIELDS(prefix, value)                                          \
  do {                                                                       \
    if (autospan_v1_recording()) ::autospan::detail::add_object(prefix, value); \
  } while (false)

#define AUTOSPAN_DETAIL_EVENT(id, ...)                                                            \
  do {                                                                                            \
    if (autospan_v1_recording()) {                                                                \
      AUTOSPAN_DETAIL_SITE(id, AUTOSPAN_SITE_EVENT, 0, AUTOSPAN_DETAIL_NAME(__VA_ARGS__),         \
                           __VA_ARGS__);                                                          \
      ::autospan::detail::add_event(                                                              \
          AUTOSPAN_DETAIL_JOIN(autospan_site_, id) AUTOSPAN_DETAIL_VALUES(__VA_ARGS__));          \
    }                                                                                             \
  } while (false)
#define TRACE_EVENT(...) AUTOSPAN_DETAIL_EVENT(__COUNTER__, __VA_ARGS__)

#define TRACE_LINK(context)                                                 \
  do {                                                                      \
    if (autospan_v1_recording()) ::autospan::detail::add_link(context);     \
  } while (false)

#define TRACE_ERROR(what)                                                \
  do {                                                                   \
    if (autospan_v1_recording()) ::autospan::detail::add_error(what);    \
  } while (false)

#define TRACE_STACK() ::autospan_v1_stack()

#define AUTOSPAN_DETAIL_MEMBER(member) autospan_out.field(#member, autospan_object.member);
// Beside a type, in its namespace: which members TRACE_FIELDS shows.
#define AUTOSPAN_FIELDS(Type, ...)                                                         \
  inline void autospan_fields(const Type& autospan_object, ::autospan::FieldSink& autospan_out) { \
    AUTOSPAN_DETAIL_EACH(AUTOSPAN_DETAIL_MEMBER, __VA_ARGS__)                              \
  }                                                                                        \
  static_assert(true, "")

#endif
