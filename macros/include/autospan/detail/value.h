// Which kind of value a C++ type is, and how one is put into a slot. By shape, not by name, so that
// no standard header is needed: what has data() and size() of char is a string, whatever library it
// comes from.
#pragma once

#include <type_traits>

#include "autospan/abi.h"

namespace autospan::detail {

template <class T>
using Bare = std::remove_cv_t<std::remove_reference_t<T>>;

template <class T>
const T& declared();  // for unevaluated use

template <class T, class = void>
struct IsStringLike : std::false_type {};
template <class T>
struct IsStringLike<T, std::void_t<decltype(static_cast<const char*>(
                                       declared<T>().data())),
                                   decltype(static_cast<autospan_size>(
                                       declared<T>().size()))>>
    : std::is_same<typename T::value_type, char> {};

template <class T, class = void>
struct IsPathLike : std::false_type {};
template <class T>
struct IsPathLike<T, std::void_t<decltype(declared<T>().native()),
                                 decltype(declared<T>().lexically_normal())>>
    : IsStringLike<Bare<decltype(declared<T>().native())>> {};

template <class T, class = void>
struct IsOptionalLike : std::false_type {};
template <class T>
struct IsOptionalLike<T, std::void_t<decltype(declared<T>().has_value()),
                                     decltype(*declared<T>()),
                                     typename T::value_type>> : std::true_type {};

template <class T, class = void>
struct IsDurationLike : std::false_type {};
template <class T>
struct IsDurationLike<T, std::void_t<decltype(declared<T>().count()),
                                     decltype(T::period::num), typename T::rep>> : std::true_type {};

template <class T, class = void>
struct IsTimePointLike : std::false_type {};
template <class T>
struct IsTimePointLike<T, std::void_t<typename T::clock, typename T::duration,
                                      decltype(T::clock::to_time_t(declared<T>()))>>
    : std::true_type {};

template <class T>
inline constexpr bool is_c_string =
    std::is_same_v<std::decay_t<T>, const char*> || std::is_same_v<std::decay_t<T>, char*>;

// AUTOSPAN_* of a type; AUTOSPAN_OPAQUE where only its name can be told.
template <class T>
constexpr autospan_u8 type_of() {
  using B = Bare<T>;
  if constexpr (std::is_same_v<B, bool>) return AUTOSPAN_BOOL;
  else if constexpr (std::is_same_v<B, char> || std::is_same_v<B, wchar_t> ||
                     std::is_same_v<B, char16_t> || std::is_same_v<B, char32_t>)
    return AUTOSPAN_CHAR;
  else if constexpr (std::is_integral_v<B> && sizeof(B) <= 8)
    return std::is_signed_v<B> ? AUTOSPAN_I64 : AUTOSPAN_U64;
  else if constexpr (std::is_enum_v<B>) return type_of<std::underlying_type_t<B>>();
  else if constexpr (std::is_same_v<B, float>) return AUTOSPAN_F32;
  else if constexpr (std::is_floating_point_v<B>) return AUTOSPAN_F64;
  else if constexpr (is_c_string<B> || IsStringLike<B>::value || IsPathLike<B>::value)
    return AUTOSPAN_STR;
  else if constexpr (IsTimePointLike<B>::value) return AUTOSPAN_TIME;
  else if constexpr (IsDurationLike<B>::value) return AUTOSPAN_DURATION;
  else if constexpr (IsOptionalLike<B>::value) return type_of<typename B::value_type>();
  else if constexpr (std::is_pointer_v<std::decay_t<B>> || std::is_null_pointer_v<B>)
    return AUTOSPAN_PTR;
  else return AUTOSPAN_OPAQUE;
}

// A null char pointer and an empty optional are absent.
template <class T>
inline constexpr bool is_maybe =
    IsOptionalLike<Bare<T>>::value || (is_c_string<Bare<T>> && !std::is_array_v<Bare<T>>);

template <class To, class From>
constexpr autospan_u64 bits(From value) {
  static_assert(sizeof(From) == sizeof(To), "a value's bits in a word of its size");
  To word{};
  __builtin_memcpy(&word, &value, sizeof value);
  return word;
}

__extension__ typedef __int128 Wide;

constexpr autospan_size length_of(const char* text) { return text ? __builtin_strlen(text) : 0; }

constexpr autospan_size bounded_length(const char* text, autospan_size limit) {
  autospan_size n = 0;
  while (n < limit && text[n]) ++n;
  return n;
}

inline autospan_v1_slot text_slot(const char* text, autospan_size length) {
  const bool cut = length > 0xffffffff;
  return {static_cast<autospan_u64>(reinterpret_cast<__UINTPTR_TYPE__>(text)),
          cut ? 0xffffffff : static_cast<autospan_u32>(length), AUTOSPAN_STR,
          static_cast<autospan_u8>(cut ? AUTOSPAN_TRUNCATED : 0), 0};
}

inline const char* text_of(const autospan_v1_slot& slot) {
  return reinterpret_cast<const char*>(static_cast<__UINTPTR_TYPE__>(slot.word));
}

template <class Duration>
constexpr autospan_i64 nanoseconds(const Duration& d) {
  using Rep = typename Duration::rep;
  if constexpr (std::is_floating_point_v<Rep>)
    return static_cast<autospan_i64>(static_cast<double>(d.count()) * 1e9 * Duration::period::num /
                                     Duration::period::den);
  else
    return static_cast<autospan_i64>(static_cast<Wide>(d.count()) * 1000000000 *
                                     Duration::period::num / Duration::period::den);
}

// The slot refers to the value's own characters: it lives as long as `value`.
template <class T>
autospan_v1_slot slot_of(const T& value) {
  using B = Bare<T>;
  constexpr autospan_u8 type = type_of<T>();
  const auto word = [](autospan_u64 w, autospan_u8 t) { return autospan_v1_slot{w, 0, t, 0, 0}; };
  if constexpr (IsOptionalLike<B>::value && type != AUTOSPAN_OPAQUE)
    return value.has_value() ? slot_of(*value) : word(0, AUTOSPAN_NONE);
  else if constexpr (is_c_string<B>) {
    if constexpr (std::is_array_v<B>) return text_slot(value, bounded_length(value, sizeof(B)));
    else return value ? text_slot(value, length_of(value)) : word(0, AUTOSPAN_NONE);
  } else if constexpr (IsPathLike<B>::value) return text_slot(value.native().data(), value.native().size());
  else if constexpr (type == AUTOSPAN_STR) return text_slot(value.data(), value.size());
  else if constexpr (type == AUTOSPAN_TIME)
    return word(static_cast<autospan_u64>(nanoseconds(value.time_since_epoch())), type);
  else if constexpr (type == AUTOSPAN_DURATION)
    return word(static_cast<autospan_u64>(nanoseconds(value)), type);
  else if constexpr (type == AUTOSPAN_F32) return word(bits<autospan_u32>(value), type);
  else if constexpr (type == AUTOSPAN_F64)
    return word(bits<autospan_u64>(static_cast<double>(value)), type);
  else if constexpr (std::is_null_pointer_v<B>) return word(0, type);
  else if constexpr (type == AUTOSPAN_PTR)
    return word(static_cast<autospan_u64>(reinterpret_cast<__UINTPTR_TYPE__>(value)), type);
  else if constexpr (type == AUTOSPAN_CHAR)
    return word(static_cast<std::make_unsigned_t<B>>(value), type);
  else if constexpr (type == AUTOSPAN_OPAQUE) return word(0, AUTOSPAN_NONE);
  else return word(static_cast<autospan_u64>(static_cast<autospan_i64>(value)), type);
}

}  // namespace autospan::detail
