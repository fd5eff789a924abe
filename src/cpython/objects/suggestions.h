// Which of the names that exist a person may have meant by one that does not.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stillframe::cpython {

// At most three of them, the nearest first. Long names and those that have little in common are not offered.
std::vector<std::string> near_names(std::string_view meant, std::span<const std::string> names);

}  // namespace stillframe::cpython
