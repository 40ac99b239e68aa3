// What a page says: a tree of names and values that controllers fill and templates read.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace motcua::view {

class Value;
struct Field;
using List = std::vector<Value>;

// The name of a value. A model does not copy names, so only literals convert by themselves.
class Key {
public:
    consteval Key(const char* literal) : text_(literal) {}
    // A name that outlives the model, e.g. a member of a Json that lives as long as the page.
    static Key borrowed(std::string_view text) { return Key{text, 0}; }
    std::string_view text() const { return text_; }

private:
    constexpr Key(std::string_view text, int) : text_(text) {}
    std::string_view text_;
};

// Text that outlives the rendering: a value that is made of it copies nothing.
struct Lent {
    std::string_view text;
};

// Where a name was found in the model before; rows of a list have it at the same place, under the same
// literal.
struct Hint {
    std::uint32_t at = 0;
    const char* key = nullptr;
};

// Named values, in the order set. Names are few (a page has tens, a row about ten): they are searched one by
// one.
class Model {
public:
    Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;
    Model(const Model&);
    Model& operator=(const Model&);
    ~Model();

    void reserve(std::size_t fields);
    // Replaces a value of that name; *this, so that rows read as one expression.
    template <typename T>
    Model& set(Key key, T&& value);
    // False where `text` is empty: Mustache takes an empty text for true.
    Model& setUnlessEmpty(Key key, std::string text);
    // The object of that name, made where there is none (or where something else stood).
    Model& object(Key key);
    // The list of that name, made where there is none.
    List& list(Key key);
    // Appends an object to the list of that name and gives it for filling, valid until the next one is added.
    Model& add(Key key);

    const Value* find(std::string_view name) const;
    // The same, looking first where `hint` says; tells where it was found.
    const Value* find(std::string_view name, Hint& hint) const;
    std::size_t size() const;

private:
    Value& slot(Key key);
    std::vector<Field> fields_;
};

// A text, a truth, a list or an object.
class Value {
public:
    Value() : held_(false) {}
    Value(std::same_as<bool> auto value) : held_(value) {}
    Value(std::string text) : held_(std::move(text)) {}
    Value(std::string_view text) : held_(std::string{text}) {}
    Value(const char* text) : held_(std::string{text}) {}
    Value(std::integral auto number) requires(!std::same_as<decltype(number), bool>)
        : held_(std::to_string(number)) {}
    Value(std::optional<std::string> text) {
        if (text) held_ = std::move(*text);
    }
    Value(Lent lent) : held_(lent.text) {}
    Value(List list) : held_(std::move(list)) {}
    Value(Model model) : held_(std::move(model)) {}

    // False and the empty list; an absent name counts so too. Everything else, "" included, is true.
    bool isFalse() const;
    // Nothing where this is no text.
    std::optional<std::string_view> text() const;
    const List* list() const { return std::get_if<List>(&held_); }
    const Model* model() const { return std::get_if<Model>(&held_); }
    List* list() { return std::get_if<List>(&held_); }
    Model* model() { return std::get_if<Model>(&held_); }

private:
    std::variant<bool, std::string_view, std::string, List, Model> held_;
};

struct Field {
    template <typename T>
    Field(std::string_view name, T&& what) : key(name), value(std::forward<T>(what)) {}

    std::string_view key;
    Value value;
};

template <typename T>
Model& Model::set(Key key, T&& value) {
    for (Field& field : fields_) {
        if (field.key != key.text()) continue;
        field.value = Value(std::forward<T>(value));
        return *this;
    }
    fields_.emplace_back(key.text(), std::forward<T>(value));
    return *this;
}

inline bool Value::isFalse() const {
    if (const bool* truth = std::get_if<bool>(&held_)) return !*truth;
    const List* items = list();
    return items && items->empty();
}

inline std::optional<std::string_view> Value::text() const {
    if (const auto* own = std::get_if<std::string>(&held_)) return *own;
    if (const auto* lent = std::get_if<std::string_view>(&held_)) return *lent;
    return std::nullopt;
}

inline std::size_t Model::size() const {
    return fields_.size();
}

inline const Value* Model::find(std::string_view name) const {
    for (const Field& field : fields_)
        if (field.key == name) return &field.value;
    return nullptr;
}

inline const Value* Model::find(std::string_view name, Hint& hint) const {
    if (hint.at < fields_.size()) {
        const Field& field = fields_[hint.at];
        // The same literal says the same without being compared.
        if (field.key.data() == hint.key && field.key.size() == name.size()) return &field.value;
    }
    for (std::uint32_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].key != name) continue;
        hint = {i, fields_[i].key.data()};
        return &fields_[i].value;
    }
    return nullptr;
}

} // namespace motcua::view
