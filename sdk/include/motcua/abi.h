/* The boundary between the Một Cửa server and a plugin: one exported symbol, frozen tables, records that only grow.
 *
 * ABI 1, DRAFT until sdk-1.0.0 is tagged, frozen from then on. Ids do not change when the draft becomes final.
 *
 * Conventions
 *   Tables    (motcua_host, motcua_plugin, motcua_host_*_1) are frozen: no member is ever added, moved or changed.
 *             What is new comes under a new service id or as ABI 2 with another symbol.
 *   Records   (motcua_call, motcua_entry) begin with `size`, the bytes the writer filled; they grow at their end only. A
 *             reader copies min(size, what it knows) over a zeroed record of its own.
 *   Strings   are UTF-8, not terminated unless they are `const char *`, and borrowed for the call that hands them over:
 *             copy what must live longer. An empty string may have a NULL pointer.
 *   Memory    stays with the side that allocated it. Results are pushed into the other side's function, which copies.
 *   Errors    are statuses. No exception, signal handler, longjmp or C++ type crosses.
 *   Bytes     too large for JSON travel beside it: {"blob": 2} in the JSON is the third element of `blobs`.
 *   Times     are milliseconds since 1970-01-01T00:00:00Z.
 *
 * Threads (the tag stands at every function)
 *   [control]      calls of the host that never overlap with each other.
 *   [worker]       calls of the host that overlap up to the manifest's limits.concurrency (default 1).
 *   [thread-safe]  may be called from any thread at any time between create() and the return of destroy().
 */
#ifndef MOTCUA_ABI_H
#define MOTCUA_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MOTCUA_ABI_MAJOR 1u
#define MOTCUA_ABI_MINOR 0u

typedef struct motcua_str {
    const char *ptr;
    size_t len;
} motcua_str;

typedef struct motcua_bytes {
    const void *ptr;
    size_t len;
} motcua_bytes;

/* Closed set. Only UNAVAILABLE and TIMEOUT may be retried by the caller. */
typedef int32_t motcua_status;
enum {
    MOTCUA_OK = 0,
    MOTCUA_INVALID = 1,       /* the request, or the profile's configuration, breaks the contract */
    MOTCUA_DENIED = 2,        /* credentials refused, or not allowed */
    MOTCUA_NOT_FOUND = 3,
    MOTCUA_CONFLICT = 4,      /* the thing stands in another state */
    MOTCUA_REJECTED = 5,      /* a business "no" that is shown to the user */
    MOTCUA_UNAVAILABLE = 6,   /* down or busy; may be retried */
    MOTCUA_TIMEOUT = 7,       /* the deadline passed; may be retried */
    MOTCUA_UNIMPLEMENTED = 8, /* unknown operation: how old plugins meet new hosts */
    MOTCUA_INTERNAL = 9       /* a bug */
};

/* Record, host to plugin: what surrounds one operation. */
typedef struct motcua_call {
    uint32_t size;
    int32_t attempt;            /* 1 for the first */
    int64_t deadline_ms;        /* past it nobody waits for the answer */
    uint64_t id;                /* names this call to the host's services */
    motcua_str idempotency_key; /* called twice with one key, return the same result */
    motcua_str traceparent;     /* W3C trace context */
    motcua_str locale;          /* "vi" or "en" */
    motcua_str profile;         /* the settings and secrets under which this call runs */
    motcua_str config_json;     /* those settings, checked against the manifest's schema */
    const motcua_bytes *blobs;
    size_t blob_count;
} motcua_call;

/* Owned by the host. Answer exactly once, inside invoke() or later, from any thread; do not touch it afterwards. */
typedef struct motcua_reply motcua_reply;
struct motcua_reply {
    void *host;
    /* Copies everything. `retry_after_ms` counts for UNAVAILABLE only, 0 = no opinion. A body that is not OK is
       {"code": "…", "detail": "…", "params": {…}}. [thread-safe] */
    void (*complete)(motcua_reply *, motcua_status, motcua_str body_json, const motcua_bytes *blobs, size_t blob_count,
                     int64_t retry_after_ms);
    /* 1 once nobody waits any more. [thread-safe] */
    int32_t (*cancelled)(const motcua_reply *);
};

/* Frozen table, host to plugin. */
typedef struct motcua_host motcua_host;
struct motcua_host {
    uint32_t abi_major;
    uint32_t abi_minor;
    void *impl;
    /* A table below by its id, valid until destroy() returns; NULL = this host does not offer it. [thread-safe] */
    const void *(*service)(const motcua_host *, const char *id);
};

/* Takes the answer of a host's operation; called exactly once, before the function it was given to returns. */
typedef void (*motcua_answer)(void *user, motcua_status, motcua_str body_json, const motcua_bytes *blobs,
                              size_t blob_count);

/* Operations of the host, as JSON (sdk/schema/host.json): http.send/1, secret.get/1, config.get/1, kv.…, event.post/1.
   `within` is motcua_call.id of a call not yet completed, or 0 for a plugin's own background work. */
#define MOTCUA_HOST_CALL_1 "motcua.host.call/1"
typedef struct motcua_host_call_1 {
    /* Blocks until answered or past the deadline of the call it is within. [thread-safe] */
    void (*call)(const motcua_host *, uint64_t within, const char *op, motcua_str request_json,
                 const motcua_bytes *blobs, size_t blob_count, motcua_answer, void *user);
} motcua_host_call_1;

#define MOTCUA_HOST_NET_1 "motcua.host.net/1"
typedef struct motcua_host_net_1 {
    /* A connected, blocking socket by TCP to a host and port, or to "unix:/path" (port 0), on the manifest's allow list,
       owned by the caller from here on; -1 after `refused` was told why. [thread-safe] */
    int32_t (*connect)(const motcua_host *, uint64_t within, motcua_str host, uint32_t port, motcua_answer refused,
                       void *user);
} motcua_host_net_1;

#define MOTCUA_HOST_LOG_1 "motcua.host.log/1"
enum { MOTCUA_LOG_DEBUG = 0, MOTCUA_LOG_INFO = 1, MOTCUA_LOG_WARNING = 2, MOTCUA_LOG_ERROR = 3,
       MOTCUA_LOG_HOST_MISBEHAVING = 4 };
typedef struct motcua_host_log_1 {
    /* `event` is a dotted name that stays, `fields_json` an object of flat values. Neither personal data nor secrets.
       [thread-safe] */
    void (*write)(const motcua_host *, uint64_t within, int32_t level, motcua_str event, motcua_str fields_json);
} motcua_host_log_1;

#define MOTCUA_HOST_CLOCK_1 "motcua.host.clock/1"
typedef struct motcua_host_clock_1 {
    int64_t (*now_ms)(const motcua_host *); /* [thread-safe] */
} motcua_host_clock_1;

#define MOTCUA_HOST_RANDOM_1 "motcua.host.random/1"
typedef struct motcua_host_random_1 {
    void (*fill)(const motcua_host *, void *bytes, size_t count); /* cryptographic quality [thread-safe] */
} motcua_host_random_1;

/* Frozen table, plugin to host. */
typedef struct motcua_plugin motcua_plugin;
struct motcua_plugin {
    void *self;
    motcua_status (*start)(motcua_plugin *);  /* host operations are open from here on [control] */
    void (*stop)(motcua_plugin *);            /* end own threads; calls still open are completed first [control] */
    void (*destroy)(motcua_plugin *);         /* only stopped, or never started [control] */
    /* The operations it answers, each ended by a zero byte, the list by an empty one:
       "payment.create/1\0payment.query/1\0". Lives until destroy(). [control] */
    const char *(*operations)(motcua_plugin *);
    void (*invoke)(motcua_plugin *, const motcua_call *, const char *op, motcua_str request_json,
                   motcua_reply *); /* [worker] */
};

/* Record, plugin to host. */
typedef struct motcua_entry {
    uint32_t size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved; /* 0 */
    motcua_str manifest_json; /* the bytes of the ELF section .motcua_manifest */
    /* NULL where it cannot be made. May look services up, not call them. [control] */
    motcua_plugin *(*create)(const motcua_host *);
} motcua_entry;

/* The one symbol that leaves the library. Calling it any number of times is safe. ABI 2 would be another symbol. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const motcua_entry *motcua_plugin_entry_1(void);

#ifdef __cplusplus
}
#endif

#endif
