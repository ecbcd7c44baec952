/* What the autospan plugin needs inside a translation unit: the types and entry points of ABI v1
 * under names of the compiler's own, and the encoders that an instrumented function calls.
 *
 * Included by the plugin ahead of the user's first line, in C and in every C++ from 98 on, so it
 * includes nothing, defines no macro that is left behind, and touches no name a user may use. It
 * restates abi.h instead of including it: preprocessed input may hold abi.h already, without its
 * include guard. plugin/abi_check.cc compares the two at build time. */
#pragma GCC system_header
#ifndef __AUTOSPAN_INJECT_H
#define __AUTOSPAN_INJECT_H
#if __AUTOSPAN_PLUGIN_ABI != 1
#error \
    "autospan: this inject.h speaks ABI 1 and the plugin another; install plugin and header from one release"
#endif
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct __autospan_enum_name {
  __INT64_TYPE__ value;
  const char* name;
} __autospan_enum_name;

typedef struct __autospan_param {
  const char* name;
  const void* aux;
  __UINT16_TYPE__ aux_count;
  __UINT8_TYPE__ type;
  __UINT8_TYPE__ flags;
  __UINT32_TYPE__ reserved;
} __autospan_param;

typedef struct __autospan_site {
  __UINT32_TYPE__ id;
  __UINT16_TYPE__ bytes;
  __UINT8_TYPE__ kind;
  __UINT8_TYPE__ flags;
  const char* name;
  const char* function;
  const char* file;
  const char* service;
  const __autospan_param* params;
  __UINT32_TYPE__ line;
  __UINT16_TYPE__ param_count;
  __UINT8_TYPE__ span_kind;
  __UINT8_TYPE__ reserved8;
  __UINT32_TYPE__ min_duration_us;
  __UINT32_TYPE__ reserved32;
} __autospan_site;

typedef __UINT64_TYPE__ __autospan_guard;

typedef struct __autospan_slot {
  __UINT64_TYPE__ word;
  __UINT32_TYPE__ length;
  __UINT8_TYPE__ type;
  __UINT8_TYPE__ flags;
  __UINT16_TYPE__ reserved;
} __autospan_slot;

/* nothrow: without it each site carries a landing pad. nomerge: a call of several sites could not be
 * patched away. */
#define __AUTOSPAN_ENTRY(symbol) __asm__(symbol) __attribute__((__nothrow__))
#define __AUTOSPAN_SWITCHED(symbol) __AUTOSPAN_ENTRY(symbol) __attribute__((__nomerge__))
__autospan_guard __autospan_enter_0(__autospan_site*) __AUTOSPAN_SWITCHED("autospan_v1_enter_0");
__autospan_guard __autospan_enter_w(__autospan_site*, __UINT64_TYPE__)
    __AUTOSPAN_SWITCHED("autospan_v1_enter_w");
__autospan_guard __autospan_enter_ww(__autospan_site*, __UINT64_TYPE__, __UINT64_TYPE__)
    __AUTOSPAN_SWITCHED("autospan_v1_enter_ww");
__autospan_guard __autospan_enter_s(__autospan_site*, const char*, __SIZE_TYPE__)
    __AUTOSPAN_SWITCHED("autospan_v1_enter_s");
__autospan_guard __autospan_enter_ws(__autospan_site*, __UINT64_TYPE__, const char*, __SIZE_TYPE__)
    __AUTOSPAN_SWITCHED("autospan_v1_enter_ws");
__autospan_guard __autospan_enter_n(__autospan_site*, const __autospan_slot*, __SIZE_TYPE__)
    __AUTOSPAN_SWITCHED("autospan_v1_enter_n");
int __autospan_armed(__autospan_site*) __AUTOSPAN_SWITCHED("autospan_v1_armed");
/* Not a tail call: the way out would stand twice in each function. */
void __autospan_exit(__autospan_guard) __AUTOSPAN_ENTRY("autospan_v1_exit") __attribute__((__not_tail_called__));
void __autospan_set(__autospan_guard, __UINT32_TYPE__, const __autospan_slot*)
    __AUTOSPAN_ENTRY("autospan_v1_set");
void __autospan_fail(__autospan_guard, const char*, __SIZE_TYPE__) __AUTOSPAN_ENTRY("autospan_v1_fail");
void __autospan_field_key(const char*, __SIZE_TYPE__, const __autospan_slot*)
    __AUTOSPAN_ENTRY("autospan_v1_field_key");
__SIZE_TYPE__ __autospan_text_length(const char*, __SIZE_TYPE__) __AUTOSPAN_ENTRY("autospan_v1_text_length");
__SIZE_TYPE__ __autospan_strnlen(const char*, __SIZE_TYPE__) __AUTOSPAN_ENTRY("strnlen");
#ifdef __cpp_impl_coroutine
typedef struct __autospan_coroutine {
  __UINT64_TYPE__ opaque[5];
} __autospan_coroutine;
void __autospan_coroutine_begin(__autospan_coroutine*, __autospan_site*, const __autospan_slot*,
                                __SIZE_TYPE__) __AUTOSPAN_ENTRY("autospan_v1_coroutine_begin");
void __autospan_coroutine_suspend(__autospan_coroutine*) __AUTOSPAN_ENTRY("autospan_v1_coroutine_suspend");
void __autospan_coroutine_resume(__autospan_coroutine*) __AUTOSPAN_ENTRY("autospan_v1_coroutine_resume");
void __autospan_coroutine_end(__autospan_coroutine*) __AUTOSPAN_ENTRY("autospan_v1_coroutine_end");
#endif
#undef __AUTOSPAN_SWITCHED
#undef __AUTOSPAN_ENTRY

#define __AUTOSPAN_INLINE \
  static __inline__ __attribute__((__always_inline__, __nodebug__, __unused__, __nothrow__))

/* Runs when the guard leaves its scope, by return or by unwinding. */
__AUTOSPAN_INLINE void __autospan_leave(__autospan_guard* guard) {
  if (*guard) __autospan_exit(*guard);
}

#ifdef __cpp_impl_coroutine
__AUTOSPAN_INLINE bool __autospan_coroutine_open(const __autospan_coroutine* coroutine) {
  return coroutine->opaque[0];
}
/* What await_ready said, on its way to the branch that suspends. */
__AUTOSPAN_INLINE bool __autospan_coroutine_ready(__autospan_coroutine* coroutine, bool ready) {
  if (!ready && coroutine->opaque[0]) __autospan_coroutine_suspend(coroutine);
  return ready;
}
/* Before await_resume, also where nothing was suspended. */
__AUTOSPAN_INLINE void __autospan_coroutine_back(__autospan_coroutine* coroutine) {
  if (coroutine->opaque[0]) __autospan_coroutine_resume(coroutine);
}
/* The frame is destroyed; its body may never have begun. */
__AUTOSPAN_INLINE void __autospan_coroutine_leave(__autospan_coroutine* coroutine) {
  if (coroutine->opaque[0]) __autospan_coroutine_end(coroutine);
}
/* The body ends, or is destroyed. */
__AUTOSPAN_INLINE void __autospan_coroutine_finish(__autospan_coroutine** coroutine) {
  if ((*coroutine)->opaque[0]) __autospan_coroutine_end(*coroutine);
}
#endif

__AUTOSPAN_INLINE __UINT64_TYPE__ __autospan_word_f32(float value) {
  __UINT32_TYPE__ bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}
__AUTOSPAN_INLINE __UINT64_TYPE__ __autospan_word_f64(double value) {
  __UINT64_TYPE__ bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* Of one to eight bytes: what a load of a bool or an enum would read, unchecked. */
__AUTOSPAN_INLINE __UINT64_TYPE__ __autospan_word_bytes(const void* value, __SIZE_TYPE__ size) {
  __UINT64_TYPE__ word = 0;
  __UINT32_TYPE__ four;
  __UINT16_TYPE__ two;
  __UINT8_TYPE__ one;
  if (size == 8) __builtin_memcpy(&word, value, 8);
  if (size == 4) __builtin_memcpy(&four, value, 4), word = four;
  if (size == 2) __builtin_memcpy(&two, value, 2), word = two;
  if (size == 1) __builtin_memcpy(&one, value, 1), word = one;
  return word;
}
/* The same of a bit-field, on machines that count bits from the low end. */
__AUTOSPAN_INLINE __UINT64_TYPE__ __autospan_word_bits(const void* object, __SIZE_TYPE__ first,
                                                       __SIZE_TYPE__ width) {
  const unsigned char* bytes = (const unsigned char*)object;
  __UINT64_TYPE__ word = 0;
  __SIZE_TYPE__ i;
  for (i = 0; i < width; ++i)
    word |= (__UINT64_TYPE__)(bytes[(first + i) / 8] >> (first + i) % 8 & 1) << i;
  return word;
}
/* count * ticks / per, ended at what 64 bits hold. */
__AUTOSPAN_INLINE __UINT64_TYPE__ __autospan_nanoseconds(__INT64_TYPE__ count, __INT64_TYPE__ ticks,
                                                         __INT64_TYPE__ per) {
  __INT64_TYPE__ product;
  if (!__builtin_mul_overflow(count, ticks, &product)) return (__UINT64_TYPE__)(product / per);
  if (!__builtin_mul_overflow(count / per, ticks, &product)) return (__UINT64_TYPE__)product;
  return (__UINT64_TYPE__)(count < 0 ? -__INT64_MAX__ - 1 : __INT64_MAX__);
}
__AUTOSPAN_INLINE __UINT64_TYPE__ __autospan_nanoseconds_real(double count, __INT64_TYPE__ ticks,
                                                              __INT64_TYPE__ per) {
  double product = count * (double)ticks / (double)per;
  if (product >= 9.2e18) return (__UINT64_TYPE__)__INT64_MAX__;
  if (!(product > -9.2e18)) return (__UINT64_TYPE__)(-__INT64_MAX__ - 1);
  return (__UINT64_TYPE__)(__INT64_TYPE__)product;
}

__AUTOSPAN_INLINE __autospan_slot __autospan_slot_none(void) {
  __autospan_slot slot = {0, 0, 0, 0, 0};
  return slot;
}
__AUTOSPAN_INLINE __autospan_slot __autospan_slot_word(__UINT64_TYPE__ word, __UINT8_TYPE__ type) {
  __autospan_slot slot = {0, 0, 0, 0, 0};
  slot.word = word;
  slot.type = type;
  return slot;
}
/* The recorder keeps 256 bytes; a length beyond 32 bits must not wrap on its way there. */
__AUTOSPAN_INLINE __autospan_slot __autospan_slot_text(const char* bytes, __SIZE_TYPE__ length) {
  __autospan_slot slot = {0, 0, 5, 0, 0};
  slot.word = (__UINT64_TYPE__)(__UINTPTR_TYPE__)bytes;
  slot.length = (__UINT32_TYPE__)(length > 0x7fffffffu ? 0x7fffffffu : length);
  return slot;
}
/* Bounded: more than the recorder keeps, so that it still sees that there was more. Not by strnlen: it may
 * be no text that ends. */
__AUTOSPAN_INLINE __autospan_slot __autospan_slot_cstring(const char* text) {
  if (!text) return __autospan_slot_none();
  return __autospan_slot_text(text, __autospan_text_length(text, 512));
}
/* More of it would have been captured. */
__AUTOSPAN_INLINE __autospan_slot __autospan_slot_cut(__autospan_slot slot) {
  slot.flags = 1;
  return slot;
}
/* A value of those that are told when the function returns. */
__AUTOSPAN_INLINE void __autospan_returned(__autospan_guard guard, __UINT32_TYPE__ param,
                                           __autospan_slot slot) {
  __autospan_set(guard, param, &slot);
}
#ifdef __SIZEOF_INT128__
/* Beyond 64 bits: about so much. */
__AUTOSPAN_INLINE __autospan_slot __autospan_slot_wide(__int128 value) {
  if (value == (__INT64_TYPE__)value) return __autospan_slot_word((__UINT64_TYPE__)value, 2);
  return __autospan_slot_cut(__autospan_slot_word(__autospan_word_f64((double)value), 4));
}
__AUTOSPAN_INLINE __autospan_slot __autospan_slot_uwide(unsigned __int128 value) {
  if (value == (__UINT64_TYPE__)value) return __autospan_slot_word((__UINT64_TYPE__)value, 3);
  return __autospan_slot_cut(__autospan_slot_word(__autospan_word_f64((double)value), 4));
}
#endif
#undef __AUTOSPAN_INLINE

#ifdef __cplusplus
}
#if __cplusplus >= 201103L
/* What an error says of itself. A category may be the user's, and throw. */
template <class Error>
__attribute__((__visibility__("hidden"), __nodebug__, __noinline__)) inline void
__autospan_error_texts(const Error& error, const char* category, __SIZE_TYPE__ category_length,
                       const char* message, __SIZE_TYPE__ message_length) noexcept {
#ifdef __cpp_exceptions
  try {
#endif
    __autospan_slot slot = __autospan_slot_cstring(error.category().name());
    __autospan_field_key(category, category_length, &slot);
    const auto text = error.message();
    slot = __autospan_slot_text(text.data(), text.size());
    __autospan_field_key(message, message_length, &slot);
#ifdef __cpp_exceptions
  } catch (...) {
  }
#endif
}

/* The same of a returned one that is an error, which is not tested here. */
template <class Error>
__attribute__((__visibility__("hidden"), __nodebug__, __noinline__)) inline void __autospan_fail_code(
    __autospan_guard guard, const Error& error) noexcept {
#ifdef __cpp_exceptions
  try {
#endif
    const auto text = error.message();
    __autospan_fail(guard, text.data(), text.size());
#ifdef __cpp_exceptions
  } catch (...) {
    __autospan_fail(guard, nullptr, 0);
  }
#endif
}
/* What an expected holds instead of its value, or what a status says: a text, an error code, or nothing that
 * is known. */
template <class Error>
__attribute__((__visibility__("hidden"), __nodebug__)) inline auto __autospan_fail_as(__autospan_guard guard, const Error& error, int, int)
    -> decltype((void)(const char*)error.data(), (void)error.size()) {
  __autospan_fail(guard, (const char*)error.data(), error.size());
}
template <class Error>
__attribute__((__visibility__("hidden"), __nodebug__)) inline auto __autospan_fail_as(__autospan_guard guard, const Error& error, int, long)
    -> decltype((void)error.category().name(), (void)error.message()) {
  __autospan_fail_code(guard, error);
}
template <class Error>
__attribute__((__visibility__("hidden"), __nodebug__)) inline void __autospan_fail_as(__autospan_guard guard, const Error&, long, long) {
  __autospan_fail(guard, nullptr, 0);
}
template <class Error>
__attribute__((__visibility__("hidden"), __nodebug__, __noinline__)) inline void __autospan_fail_with(
    __autospan_guard guard, const Error& error) noexcept {
  __autospan_fail_as(guard, error, 0, 0);
}

/* In constexpr functions the call hides behind this: constant evaluation records nothing. */
static constexpr __inline__ __attribute__((__always_inline__, __nodebug__, __unused__)) bool
__autospan_constant() noexcept {
  return __builtin_is_constant_evaluated();
}
#endif
#endif
#pragma clang diagnostic pop
#endif
