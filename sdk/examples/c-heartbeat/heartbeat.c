/* A plugin in plain C, by abi.h alone: a job that says in the log that it is alive. */
#include "motcua/abi.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Put into the library by motcua_add_plugin(). */
extern const char motcua_manifest_begin[];
extern const char motcua_manifest_end[];

struct heartbeat {
    motcua_plugin table; /* first: a pointer to it is a pointer to this */
    const motcua_host* host;
};

static motcua_str text(const char* words) {
    motcua_str made = {words, strlen(words)};
    return made;
}

static void refuse(motcua_reply* reply, motcua_status status, const char* code, const char* detail) {
    char body[200];
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"detail\":\"%s\"}", code, detail);
    reply->complete(reply, status, text(body), NULL, 0, 0);
}

static void beat(struct heartbeat* self, const motcua_call* call) {
    const motcua_host_log_1* log = self->host->service(self->host, MOTCUA_HOST_LOG_1);
    if (log) log->write(self->host, call->id, MOTCUA_LOG_INFO, text("heartbeat.beat"), text("{}"));
}

/* job.run/1: {"job": text of at most 50 bytes, "scheduledAt": number, "lastAt": number or nothing}; why not,
 * or NULL */
static const char* wrong_with(const json_t* request) {
    const json_t *job = json_object_get(request, "job"), *last = json_object_get(request, "lastAt");
    if (!json_is_string(job) || json_string_length(job) == 0 || json_string_length(job) > 50) return "job";
    if (!json_is_integer(json_object_get(request, "scheduledAt"))) return "scheduledAt";
    return last && !json_is_null(last) && !json_is_integer(last) ? "lastAt" : NULL;
}

static void run(struct heartbeat* self, const motcua_call* call, const json_t* request, motcua_reply* reply) {
    const char* wrong = wrong_with(request);
    if (wrong) {
        refuse(reply, MOTCUA_INVALID, "plugin.malformed", wrong);
    } else if (strcmp(json_string_value(json_object_get(request, "job")), "beat") != 0) {
        refuse(reply, MOTCUA_NOT_FOUND, "job.unknown", "");
    } else {
        beat(self, call);
        reply->complete(reply, MOTCUA_OK, text("{\"summary\":\"alive\"}"), NULL, 0, 0);
    }
}

static void invoke(motcua_plugin* plugin, const motcua_call* call, const char* op, motcua_str request,
                   motcua_reply* reply) {
    json_t* parsed = json_loadb(request.ptr ? request.ptr : "", request.len, JSON_REJECT_DUPLICATES, NULL);
    if (strcmp(op, "config.check/1") != 0 && strcmp(op, "job.run/1") != 0) {
        refuse(reply, MOTCUA_UNIMPLEMENTED, "plugin.unimplemented", "");
    } else if (!json_is_object(parsed)) {
        refuse(reply, MOTCUA_INVALID, "plugin.malformed", "not an object");
    } else if (strcmp(op, "job.run/1") == 0) {
        run((struct heartbeat*)plugin, call, parsed, reply);
    } else {
        reply->complete(reply, MOTCUA_OK, text("{\"summary\":\"nothing to connect to\"}"), NULL, 0, 0);
    }
    json_decref(parsed);
}

static motcua_status start(motcua_plugin* plugin) {
    (void)plugin;
    return MOTCUA_OK;
}

static void stop(motcua_plugin* plugin) {
    (void)plugin;
}

static void destroy(motcua_plugin* plugin) {
    free(plugin);
}

static const char* operations(motcua_plugin* plugin) {
    (void)plugin;
    return "config.check/1\0job.run/1\0";
}

static motcua_plugin* create(const motcua_host* host) {
    struct heartbeat* made = calloc(1, sizeof *made);
    if (!made) return NULL;
    motcua_plugin table = {made, start, stop, destroy, operations, invoke};
    made->table = table;
    made->host = host;
    return &made->table;
}

const motcua_entry* motcua_plugin_entry_1(void) {
    static motcua_entry entry; /* the length of the manifest is no constant of C */
    motcua_entry made = {sizeof made,
                         MOTCUA_ABI_MAJOR,
                         MOTCUA_ABI_MINOR,
                         0,
                         {motcua_manifest_begin, (size_t)(motcua_manifest_end - motcua_manifest_begin)},
                         create};
    entry = made;
    return &entry;
}
