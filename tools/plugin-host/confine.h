// What a plugin's process may do, held by the kernel before any of the plugin's code runs.
#pragma once

namespace motcua::plugins {

struct Confinement {
    int memoryMb = 256;
    int descriptors = 256;
    bool localSockets = false; // may reach other programs of this machine: tokens behind a daemon (PKCS#11)
};

// Limits of memory and descriptors, no core dumps, no new rights, and no sockets of its own: the connections
// that it may have are made by the server, by the manifest's list, and handed over. Answers "" or what the
// kernel refused.
const char* confine(const Confinement& confinement);

} // namespace motcua::plugins
