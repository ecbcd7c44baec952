// The span that a macro opens, ended by the end of its block.
#pragma once

#include "autospan/abi.h"
#include "autospan/detail/name.h"
#include "autospan/detail/value.h"

namespace autospan::detail {

template <class T>
constexpr autospan_v1_param param_of(const char* key) {
  constexpr autospan_u8 type = type_of<T>();
  const void* aux = nullptr;
  if constexpr (type == AUTOSPAN_OPAQUE) aux = kTypeName<Bare<T>>.text;
  // A null char pointer and an empty optional are absent.
  constexpr bool maybe = IsOptionalLike<Bare<T>>::value || is_c_string<Bare<T>>;
  return {key, aux, 0, type, static_cast<autospan_u8>(maybe ? AUTOSPAN_MAYBE : 0), 0};
}

class Span {
 public:
  Span() = default;
  ~Span() {
    if (guard_) autospan_v1_exit(guard_);
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  // Only called where the site is armed.
  template <class... Values>
  Span(autospan_v1_site& site, const Values&... values) {
    constexpr autospan_size kCount = (0 + ... + (type_of<Values>() != AUTOSPAN_OPAQUE));
    if constexpr (kCount == 0) {
      guard_ = autospan_v1_enter_0(&site);
    } else {
      autospan_v1_slot slots[kCount] = {};
      autospan_size at = 0;
      ((type_of<Values>() != AUTOSPAN_OPAQUE ? void(slots[at++] = slot_of(values)) : void()), ...);
      guard_ = autospan_v1_enter_n(&site, slots, kCount);
    }
  }

 private:
  autospan_v1_guard guard_ = 0;
};

template <class... Values>
void add_event(autospan_v1_site& site, const Values&... values) {
  autospan_v1_slot slots[sizeof...(Values) + 1] = {};
  autospan_size at = 0;
  ((type_of<Values>() != AUTOSPAN_OPAQUE ? void(slots[at++] = slot_of(values)) : void()), ...);
  autospan_v1_event(&site, slots, at);
}

}  // namespace autospan::detail
