/* A plugin of release 1.0.0 in plain C that uses every table and record of abi.h and says what it found.
   Never changed: it stands for those that were built in that year and that nobody builds again. */
#define _GNU_SOURCE /* memmem */
#include "motcua/abi.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char motcua_manifest_begin[];
extern const char motcua_manifest_end[];

struct golden {
    motcua_plugin table;
    const motcua_host* host;
    pthread_t thread; /* that gives the answer after invoke() has returned */
    int has_thread;
    motcua_reply* reply;
    char body[2000];
    char blob[64];
};

struct answer {
    int calls;
    motcua_status status;
    char body[600];
};

static motcua_str text(const char* words) {
    motcua_str made = {words, strlen(words)};
    return made;
}

static void take(void* user, motcua_status status, motcua_str body, const motcua_bytes* blobs, size_t count) {
    struct answer* into = user;
    (void)blobs, (void)count;
    ++into->calls;
    into->status = status;
    snprintf(into->body, sizeof into->body, "%.*s", (int)body.len, body.ptr);
}

static int is(motcua_str one, const char* word) {
    return one.len == strlen(word) && memcmp(one.ptr, word, one.len) == 0;
}

/* The record, member by member: "record" or the name of the first that is not as it was promised. */
static const char* record(const motcua_call* call, int64_t now) {
    size_t bytes = 0;
    if (call->size < sizeof(motcua_call)) return "size";
    if (call->attempt != 1) return "attempt";
    if (call->deadline_ms <= now || call->deadline_ms > now + 600000) return "deadline_ms";
    if (call->id == 0) return "id";
    if (!is(call->idempotency_key, "golden-key")) return "idempotency_key";
    if (call->traceparent.len != 55 || memcmp(call->traceparent.ptr, "00-", 3) != 0) return "traceparent";
    if (!is(call->locale, "vi")) return "locale";
    if (!is(call->profile, "default")) return "profile";
    if (call->config_json.len < 2 || call->config_json.ptr[0] != '{') return "config_json";
    if (call->blob_count != 2) return "blob_count";
    for (size_t i = 0; i < call->blob_count; ++i)
        bytes += call->blobs[i].len;
    return bytes == 11 && memcmp(call->blobs[1].ptr, "second", 6) == 0 ? "record" : "blobs";
}

static struct answer ask(const motcua_host* host, uint64_t within, const char* op, const char* request) {
    struct answer got = {0, MOTCUA_INTERNAL, ""};
    const motcua_host_call_1* service = host->service(host, MOTCUA_HOST_CALL_1);
    if (service) service->call(host, within, op, text(request), NULL, 0, take, &got);
    if (got.calls != 1) got.status = 100 + got.calls;
    return got;
}

static int chance(const motcua_host* host) {
    unsigned char bytes[64] = {0};
    int zeros = 0;
    const motcua_host_random_1* random = host->service(host, MOTCUA_HOST_RANDOM_1);
    if (random) random->fill(host, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; ++i)
        zeros += bytes[i] == 0;
    return zeros < 32;
}

static int64_t now_of(const motcua_host* host) {
    const motcua_host_clock_1* clock = host->service(host, MOTCUA_HOST_CLOCK_1);
    return clock ? clock->now_ms(host) : 0;
}

static void look(struct golden* self, const motcua_call* call, const motcua_reply* reply) {
    const motcua_host* host = self->host;
    const motcua_host_net_1* net = host->service(host, MOTCUA_HOST_NET_1);
    const motcua_host_log_1* log = host->service(host, MOTCUA_HOST_LOG_1);
    struct answer refused = {0, MOTCUA_OK, ""};
    int32_t descriptor =
        net ? net->connect(host, call->id, text("not-allowed.example.vn"), 25, take, &refused) : -2;
    if (log)
        log->write(host, call->id, MOTCUA_LOG_WARNING, text("golden.said"), text("{\"words\":\"xin chào\"}"));
    struct answer secret =
        ask(host, call->id, "secret.get/1", "{\"name\":\"apiKey\",\"profile\":\"default\"}");
    struct answer put = ask(host, call->id, "kv.put/1", "{\"key\":\"k\",\"value\":\"v\",\"version\":0}");
    struct answer stale = ask(host, call->id, "kv.put/1", "{\"key\":\"k\",\"value\":\"w\",\"version\":7}");
    struct answer got = ask(host, call->id, "kv.get/1", "{\"key\":\"k\"}");
    struct answer config = ask(host, 0, "config.get/1", "{\"profile\":\"default\"}");
    struct answer profiles = ask(host, 0, "config.profiles/1", "{}");
    struct answer event = ask(host, call->id, "event.post/1",
                              "{\"kind\":\"golden.done\",\"key\":\"1\",\"profile\":\"default\",\"data\":{}}");
    struct answer http = ask(host, call->id, "http.send/1",
                             "{\"method\":\"GET\",\"url\":\"https://not-allowed.example.vn/\"}");
    struct answer unknown = ask(host, call->id, "no-such.operation/1", "{}");
    snprintf(self->body, sizeof self->body,
             "{\"summary\":\"%s host %d.%d net %d %d log %d random %d secret %d %d kv %d %d %d %d config %d "
             "%d profiles %d "
             "event %d http %d unknown %d no-service %d cancelled %d\"}",
             record(call, now_of(host)), (int)host->abi_major, host->abi_minor < 1000, (int)descriptor,
             (int)refused.status, log != NULL, chance(host), (int)secret.status,
             strstr(secret.body, "a-golden-secret") != NULL, (int)put.status, (int)stale.status,
             (int)got.status, strstr(got.body, "\"v\"") != NULL, (int)config.status,
             strstr(config.body, "golden-setting") != NULL, (int)profiles.status, (int)event.status,
             (int)http.status, (int)unknown.status, host->service(host, "motcua.host.no-such/1") == NULL,
             (int)reply->cancelled(reply));
}

static void* complete(void* user) {
    struct golden* self = user;
    motcua_bytes blob = {self->blob, strlen(self->blob)};
    self->reply->complete(self->reply, MOTCUA_OK, text(self->body), &blob, 1, 0);
    return NULL;
}

static void join(struct golden* self) {
    if (self->has_thread) pthread_join(self->thread, NULL);
    self->has_thread = 0;
}

static void refuse(motcua_reply* reply, motcua_status status, const char* body, int64_t retry_after_ms) {
    reply->complete(reply, status, text(body), NULL, 0, retry_after_ms);
}

static void invoke(motcua_plugin* plugin, const motcua_call* call, const char* op, motcua_str request,
                   motcua_reply* reply) {
    struct golden* self = plugin->self;
    if (strcmp(op, "config.check/1") == 0) {
        refuse(reply, MOTCUA_OK, "{\"summary\":\"golden\"}", 0);
    } else if (strcmp(op, "job.run/1") != 0) {
        refuse(reply, MOTCUA_UNIMPLEMENTED, "{\"code\":\"plugin.unimplemented\"}", 0);
    } else if (request.len > 6 && memmem(request.ptr, request.len, "\"away\"", 6)) {
        refuse(reply, MOTCUA_UNAVAILABLE,
               "{\"code\":\"golden.away\",\"detail\":\"gone\",\"params\":{\"a\":\"b\"}}", 1500);
    } else {
        join(self);
        look(self, call, reply);
        self->reply = reply;
        strcpy(self->blob, "golden bytes");
        self->has_thread = pthread_create(&self->thread, NULL, complete, self) == 0;
    }
}

static motcua_status start(motcua_plugin* plugin) {
    return plugin->self ? MOTCUA_OK : MOTCUA_INTERNAL;
}
static void stop(motcua_plugin* plugin) {
    join(plugin->self);
}
static void destroy(motcua_plugin* plugin) {
    free(plugin->self);
}
static const char* operations(motcua_plugin* plugin) {
    (void)plugin;
    return "config.check/1\0job.run/1\0";
}

static motcua_plugin* create(const motcua_host* host) {
    struct golden* made = calloc(1, sizeof *made);
    if (!made) return NULL;
    motcua_plugin table = {made, start, stop, destroy, operations, invoke};
    made->table = table;
    made->host = host;
    return &made->table;
}

const motcua_entry* motcua_plugin_entry_1(void) {
    static motcua_entry entry;
    motcua_entry made = {sizeof made,
                         MOTCUA_ABI_MAJOR,
                         MOTCUA_ABI_MINOR,
                         0,
                         {motcua_manifest_begin, (size_t)(motcua_manifest_end - motcua_manifest_begin)},
                         create};
    entry = made;
    return &entry;
}
