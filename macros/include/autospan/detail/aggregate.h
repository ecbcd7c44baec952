// C++20: the members of an aggregate, with their names, from the compiler alone. The count comes
// from how many initialisers it takes; a name from the text that the compiler makes of a pointer into
// an object that is declared and never defined. Tried on g++ 12 and clang 16 to 22.
//
// Whatever does not lend itself to it (bases, private members, arrays, more than 16 members) is not
// reflectable and shows its type only: never a compile error.
#pragma once

#include <type_traits>

#include "autospan/detail/name.h"

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-inline"
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif

namespace autospan::detail {

struct AnyMember {
  template <class T>
  operator T() const noexcept;  // never defined
};

template <unsigned>
using AnyAt = AnyMember;
template <unsigned... I>
struct Positions {};
template <unsigned N, unsigned... I>
struct MakePositions : MakePositions<N - 1, N - 1, I...> {};
template <unsigned... I>
struct MakePositions<0, I...> {
  using type = Positions<I...>;
};

template <class T, unsigned... I>
constexpr bool takes(Positions<I...>) {
  return requires { T{AnyAt<I>{}...}; };
}
// One initialiser list of two stands for an array where the members after it then are too many.
template <class T, unsigned... Before, unsigned... After>
constexpr bool array_at(Positions<Before...>, Positions<After...>) {
  return requires { T{AnyAt<Before>{}..., {AnyMember{}, AnyMember{}}}; } &&
         !requires { T{AnyAt<Before>{}..., {AnyMember{}, AnyMember{}}, AnyAt<After>{}...}; };
}

template <class T, unsigned N = 0>
constexpr unsigned count_members() {
  if constexpr (N > 16) return N;
  else if constexpr (takes<T>(typename MakePositions<N + 1>::type{})) return count_members<T, N + 1>();
  else return N;
}
template <class T, unsigned N, unsigned P = 0>
constexpr bool holds_array() {
  if constexpr (P == N) return false;
  else
    return array_at<T>(typename MakePositions<P>::type{}, typename MakePositions<N - P - 1>::type{}) ||
           holds_array<T, N, P + 1>();
}

template <class T>
struct Fake {
  T value;
};
// Weak: the debug information of unoptimised code names its address.
template <class T>
extern const Fake<T> kFake __attribute__((weak));

template <auto Pointer>
constexpr auto member_name() {
  constexpr autospan_size kSize = sizeof(__PRETTY_FUNCTION__);
  FixedText<kSize> out;
  const char* pretty = __PRETTY_FUNCTION__;
  // clang: "… [Pointer = &kFake.value.NAME]"; gcc: "… [with auto Pointer = (& kFake<T>….T::NAME)]".
  autospan_size end = 0;
  while (pretty[end]) ++end;
  while (end > 0 && (pretty[end - 1] == ']' || pretty[end - 1] == ')' || pretty[end - 1] == '}')) --end;
  autospan_size begin = end;
  while (begin > 0 && pretty[begin - 1] != '.' && pretty[begin - 1] != ':') --begin;
  for (autospan_size i = begin; i < end; ++i) out.text[i - begin] = pretty[i];
  return out;
}
template <auto Pointer>
inline constexpr auto kMemberName = member_name<Pointer>();

template <unsigned I, class First, class... Rest>
constexpr auto pick(First* first, Rest*... rest) {
  if constexpr (I == 0) return first;
  else return pick<I - 1>(rest...);
}

// use(members…) of an aggregate with N members.
template <unsigned N, class T, class Use>
constexpr auto with_members(T& object, Use use) {
  if constexpr (N == 1) {
    auto& [m1] = object;
    return use(m1);
  }
  else if constexpr (N == 2) {
    auto& [m1, m2] = object;
    return use(m1, m2);
  }
  else if constexpr (N == 3) {
    auto& [m1, m2, m3] = object;
    return use(m1, m2, m3);
  }
  else if constexpr (N == 4) {
    auto& [m1, m2, m3, m4] = object;
    return use(m1, m2, m3, m4);
  }
  else if constexpr (N == 5) {
    auto& [m1, m2, m3, m4, m5] = object;
    return use(m1, m2, m3, m4, m5);
  }
  else if constexpr (N == 6) {
    auto& [m1, m2, m3, m4, m5, m6] = object;
    return use(m1, m2, m3, m4, m5, m6);
  }
  else if constexpr (N == 7) {
    auto& [m1, m2, m3, m4, m5, m6, m7] = object;
    return use(m1, m2, m3, m4, m5, m6, m7);
  }
  else if constexpr (N == 8) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8);
  }
  else if constexpr (N == 9) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9);
  }
  else if constexpr (N == 10) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10);
  }
  else if constexpr (N == 11) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11);
  }
  else if constexpr (N == 12) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12);
  }
  else if constexpr (N == 13) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13);
  }
  else if constexpr (N == 14) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14);
  }
  else if constexpr (N == 15) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15);
  }
  else if constexpr (N == 16) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16] = object;
    return use(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16);
  }
}

template <class T, unsigned N, unsigned I>
constexpr auto member_pointer() {
  return with_members<N>(kFake<T>.value, [](const auto&... m) { return pick<I>(&m...); });
}

template <class T>
constexpr unsigned reflectable_members() {
  if constexpr (std::is_aggregate_v<T> && std::is_class_v<T> && !std::is_empty_v<T>) {
    constexpr unsigned kCount = count_members<T>();
    if constexpr (kCount >= 1 && kCount <= 16 && !holds_array<T, kCount>()) return kCount;
    else return 0;
  } else {
    return 0;
  }
}
inline constexpr const char* kPositionNames[] = {"0", "1", "2",  "3",  "4",  "5",  "6",  "7",
                                                 "8", "9", "10", "11", "12", "13", "14", "15"};

template <class T>
inline constexpr unsigned kMembers = reflectable_members<T>();
template <class T>
inline constexpr bool kReflectable = kMembers<T> > 0;

// A bit-field or a reference has no constant address: it is then named by its position.
template <class T, unsigned I>
constexpr const char* name_of_member() {
  if constexpr (requires { typename std::bool_constant<(member_pointer<T, kMembers<T>, I>(), true)>; })
    return kMemberName<member_pointer<T, kMembers<T>, I>()>.text;
  else
    return kPositionNames[I];
}

template <class T, class Visit, unsigned... I>
void visit_members(const T& object, Visit& visit, Positions<I...>) {
  with_members<kMembers<T>>(object, [&](const auto&... m) {
    (visit(name_of_member<T, I>(), m), ...);
    return 0;
  });
}
// visit(name, member) for each.
template <class T, class Visit>
void for_each_member(const T& object, Visit visit) {
  visit_members(object, visit, typename MakePositions<kMembers<T>>::type{});
}

}  // namespace autospan::detail

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
