// TRACE_FIELD and TRACE_FIELDS: values and whole objects on the innermost open span.
//
// An object's members come from, in this order: autospan_fields(value, out), found by the type's
// namespace (AUTOSPAN_FIELDS writes one); in C++20 the compiler's own knowledge of an aggregate;
// else only the type is said. Depth 3, 16 fields an object; containers as their size and the first
// four elements as one JSON text.
#pragma once

#include <type_traits>

#include "autospan/abi.h"
#include "autospan/detail/json_text.h"
#include "autospan/detail/name.h"
#include "autospan/detail/secret.h"
#include "autospan/detail/value.h"
#if __cplusplus >= 202002L
#include "autospan/detail/aggregate.h"
#endif

namespace autospan {

class FieldSink;

namespace detail {

template <class T, class = void>
struct HasHook : std::false_type {};
template <class T>
struct HasHook<T, std::void_t<decltype(autospan_fields(declared<T>(),
                                                       *static_cast<FieldSink*>(nullptr)))>>
    : std::true_type {};

template <class T, class = void>
struct IsErrorCodeLike : std::false_type {};
template <class T>
struct IsErrorCodeLike<T, std::void_t<decltype(declared<T>().message()),
                                      decltype(declared<T>().category().name()),
                                      decltype(declared<T>().value())>>
    : std::true_type {};

template <class T, class = void>
struct IsContainerLike : std::false_type {};
template <class T>
struct IsContainerLike<T, std::void_t<decltype(declared<T>().size()),
                                      decltype(*declared<T>().begin()),
                                      decltype(declared<T>().end())>>
    : std::true_type {};

template <class T, class = void>
struct IsPointerLike : std::false_type {};   // unique_ptr, shared_ptr
template <class T>
struct IsPointerLike<T, std::void_t<typename T::element_type,
                                    decltype(declared<T>().get()),
                                    decltype(static_cast<bool>(declared<T>()))>>
    : std::true_type {};

}  // namespace detail

// Receives the members of an object. Made by TRACE_FIELDS, given to autospan_fields hooks; valid for
// the call only.
class FieldSink {
 public:
  // value: anything TRACE_FIELD or TRACE_FIELDS takes. Its key is the prefix, a dot and `name`; of a
  // name that speaks of a secret only [redacted] is recorded.
  template <class T>
  void field(const char* name, const T& value) {
    if (left_ == 0) return;
    --left_;
    const autospan_size before = length_;
    append(name);
    if (detail::is_secret_name(name, static_cast<long>(detail::length_of(name))))
      put({0, 0, AUTOSPAN_REDACTED, 0, 0});
    else
      add(value);
    length_ = before;
  }

  FieldSink(const FieldSink&) = delete;
  FieldSink& operator=(const FieldSink&) = delete;

  // The object itself as a text: its key is the prefix.
  void text(const char* bytes, autospan_size length, bool cut = false) {
    autospan_v1_slot slot = detail::text_slot(bytes, length);
    if (cut) slot.flags |= AUTOSPAN_TRUNCATED;
    put(slot);
  }

  // --- of the macros ---
  explicit FieldSink(const char* key) { append(key); }

  template <class T>
  void add(const T& value) {
    using B = detail::Bare<T>;
    if constexpr (detail::type_of<T>() != AUTOSPAN_OPAQUE) put(detail::slot_of(value));
    else if constexpr (detail::HasHook<B>::value) object(value);
    else if constexpr (detail::IsErrorCodeLike<B>::value) error_code(value);
    else if constexpr (detail::IsPointerLike<B>::value) {
      if (value) add(*value);
    } else if constexpr (detail::IsOptionalLike<B>::value) {
      if (value.has_value()) add(*value);
    } else if constexpr (detail::IsContainerLike<B>::value) container(value);
    else object(value);
  }

 private:
  static constexpr unsigned kDepthMax = 3, kFieldsMax = 16, kKeyMax = 256, kElementsMax = 4;

  void put(const autospan_v1_slot& slot) { autospan_v1_field_key(key_, length_, &slot); }

  void append(const char* name) {
    if (length_ && length_ < kKeyMax) key_[length_++] = '.';
    while (*name && length_ < kKeyMax) key_[length_++] = *name++;
  }

  void type_only(const char* type) {
    char text[kKeyMax];
    autospan_size n = 0;
    text[n++] = '<';
    while (*type && n < kKeyMax - 1) text[n++] = *type++;
    text[n++] = '>';
    put(detail::text_slot(text, n));
  }

  template <class T>
  void object(const T& value) {
    if (depth_ == kDepthMax) return type_only(detail::kTypeName<T>.text);
    const unsigned outer = left_;
    ++depth_;
    left_ = kFieldsMax;
    members(value);
    --depth_;
    left_ = outer;
  }

  template <class T>
  void members(const T& value) {
    if constexpr (detail::HasHook<T>::value) {
      autospan_fields(value, *this);
    } else {
#if __cplusplus >= 202002L
      if constexpr (detail::kReflectable<T>) {
        detail::for_each_member(value, [this](const char* name, const auto& member) {
          this->field(name, member);
        });
        return;
      }
#endif
      type_only(detail::kTypeName<T>.text);
    }
  }

  template <class T>
  void error_code(const T& code) {
    const auto message = code.message();
    named("code", code.value());
    named("category", code.category().name());
    named("message", message);
  }

  template <class T>
  void container(const T& values) {
    named("size", static_cast<autospan_u64>(values.size()));
    if constexpr (detail::type_of<decltype(*values.begin())>() != AUTOSPAN_OPAQUE) elements(values);
  }

  template <class T>
  void elements(const T& values) {
    detail::JsonText json;
    json.open('[');
    unsigned count = 0;
    for (const auto& element : values) {
      if (count++ == kElementsMax) break;
      json.element(element);
    }
    json.close(']');
    if (count && json.complete())
      put({static_cast<autospan_u64>(reinterpret_cast<__UINTPTR_TYPE__>(json.text())),
           static_cast<autospan_u32>(json.size()), AUTOSPAN_JSON,
           static_cast<autospan_u8>(values.size() > kElementsMax ? AUTOSPAN_TRUNCATED : 0), 0});
  }

  template <class T>
  void named(const char* name, const T& value) {
    const autospan_size before = length_;
    append(name);
    put(detail::slot_of(value));
    length_ = before;
  }

  char key_[kKeyMax];
  autospan_size length_ = 0;
  unsigned depth_ = 0;
  unsigned left_ = kFieldsMax;
};

namespace detail {

inline const char* c_text(const char* text) { return text; }
template <class T>
auto c_text(const T& text) -> decltype(text.c_str()) { return text.c_str(); }

template <class Key, class T>
void add_field(const Key& key, const T& value) {
  if constexpr (type_of<T>() != AUTOSPAN_OPAQUE) {
    const autospan_v1_slot slot = slot_of(value);
    const char* text = c_text(key);
    autospan_v1_field_key(text, length_of(text), &slot);
  } else {
    FieldSink(c_text(key)).add(value);
  }
}

// What the plugin calls for a parameter whose type has a hook. A hook may call functions that have
// spans, with parameters that have hooks: those are not asked. What it throws is its own.
inline thread_local bool inside_hook = false;
template <class T>
__attribute__((noinline)) void add_hooked(const char* key, const T& value) noexcept {
  if (inside_hook) return;
  inside_hook = true;
#if defined(__cpp_exceptions)
  try {
    FieldSink(key).add(value);
  } catch (...) {
  }
#else
  FieldSink(key).add(value);
#endif
  inside_hook = false;
}

template <class Key, class T>
void add_object(const Key& prefix, const T& value) { FieldSink(c_text(prefix)).add(value); }

}  // namespace detail
}  // namespace autospan
