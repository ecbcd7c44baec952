// TRACE_ERROR: what an error says, by its shape.
#pragma once

#include <type_traits>
#if defined(__cpp_rtti) || defined(__GXX_RTTI)
#include <typeinfo>
#define AUTOSPAN_DETAIL_RTTI 1
#endif

#include "autospan/abi.h"
#include "autospan/context.h"
#include "autospan/detail/fields.h"

namespace autospan::detail {

template <class T, class = void>
struct IsExceptionLike : std::false_type {};
template <class T>
struct IsExceptionLike<T, std::void_t<decltype(static_cast<const char*>(
                              declared<T>().what()))>> : std::true_type {};

inline void set_error(const char* message, const char* type) {
  autospan_v1_error(message, length_of(message), type, length_of(type));
}

template <class T>
void add_error(const T& error) {
  using B = Bare<T>;
  if constexpr (IsExceptionLike<B>::value) {
#if defined(AUTOSPAN_DETAIL_RTTI)
    set_error(error.what(), typeid(error).name());
#else
    set_error(error.what(), kTypeName<B>.text);
#endif
  } else if constexpr (IsErrorCodeLike<B>::value) {
    const auto message = error.message();
    const auto* category = error.category().name();
    autospan_v1_error(message.data(), message.size(), category, length_of(category));
  } else {
    static_assert(type_of<T>() == AUTOSPAN_STR,
                  "TRACE_ERROR takes an exception, an error_code or text");
    const autospan_v1_slot slot = slot_of(error);
    autospan_v1_error(reinterpret_cast<const char*>(static_cast<__UINTPTR_TYPE__>(slot.word)),
                      slot.length, nullptr, 0);
  }
}

inline void add_link(const Context& context) {
  if (context.valid()) autospan_v1_link(&context.raw);
}

}  // namespace autospan::detail
