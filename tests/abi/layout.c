/* The layout of ABI 1 on 64-bit machines, as C11. Once sdk-1.0.0 is tagged these lines never change. */
#include "motcua/abi.h"

#include <assert.h>
#include <stddef.h>

static_assert(sizeof(void *) == 8, "ABI 1 is told for 64-bit machines");
static_assert(MOTCUA_ABI_MAJOR == 1, "");

static_assert(sizeof(motcua_str) == 16 && offsetof(motcua_str, ptr) == 0 && offsetof(motcua_str, len) == 8, "");
static_assert(sizeof(motcua_bytes) == 16 && offsetof(motcua_bytes, ptr) == 0 && offsetof(motcua_bytes, len) == 8, "");
static_assert(sizeof(motcua_status) == 4, "");
static_assert(MOTCUA_OK == 0 && MOTCUA_INVALID == 1 && MOTCUA_DENIED == 2 && MOTCUA_NOT_FOUND == 3 && MOTCUA_CONFLICT == 4, "");
static_assert(MOTCUA_REJECTED == 5 && MOTCUA_UNAVAILABLE == 6 && MOTCUA_TIMEOUT == 7 && MOTCUA_UNIMPLEMENTED == 8 && MOTCUA_INTERNAL == 9, "");

/* A record: members stay where they are, new ones come after blob_count. */
static_assert(offsetof(motcua_call, size) == 0, "");
static_assert(offsetof(motcua_call, attempt) == 4, "");
static_assert(offsetof(motcua_call, deadline_ms) == 8, "");
static_assert(offsetof(motcua_call, id) == 16, "");
static_assert(offsetof(motcua_call, idempotency_key) == 24, "");
static_assert(offsetof(motcua_call, traceparent) == 40, "");
static_assert(offsetof(motcua_call, locale) == 56, "");
static_assert(offsetof(motcua_call, profile) == 72, "");
static_assert(offsetof(motcua_call, config_json) == 88, "");
static_assert(offsetof(motcua_call, blobs) == 104, "");
static_assert(offsetof(motcua_call, blob_count) == 112, "");
static_assert(sizeof(motcua_call) >= 120, "");

static_assert(offsetof(motcua_entry, size) == 0, "");
static_assert(offsetof(motcua_entry, abi_major) == 4, "");
static_assert(offsetof(motcua_entry, abi_minor) == 8, "");
static_assert(offsetof(motcua_entry, reserved) == 12, "");
static_assert(offsetof(motcua_entry, manifest_json) == 16, "");
static_assert(offsetof(motcua_entry, create) == 32, "");
static_assert(sizeof(motcua_entry) >= 40, "");

/* Tables: frozen, sizes included. */
static_assert(sizeof(motcua_reply) == 24 && offsetof(motcua_reply, host) == 0 && offsetof(motcua_reply, complete) == 8 &&
                  offsetof(motcua_reply, cancelled) == 16, "");
static_assert(sizeof(motcua_host) == 24 && offsetof(motcua_host, abi_major) == 0 && offsetof(motcua_host, abi_minor) == 4 &&
                  offsetof(motcua_host, impl) == 8 && offsetof(motcua_host, service) == 16, "");
static_assert(sizeof(motcua_plugin) == 48 && offsetof(motcua_plugin, self) == 0 && offsetof(motcua_plugin, start) == 8 &&
                  offsetof(motcua_plugin, stop) == 16 && offsetof(motcua_plugin, destroy) == 24 &&
                  offsetof(motcua_plugin, operations) == 32 && offsetof(motcua_plugin, invoke) == 40, "");
static_assert(sizeof(motcua_host_call_1) == 8 && sizeof(motcua_host_net_1) == 8 && sizeof(motcua_host_log_1) == 8 &&
                  sizeof(motcua_host_clock_1) == 8 && sizeof(motcua_host_random_1) == 8, "");

int motcua_layout_is_told_at_compile_time;
