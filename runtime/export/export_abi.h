/* The border between the pipeline and libautospan-export.so, which is opened with dlopen: C types
 * only, so that neither side's C++ library, allocator or exceptions cross. Symbols carry the
 * version; structs carry their size and only grow. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { AUTOSPAN_EXPORT_VERSION = 1 };

typedef struct autospan_export_request {
  uint32_t size;     /* sizeof of this struct where it was filled */
  uint32_t compress; /* 1: zstd, with its Content-Encoding */
  const char* url;
  const char* const* headers; /* "Name: value" each; never logged */
  size_t headers_count;
  const char* body; /* NULL: a GET */
  size_t body_bytes;
  int32_t connect_timeout_ms;
  int32_t total_timeout_ms;
} autospan_export_request;

enum {
  AUTOSPAN_EXPORT_ANSWERED = 0, /* http_status is set */
  AUTOSPAN_EXPORT_NOT_SENT = 1, /* no connection: the endpoint has not seen the request */
  AUTOSPAN_EXPORT_LOST = 2,     /* sent at least in part, answer missing or unreadable */
  AUTOSPAN_EXPORT_CANCELLED = 3,
};

typedef struct autospan_export_response {
  uint32_t size;
  int32_t outcome;
  int32_t http_status;
  char error[256];      /* the transport's words where there is no answer */
  char retry_after[64]; /* the header's value, empty if absent or longer */
  const char* body;     /* the session's, until its next perform or close */
  size_t body_bytes;    /* cut at 1 MiB */
} autospan_export_response;

#pragma GCC visibility push(default)
/* A session keeps connections alive; one thread at a time performs. NULL: out of memory. */
void* autospan_export_v1_open(void);
void autospan_export_v1_perform(void* session, const autospan_export_request* request,
                                autospan_export_response* response);
/* From any thread: the perform in progress and all later ones end at once as CANCELLED. */
void autospan_export_v1_cancel(void* session);
void autospan_export_v1_close(void* session);
#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
