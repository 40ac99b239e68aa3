// What one core can do at most: bare_epoll PORT answers each recv that ends a head with the same bytes, and
// looks at nothing.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 1024) != 0)
        return 1;
    const int epoll = ::epoll_create1(0);
    const auto watch = [&](int fd) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    };
    watch(listener);
    const std::string head = "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 00:00:00 GMT\r\nContent-Type: "
                             "text/html\r\nContent-Length: ";
    const std::string hello = head + "13\r\n\r\nHello, world!";
    const std::string page = head + "17800\r\n\r\n" + std::string(17'800, 'p');
    std::array<epoll_event, 256> events;
    std::array<char, 8192> bytes;
    while (true) {
        const int count = ::epoll_wait(epoll, events.data(), 256, -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (fd == listener) {
                const int client = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
                if (client < 0) continue;
                ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                watch(client);
                continue;
            }
            const auto got = ::recv(fd, bytes.data(), bytes.size(), 0);
            if (got <= 0) {
                ::close(fd);
                continue;
            }
            const std::string_view request{bytes.data(), static_cast<std::size_t>(got)};
            const std::string& answer = request.starts_with("GET /page") ? page : hello;
            if (request.ends_with("\r\n\r\n") && ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0)
                ::close(fd);
        }
    }
}
