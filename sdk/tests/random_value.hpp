#pragma once

/// \file
/// Random values of every kind, the same for the same seed.

#include <mortise/value.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

namespace mortise {

class RandomValue {
public:
    explicit RandomValue(std::uint64_t seed) : m_random{seed} { }

    Value value(int depth = 0)
    {
        switch (below(depth < 4 ? 15 : 13)) {
        case 0:
            return {};
        case 1:
            return below(2) == 1;
        case 2:
            return number();
        case 3:
            return std::ldexp(static_cast<double>(number()), static_cast<int>(below(40)) - 80);
        case 4:
            return Decimal{number(), static_cast<std::uint8_t>(below(19))};
        case 5:
            return Money{
                number(), static_cast<std::uint16_t>(1 + below(999)), static_cast<std::uint8_t>(below(5))
            };
        case 6:
            return text();
        case 7:
            return bytes();
        case 8:
            return Instant{number()};
        case 9:
            return Date{number()};
        case 10:
            return TimeOfDay{number()};
        case 11:
            return Duration{number()};
        case 12:
            return Id{number()};
        case 13:
            return list(depth + 1);
        default:
            return map(depth + 1);
        }
    }

    Map map(int depth = 1)
    {
        Map result;
        for (std::uint64_t left = below(below(20) == 0 ? 80 : 9); left > 0; --left)
            result.set(text(), value(depth));
        return result;
    }

    std::string text()
    {
        static constexpr std::string_view pieces[]
            = {"a", "name", " ", "é", "ß", "日本", "\U0001F600", "0", "organisation"};
        std::string result;
        for (std::uint64_t left = below(7); left > 0; --left)
            result += pieces[below(std::size(pieces))];
        return result;
    }

    std::uint64_t below(std::uint64_t bound)
    {
        return std::uniform_int_distribution<std::uint64_t>{0, bound - 1}(m_random);
    }

private:
    std::int64_t number()
    {
        const auto wide = static_cast<std::int64_t>(m_random());
        return below(3) == 0 ? wide : wide % 1000;
    }
    Bytes bytes()
    {
        Bytes result(below(20));
        for (std::byte& byte : result)
            byte = static_cast<std::byte>(below(256));
        return result;
    }
    List list(int depth)
    {
        List result;
        for (std::uint64_t left = below(6); left > 0; --left)
            result.push_back(value(depth));
        return result;
    }

    std::mt19937_64 m_random;
};

} // namespace mortise
