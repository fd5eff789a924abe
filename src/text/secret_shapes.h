// Secrets that are known by their own form, whatever stands around them.
#pragma once

#include <cstddef>
#include <string_view>

namespace stillframe::text {

// How long the secret is that `text` begins with: an access key of a cloud, a token of a code host, a JWT; 0: it begins
// with none. `cut`: where the text ends, a secret may go on.
std::size_t length_of_secret_shape(std::string_view text, bool cut);

}  // namespace stillframe::text
