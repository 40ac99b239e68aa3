#include "confine.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

namespace motcua::plugins {

namespace {

void limit(int resource, std::uint64_t most) {
    const rlimit both{most, most};
    ::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kOtherNumbers =
    0x40000000; // the x32 calls, by which the numbers below could be evaded
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kOtherNumbers = 0xffffffff; // there are none
#endif

constexpr sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr sock_filter answer(std::uint32_t verdict) {
    return BPF_STMT(BPF_RET | BPF_K, verdict);
}
// Skips the next line unless the loaded value is `value`.
constexpr sock_filter unlessIs(std::uint32_t value) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
}

constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | (EACCES & SECCOMP_RET_DATA);

// No socket, and no way to aim one that was handed over at another place: connect() after connect(AF_UNSPEC)
// would. With local sockets only AF_UNIX, where connect() stays.
const char* refuseSockets(bool localSockets) {
    const auto connectVerdict = localSockets ? SECCOMP_RET_ALLOW : kRefuse;
    sock_filter lines[] = {
        load(offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
        answer(SECCOMP_RET_KILL_PROCESS),
        load(offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kOtherNumbers, 0, 1),
        answer(SECCOMP_RET_KILL_PROCESS),
        unlessIs(__NR_connect),
        answer(connectVerdict),
        unlessIs(__NR_bind),
        answer(kRefuse),
        unlessIs(__NR_listen),
        answer(kRefuse),
        unlessIs(__NR_io_uring_setup), // opens sockets past this filter
        answer(kRefuse),
        unlessIs(__NR_ptrace),
        answer(kRefuse),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 1, 0),
        answer(SECCOMP_RET_ALLOW),
        load(offsetof(seccomp_data, args)), // the family
        unlessIs(localSockets ? AF_UNIX : 0xffffffff),
        answer(SECCOMP_RET_ALLOW),
        answer(kRefuse),
    };
    const sock_fprog program{sizeof lines / sizeof *lines, lines};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs";
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) return "seccomp";
    return "";
}

} // namespace

const char* confine(const Confinement& confinement) {
    limit(RLIMIT_CORE, 0); // a dump would hold secrets
    limit(RLIMIT_NOFILE, static_cast<std::uint64_t>(confinement.descriptors));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    // What a process may write to, not what it may reserve: glibc reserves 64 MB of addresses for each
    // thread.
    limit(RLIMIT_DATA, std::uint64_t(confinement.memoryMb) << 20);
#endif // a sanitizer's shadow memory alone is over any limit
    pthread_attr_t small;
    ::pthread_attr_init(&small);
    ::pthread_attr_setstacksize(&small, 2 << 20);
    ::pthread_setattr_default_np(&small);
    ::pthread_attr_destroy(&small);
    return refuseSockets(confinement.localSockets);
}

} // namespace motcua::plugins
