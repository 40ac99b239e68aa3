// A P-256 certificate for "localhost" and 127.0.0.1, made by the openssl command for one test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace motcua::net::testing {

class Certificate {
public:
    Certificate() {
        std::string made = (std::filesystem::temp_directory_path() / "motcua-tls-XXXXXX").string();
        if (!::mkdtemp(made.data())) throw std::runtime_error("no temporary folder");
        folder_ = made;
        const std::string command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
            "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " +
            key() + " -out " + certificate() + " 2>/dev/null";
        if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl made no certificate");
    }
    ~Certificate() { std::filesystem::remove_all(folder_); }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    std::string certificate() const { return folder_ + "/cert.pem"; }
    std::string key() const { return folder_ + "/key.pem"; }

private:
    std::string folder_;
};

} // namespace motcua::net::testing
