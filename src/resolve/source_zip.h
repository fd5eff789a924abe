// One file out of a zip archive.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stillframe::resolve {

// The bytes of `member` (case matters) of the archive open as `fd`, which is `size` bytes long. Nothing when it is no
// archive, has no such member, or the member is damaged, encrypted or longer than `limit` bytes.
[[nodiscard]] std::optional<std::string> read_zip_member(int fd, std::size_t size, std::string_view member,
                                                         std::size_t limit);

}  // namespace stillframe::resolve
