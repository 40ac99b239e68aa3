// The wire between the server and a plugin's process, against an end that lies. // U3, N4
#include "plugins/wire.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace motcua;
using namespace motcua::plugins;
using Got = wire::Channel::Got;

class WireTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WireTest);
    CPPUNIT_TEST(framesGoThereWhole);
    CPPUNIT_TEST(aBlobThatMayChangeUnderOurEyesEndsTheTalk);
    CPPUNIT_TEST(aBlobLongerThanTheLimitEndsTheTalk);
    CPPUNIT_TEST(descriptorsThatNobodyAnnouncedEndTheTalk);
    CPPUNIT_TEST(whatIsTooLargeIsNotSent);
    CPPUNIT_TEST_SUITE_END();

    // A channel of ours, and the bare socket of the other end.
    struct Pair {
        Pair() {
            int ends[2];
            if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
            ours = std::make_unique<wire::Channel>(Fd{ends[0]});
            theirs = Fd{ends[1]};
        }
        // A frame without a body that announces so many blobs, and hands over these descriptors.
        Got receives(std::uint8_t blobs, const std::vector<int>& descriptors) {
            std::array<char, 16> head{};
            head[4] = static_cast<char>(wire::Kind::Reply);
            head[5] = static_cast<char>(blobs);
            iovec part{head.data(), head.size()};
            alignas(cmsghdr) std::array<char, CMSG_SPACE(16 * sizeof(int))> control{};
            msghdr message{};
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            if (!descriptors.empty()) {
                const std::size_t size = descriptors.size() * sizeof(int);
                message.msg_control = control.data();
                message.msg_controllen = CMSG_SPACE(size);
                cmsghdr* rights = CMSG_FIRSTHDR(&message);
                rights->cmsg_level = SOL_SOCKET;
                rights->cmsg_type = SCM_RIGHTS;
                rights->cmsg_len = CMSG_LEN(size);
                std::memcpy(CMSG_DATA(rights), descriptors.data(), size);
            }
            CPPUNIT_ASSERT_EQUAL(ssize_t{16}, ::sendmsg(theirs.get(), &message, 0));
            wire::Frame frame;
            return ours->receive(frame);
        }
        std::unique_ptr<wire::Channel> ours;
        Fd theirs;
    };

    void framesGoThereWhole() {
        Pair pair;
        wire::Channel other{std::move(pair.theirs)};
        CPPUNIT_ASSERT(other.send({wire::Kind::Reply, 7, "body", {sdk::Blob{std::string{"blob"}}}, {}}));
        wire::Frame frame;
        CPPUNIT_ASSERT(pair.ours->receive(frame) == Got::Frame);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{7}, frame.call);
        CPPUNIT_ASSERT_EQUAL(std::string{"body"}, frame.body);
        CPPUNIT_ASSERT_EQUAL(std::string{"blob"}, std::string{frame.blobs.at(0).view()});
        CPPUNIT_ASSERT(Pair{}.receives(1, {wire::toMemfd("sealed").get()}) == Got::Frame);
    }

    void aBlobThatMayChangeUnderOurEyesEndsTheTalk() {
        char path[] = "/tmp/motcua-wire-XXXXXX";
        const Fd file{::mkostemp(path, O_CLOEXEC)};
        ::unlink(path);
        CPPUNIT_ASSERT_EQUAL(ssize_t{4}, ::write(file.get(), "blob", 4));
        const Fd folder{::open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        const Fd unsealed{::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
        for (const Fd* one : {&file, &folder, &unsealed})
            CPPUNIT_ASSERT(Pair{}.receives(1, {one->get()}) == Got::End);
    }

    void aBlobLongerThanTheLimitEndsTheTalk() {
        const Fd hole{::memfd_create("hole", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
        CPPUNIT_ASSERT_EQUAL(0, ::ftruncate(hole.get(), off_t{1} << 40));
        CPPUNIT_ASSERT_EQUAL(0, ::fcntl(hole.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
        CPPUNIT_ASSERT(Pair{}.receives(1, {hole.get()}) == Got::End);
    }

    void descriptorsThatNobodyAnnouncedEndTheTalk() {
        const Fd blob = wire::toMemfd("sealed");
        CPPUNIT_ASSERT(Pair{}.receives(0, {blob.get()}) == Got::End);
        CPPUNIT_ASSERT(Pair{}.receives(1, {blob.get(), blob.get()}) == Got::End);
        CPPUNIT_ASSERT(Pair{}.receives(2, {blob.get()}) == Got::End);
    }

    void whatIsTooLargeIsNotSent() {
        Pair pair;
        const auto owner = std::make_shared<const int>(0);
        // Borrowed bytes that nobody will read: refused by their length alone.
        const sdk::Blob large{{"x", wire::largestBlobs / 2 + 1}, owner};
        CPPUNIT_ASSERT(!wire::fit("", {large, large}));
        CPPUNIT_ASSERT(!pair.ours->send({wire::Kind::Reply, 1, {}, {large, large}, {}}));
        CPPUNIT_ASSERT(wire::fit("", {large}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WireTest);
