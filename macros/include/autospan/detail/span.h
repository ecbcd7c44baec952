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
  return {key, aux, 0, type, static_cast<autospan_u8>(is_maybe<T> ? AUTOSPAN_MAYBE : 0), 0};
}

// The values that carry data, as the special shapes of enter name them: w and s; `n` where none fits.
template <class... Values>
struct Shape {
  static constexpr autospan_u8 types[] = {type_of<Values>()..., AUTOSPAN_OPAQUE};
  static constexpr bool maybe = (false || ... || is_maybe<Values>);
  static constexpr bool is(const char* shape) {
    if (maybe) return false;
    for (autospan_u8 type : types)
      if (type != AUTOSPAN_OPAQUE && *shape++ != (type == AUTOSPAN_STR ? 's' : 'w')) return false;
    return *shape == 0;
  }
};

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
    using S = Shape<Values...>;
    constexpr autospan_size kCount = (0 + ... + (type_of<Values>() != AUTOSPAN_OPAQUE));
    autospan_v1_slot slots[kCount + 1] = {};
    autospan_size at = 0;
    ((type_of<Values>() != AUTOSPAN_OPAQUE ? void(slots[at++] = slot_of(values)) : void()), ...);
    if constexpr (S::is("")) guard_ = autospan_v1_enter_0(&site);
    else if constexpr (S::is("w")) guard_ = autospan_v1_enter_w(&site, slots[0].word);
    else if constexpr (S::is("ww")) guard_ = autospan_v1_enter_ww(&site, slots[0].word, slots[1].word);
    else if constexpr (S::is("s")) guard_ = autospan_v1_enter_s(&site, text_of(slots[0]), slots[0].length);
    else if constexpr (S::is("ws"))
      guard_ = autospan_v1_enter_ws(&site, slots[0].word, text_of(slots[1]), slots[1].length);
    else guard_ = autospan_v1_enter_n(&site, slots, kCount);
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
