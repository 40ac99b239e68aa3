// A process of its own for the tests of db, to be killed or to compete:
//   db_child write ADDRESS PREFIX   writes pairs of rows from 8 threads until it is killed; a line for each
//   answered pair db_child migrate ADDRESS        migrates, prints how many ran
#include "db/db_test_support.h"

#include <unistd.h>

#include <cstdio>
#include <thread>

using namespace motcua;
using namespace motcua::db;

namespace {

const SystemClock kClock;

void writeForever(Database& database, const std::string& prefix) {
    for (int at = 0;; at++) {
        const std::string id = prefix + "/" + std::to_string(at);
        const auto answer = database.write(Context{}, [&](Writer& writer) -> Result<void> {
            writer.run(db::test::kAdd, id, at);
            writer.run(db::test::kAdd, id + "+", at);
            return {};
        });
        const std::string line = id + "\n";
        if (answer && ::write(1, line.data(), line.size()) < 0) return;
    }
}

int write(const std::string& address, const std::string& prefix) {
    const auto database = Database::open({.address = address}, kClock);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; thread++)
        threads.emplace_back([&, thread] { writeForever(*database, prefix + "." + std::to_string(thread)); });
    for (auto& thread : threads)
        thread.join();
    return 1;
}

int migrate(const std::string& address) {
    const auto ran = Database::open({.address = address}, kClock)->migrate({&db::test::schema()});
    std::printf("%d\n", ran.value());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (words.size() == 3 && words[0] == "write") return write(words[1], words[2]);
        if (words.size() == 2 && words[0] == "migrate") return migrate(words[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "db_child: %s\n", error.what());
    }
    return 2;
}
