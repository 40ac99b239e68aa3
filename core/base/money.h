// Money in whole đồng; the country has no smaller coin.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace motcua {

struct Money {
    std::int64_t dong = 0;

    auto operator<=>(const Money&) const = default;
    friend Money operator+(Money a, Money b) { return {a.dong + b.dong}; }
    friend Money operator-(Money a, Money b) { return {a.dong - b.dong}; }
    friend Money operator*(Money a, std::int64_t times) { return {a.dong * times}; }
};

std::string format(Money money); // "1.250.000 đ"
std::string inWords(Money money); // "Một triệu hai trăm năm mươi nghìn đồng", as receipts must say it

} // namespace motcua
