/* Marks for the compiler plugin, in C and C++:
 *
 *   AUTOSPAN_SPAN void refresh(Cache& cache);            a span, whatever the patterns say
 *   AUTOSPAN_SPAN_NAMED("cache refresh") void f();       the same, under a name of your own
 *   AUTOSPAN_ROOT void on_timer();                       a span that begins a trace of its own
 *   AUTOSPAN_SKIP int hash(int x);                       never a span
 *   void login(AUTOSPAN_REDACT const char* phrase);      shown as [redacted]
 *   struct Card { AUTOSPAN_REDACT long number; };        the same
 *
 * They stand first in a declaration, on any declaration of the function. Without the plugin, on
 * any compiler, they leave neither a warning nor a byte. They never ask whether the plugin is
 * there: under -save-temps and in compiler caches the preprocessor runs without it. */
#ifndef AUTOSPAN_ANNOTATE_H
#define AUTOSPAN_ANNOTATE_H

#if defined(__clang__) && !defined(AUTOSPAN_OFF)
#if __clang_major__ >= 14
#if defined(__cplusplus)
#if __cplusplus >= 201103L
#define AUTOSPAN_DETAIL_MARKS 1
#endif
#elif defined(__STDC_VERSION__)
#define AUTOSPAN_DETAIL_MARKS 1
#endif
#endif
#endif

#if defined(AUTOSPAN_DETAIL_MARKS)
#define AUTOSPAN_DETAIL_MARK(mark)                                                              \
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wunknown-attributes\"") \
      _Pragma("clang diagnostic ignored \"-Wunknown-warning-option\"")                          \
          _Pragma("clang diagnostic ignored \"-Wc++98-compat\"")                                \
              _Pragma("clang diagnostic ignored \"-Wc23-extensions\"")                          \
                  _Pragma("clang diagnostic ignored \"-Wpre-c23-compat\"")                      \
                      [[mark]] _Pragma("clang diagnostic pop")
#else
#define AUTOSPAN_DETAIL_MARK(mark)
#endif

#define AUTOSPAN_SPAN AUTOSPAN_DETAIL_MARK(autospan::span)
#define AUTOSPAN_SPAN_NAMED(name) AUTOSPAN_DETAIL_MARK(autospan::span(name))
#define AUTOSPAN_ROOT AUTOSPAN_DETAIL_MARK(autospan::root)
#define AUTOSPAN_SKIP AUTOSPAN_DETAIL_MARK(autospan::skip)
#define AUTOSPAN_REDACT AUTOSPAN_DETAIL_MARK(autospan::redact)

#endif
