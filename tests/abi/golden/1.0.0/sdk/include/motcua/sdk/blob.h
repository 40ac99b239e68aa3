// Bytes that travel beside the JSON of an operation: papers to send, papers received. Copying a Blob copies a
// pointer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

class Blob {
public:
    Blob() = default;
    explicit Blob(std::string bytes) {
        auto held = std::make_shared<const std::string>(std::move(bytes));
        view_ = *held;
        owner_ = std::move(held);
    }
    // Bytes that `owner` keeps alive: a mapped file, a borrowed buffer.
    Blob(std::string_view view, std::shared_ptr<const void> owner) : owner_(std::move(owner)), view_(view) {}

    std::string_view view() const { return view_; }
    std::size_t size() const { return view_.size(); }

private:
    std::shared_ptr<const void> owner_{};
    std::string_view view_{};
};

using Blobs = std::vector<Blob>;

} // namespace v1
} // namespace motcua::sdk
