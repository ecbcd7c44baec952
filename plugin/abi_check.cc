// inject.h restates the ABI under names of its own; this compares every struct with abi.h. It is
// compiled with the plugin and holds no code.
#define __AUTOSPAN_PLUGIN_ABI 1
#include <autospan/abi.h>

#include <cstddef>

#include "header/inject.h"

static_assert(AUTOSPAN_ABI_VERSION == 1, "inject.h and the plugin speak version 1");

#define AUTOSPAN_SAME_STRUCT(name)                                       \
  static_assert(sizeof(__autospan_##name) == sizeof(autospan_v1_##name), \
                "inject.h differs from abi.h in the size of " #name)
#define AUTOSPAN_SAME_FIELD(name, field)                                                     \
  static_assert(offsetof(__autospan_##name, field) == offsetof(autospan_v1_##name, field) && \
                    sizeof(__autospan_##name::field) == sizeof(autospan_v1_##name::field),   \
                "inject.h differs from abi.h in " #name "::" #field)

AUTOSPAN_SAME_STRUCT(enum_name);
AUTOSPAN_SAME_FIELD(enum_name, value);
AUTOSPAN_SAME_FIELD(enum_name, name);
AUTOSPAN_SAME_STRUCT(param);
AUTOSPAN_SAME_FIELD(param, name);
AUTOSPAN_SAME_FIELD(param, aux);
AUTOSPAN_SAME_FIELD(param, aux_count);
AUTOSPAN_SAME_FIELD(param, type);
AUTOSPAN_SAME_FIELD(param, flags);
AUTOSPAN_SAME_FIELD(param, reserved);
AUTOSPAN_SAME_STRUCT(site);
AUTOSPAN_SAME_FIELD(site, id);
AUTOSPAN_SAME_FIELD(site, bytes);
AUTOSPAN_SAME_FIELD(site, kind);
AUTOSPAN_SAME_FIELD(site, flags);
AUTOSPAN_SAME_FIELD(site, name);
AUTOSPAN_SAME_FIELD(site, function);
AUTOSPAN_SAME_FIELD(site, file);
AUTOSPAN_SAME_FIELD(site, service);
AUTOSPAN_SAME_FIELD(site, params);
AUTOSPAN_SAME_FIELD(site, line);
AUTOSPAN_SAME_FIELD(site, param_count);
AUTOSPAN_SAME_FIELD(site, span_kind);
AUTOSPAN_SAME_FIELD(site, min_duration_us);
AUTOSPAN_SAME_STRUCT(guard);
AUTOSPAN_SAME_STRUCT(coroutine);
AUTOSPAN_SAME_STRUCT(slot);
AUTOSPAN_SAME_FIELD(slot, word);
AUTOSPAN_SAME_FIELD(slot, length);
AUTOSPAN_SAME_FIELD(slot, type);
AUTOSPAN_SAME_FIELD(slot, flags);
AUTOSPAN_SAME_FIELD(slot, reserved);
static_assert(AUTOSPAN_STR == 5 && AUTOSPAN_I64 == 2 && AUTOSPAN_U64 == 3 && AUTOSPAN_F64 == 4 &&
                  AUTOSPAN_TRUNCATED == 1,
              "inject.h writes types and flags as numbers");
