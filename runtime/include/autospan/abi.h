/* The contract between instrumented code and the recorder, version 1: frozen. It grows by new symbols
 * beside the old; an object that was made at the freeze is linked and run in the tests (tests/frozen).
 *
 * Everything a site needs and nothing more: plain C, no include, no layout of the ring, no TLS
 * symbol. The plugin's inject.h, the macros and the compiler hooks all speak only this. Symbols
 * carry the version, so that code made for another ABI fails at link with both versions named.
 *
 * All functions are noexcept and may be called from any thread, before main, in a signal handler,
 * after fork and after exit: where a span cannot be recorded the guard is zero and the loss is
 * counted. Pointers passed in are borrowed for the call only, except those in a site, which must
 * stay readable until its shared object is unloaded (they are copied when the site is registered).
 */
#ifndef AUTOSPAN_ABI_H
#define AUTOSPAN_ABI_H

#define AUTOSPAN_ABI_VERSION 1

#ifdef __cplusplus
#define AUTOSPAN_ABI_NOEXCEPT noexcept
extern "C" {
#else
#define AUTOSPAN_ABI_NOEXCEPT
#endif

/* Calls of different sites are not to be made one: each is patched away for itself. */
#if defined(__clang__) && __clang_major__ >= 12
#define AUTOSPAN_ABI_SWITCHED AUTOSPAN_ABI_NOEXCEPT __attribute__((__nomerge__))
#else
#define AUTOSPAN_ABI_SWITCHED AUTOSPAN_ABI_NOEXCEPT
#endif

/* A tail call out of a function with frame and a branch around it makes its way out stand twice. */
#if defined(__clang__)
#define AUTOSPAN_ABI_ONE_WAY_OUT __attribute__((__not_tail_called__))
#else
#define AUTOSPAN_ABI_ONE_WAY_OUT
#endif

typedef __UINT8_TYPE__ autospan_u8;
typedef __UINT16_TYPE__ autospan_u16;
typedef __UINT32_TYPE__ autospan_u32;
typedef __UINT64_TYPE__ autospan_u64;
typedef __INT64_TYPE__ autospan_i64;
typedef __SIZE_TYPE__ autospan_size;

/* What a value is. One word of data unless said otherwise. The numbers are part of FORMAT.md. */
enum {
  AUTOSPAN_NONE = 0,     /* no value (an empty optional): the field is absent. No data. */
  AUTOSPAN_BOOL = 1,     /* 0 or 1 */
  AUTOSPAN_I64 = 2,      /* two's complement */
  AUTOSPAN_U64 = 3,
  AUTOSPAN_F64 = 4,      /* the bits of a double */
  AUTOSPAN_STR = 5,      /* bytes, UTF-8 expected; pointer and length */
  AUTOSPAN_PTR = 6,      /* an address, shown as 0x… */
  AUTOSPAN_CHAR = 7,     /* a code point, shown as text */
  AUTOSPAN_ENUM = 8,     /* two's complement; names in autospan_v1_param::aux */
  AUTOSPAN_OPAQUE = 9,   /* only the type is known: its name is in aux. No data. */
  AUTOSPAN_REDACTED = 10,/* shown as [redacted]. No data. */
  AUTOSPAN_DURATION = 11,/* nanoseconds, two's complement; shown as <name>_ms */
  AUTOSPAN_TIME = 12,    /* nanoseconds since the Unix epoch; shown as RFC 3339 */
  AUTOSPAN_JSON = 13,    /* one JSON text; pointer and length */
  AUTOSPAN_F32 = 14,     /* the bits of a float in the low half */
  AUTOSPAN_TYPES = 15
};

/* Flags of a param and of a slot. */
enum {
  AUTOSPAN_TRUNCATED = 1,  /* the value was cut before it reached the recorder */
  AUTOSPAN_MAYBE = 2,      /* param only: the value may be absent (then only enter_n is used) */
  AUTOSPAN_LATER = 4       /* param only: set() gives it, enter does not; behind those that it does */
};

typedef struct autospan_v1_enum_name {
  autospan_i64 value;
  const char* name;
} autospan_v1_enum_name;

/* A named value of a site: a function's parameter, or a macro's key. */
typedef struct autospan_v1_param {
  const char* name;      /* the field's key as it goes on the wire (reserved names moved aside) */
  const void* aux;       /* ENUM: autospan_v1_enum_name[aux_count]; OPAQUE: the type's name */
  autospan_u16 aux_count;
  autospan_u8 type;      /* AUTOSPAN_* */
  autospan_u8 flags;
  autospan_u32 reserved; /* zero */
} autospan_v1_param;

enum {                          /* autospan_v1_site::kind */
  AUTOSPAN_SITE_SPAN = 1,
  AUTOSPAN_SITE_FIELD = 2,      /* params[0] names the field */
  AUTOSPAN_SITE_EVENT = 3
};
enum {                          /* autospan_v1_site::flags */
  AUTOSPAN_SITE_ROOT = 1,       /* starts a trace of its own, linked to the enclosing span */
  AUTOSPAN_SITE_HOOK = 2,       /* made by -finstrument-functions: name only */
  AUTOSPAN_SITE_CPU = 4,        /* cpu_ms and wait_ms: two system calls a span */
  AUTOSPAN_SITE_ASKS = 8,       /* calls armed() first, and enter only where it says 1 */
  AUTOSPAN_SITE_STACK = 16      /* exception.stacktrace: where what leaves it was thrown */
};
/* autospan_v1_site::span_kind, OpenTelemetry's SpanKind */
enum {
  AUTOSPAN_KIND_INTERNAL = 0,
  AUTOSPAN_KIND_SERVER = 1,
  AUTOSPAN_KIND_CLIENT = 2,
  AUTOSPAN_KIND_PRODUCER = 3,
  AUTOSPAN_KIND_CONSUMER = 4
};

/* One place in code that makes spans, fields or events: a static, written by the compiler. Only
 * `id` is ever changed, by the recorder: 0 = not yet registered. */
typedef struct autospan_v1_site {
  autospan_u32 id;
  autospan_u16 bytes;        /* sizeof(autospan_v1_site) of the code that made it */
  autospan_u8 kind;          /* AUTOSPAN_SITE_* */
  autospan_u8 flags;
  const char* name;          /* span name: qualified, without parameters and template arguments */
  const char* function;      /* code.function: full signature; may be null */
  const char* file;          /* code.filepath; may be null */
  const char* service;       /* service= of the build; may be null */
  const autospan_v1_param* params;
  autospan_u32 line;
  autospan_u16 param_count;
  autospan_u8 span_kind;
  autospan_u8 reserved8;     /* zero */
  autospan_u32 min_duration_us;  /* shorter spans are folded into their parent; 0 = none */
  autospan_u32 reserved32;   /* zero */
} autospan_v1_site;

/* A span that this frame of code opened: what its enter returned, to be given to exit. Zero = not
 * recording. Opaque, unique in the process; returned in a register, so that a call that is patched
 * away leaves zero. */
typedef autospan_u64 autospan_v1_guard;

/* One typed value for the general shapes. */
typedef struct autospan_v1_slot {
  autospan_u64 word;     /* the data; STR and JSON: the address of the first byte */
  autospan_u32 length;   /* STR and JSON: bytes; else 0 */
  autospan_u8 type;
  autospan_u8 flags;
  autospan_u16 reserved; /* zero */
} autospan_v1_slot;

/* Where a span stands: what a propagator writes into a header. Ids as raw bytes, big-endian. */
typedef struct autospan_v1_context {
  autospan_u8 trace_id[16];
  autospan_u8 span_id[8];
  autospan_u32 flags;    /* bit 0: sampled */
  autospan_u32 rate;     /* sample rate; 0 or 1 = every one */
} autospan_v1_context;

/* --- Spans ------------------------------------------------------------------------------------
 * The special shapes take the site's data-bearing params (all but OPAQUE and REDACTED) in order
 * and by the types the site states: w = one word, s = bytes and length. Strings longer than 256
 * bytes are cut at a code point. enter_n takes one typed slot for each data-bearing param. */
autospan_v1_guard autospan_v1_enter_0(autospan_v1_site*) AUTOSPAN_ABI_SWITCHED;
autospan_v1_guard autospan_v1_enter_w(autospan_v1_site*, autospan_u64) AUTOSPAN_ABI_SWITCHED;
autospan_v1_guard autospan_v1_enter_ww(autospan_v1_site*, autospan_u64,
                                       autospan_u64) AUTOSPAN_ABI_SWITCHED;
autospan_v1_guard autospan_v1_enter_s(autospan_v1_site*, const char*,
                                      autospan_size) AUTOSPAN_ABI_SWITCHED;
autospan_v1_guard autospan_v1_enter_ws(autospan_v1_site*, autospan_u64, const char*,
                                       autospan_size) AUTOSPAN_ABI_SWITCHED;
autospan_v1_guard autospan_v1_enter_n(autospan_v1_site*, const autospan_v1_slot*,
                                      autospan_size count) AUTOSPAN_ABI_SWITCHED;
/* 1 if a span of this site would be recorded now: arguments need not be evaluated otherwise. */
int autospan_v1_armed(autospan_v1_site*) AUTOSPAN_ABI_SWITCHED;
/* Ends the guard's span; zero is ignored. Frames above it on this thread's stack are closed as
 * `abandoned`; a guard that is not on this thread's stack is counted and otherwise ignored. */
void autospan_v1_exit(autospan_v1_guard) AUTOSPAN_ABI_NOEXCEPT AUTOSPAN_ABI_ONE_WAY_OUT;

/* A param of the guard's own site that is AUTOSPAN_LATER, by its index: a return value. Zero is ignored. */
void autospan_v1_set(autospan_v1_guard, autospan_u32 param, const autospan_v1_slot*) AUTOSPAN_ABI_NOEXCEPT;
/* The guard's span failed without an exception: error=true, and error.message where there is one. */
void autospan_v1_fail(autospan_v1_guard, const char* message, autospan_size length) AUTOSPAN_ABI_NOEXCEPT;

/* --- What lands on the innermost open span of this thread -------------------------------------
 * Outside any span it is counted. A STR of up to 65,535 bytes is kept whole, longer ones are cut. */
void autospan_v1_field(autospan_v1_site*, const autospan_v1_slot*) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_field_key(const char* key, autospan_size key_length,
                           const autospan_v1_slot*) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_event(autospan_v1_site*, const autospan_v1_slot*,
                       autospan_size count) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_link(const autospan_v1_context*) AUTOSPAN_ABI_NOEXCEPT;
/* error=true with exception.message, and exception.type where `type` is given (may be mangled). */
void autospan_v1_error(const char* message, autospan_size message_length, const char* type,
                       autospan_size type_length) AUTOSPAN_ABI_NOEXCEPT;
/* exception.stacktrace: from here outwards, as far as 32 frames. */
void autospan_v1_stack(void) AUTOSPAN_ABI_NOEXCEPT;
/* 1 if a span is open on this thread: arguments of fields need not be evaluated otherwise. */
int autospan_v1_recording(void) AUTOSPAN_ABI_NOEXCEPT;
/* Bytes of a char*'s text, at most `most`: up to its zero, or to where nothing is there to be read. */
autospan_size autospan_v1_text_length(const char* text, autospan_size most) AUTOSPAN_ABI_NOEXCEPT;

/* --- Context ----------------------------------------------------------------------------------
 * current_context: 1 and *out filled where a span is open or a context is attached, else 0.
 * A scope makes top-level spans of this thread children of a context until it ends; scopes nest
 * and must end on the thread that began them, in reverse order. */
typedef struct autospan_v1_scope {
  autospan_u64 opaque[3];
} autospan_v1_scope;
int autospan_v1_current_context(autospan_v1_context* out) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_scope_begin(autospan_v1_scope*, const autospan_v1_context*) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_scope_end(autospan_v1_scope*) AUTOSPAN_ABI_NOEXCEPT;

/* --- Detached spans ---------------------------------------------------------------------------
 * Spans that are no stack frame (coroutines, asynchronous client calls): begun on one thread,
 * ended on any. The parent is the innermost open span at begin. suspend and resume count the time
 * the span was not running. Zero handle = not recording. */
typedef struct autospan_v1_detached {
  autospan_u32 slot;
  autospan_u32 seq;
} autospan_v1_detached;
void autospan_v1_detached_begin(autospan_v1_detached*, autospan_v1_site*, const autospan_v1_slot*,
                                autospan_size count) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_detached_suspend(autospan_v1_detached*) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_detached_resume(autospan_v1_detached*) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_detached_end(autospan_v1_detached*) AUTOSPAN_ABI_NOEXCEPT;

/* --- Coroutines -------------------------------------------------------------------------------
 * A detached span that what its coroutine's body does falls under: begun with the coroutine's call, on any
 * thread suspended and resumed, ended where the body ends or its frame is destroyed. Suspended = its
 * time is idle, and the thread has the context of before; end while suspended marks it cancelled. Lies in
 * the coroutine's frame, zero = not recording. */
typedef struct autospan_v1_coroutine {
  autospan_u64 opaque[5];
} autospan_v1_coroutine;
void autospan_v1_coroutine_begin(autospan_v1_coroutine*, autospan_v1_site*, const autospan_v1_slot*,
                                 autospan_size count) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_coroutine_suspend(autospan_v1_coroutine*) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_coroutine_resume(autospan_v1_coroutine*) AUTOSPAN_ABI_NOEXCEPT;
void autospan_v1_coroutine_end(autospan_v1_coroutine*) AUTOSPAN_ABI_NOEXCEPT;

/* --- Process ----------------------------------------------------------------------------------
 * Hands what was recorded so far to the exporters and waits for their answer, at most timeout_ms.
 * 1 if everything was delivered or nothing exports. */
int autospan_v1_flush(autospan_u32 timeout_ms) AUTOSPAN_ABI_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
