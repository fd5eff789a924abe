// Which names say that what they hold is nobody else's business.
#pragma once

#include <cstdint>
#include <string_view>

namespace stillframe::text {

// What a name says of the value that it is given to.
enum class SecretKind : std::uint8_t {
  open,      // nothing
  asked,     // that it is to be hidden, whatever it is: the user said so
  secret,    // that it is secret, unless it is None, a bool, a function or a class: password, token, api_key
  text,      // likewise where it is a text, or a tuple or list: pin, auth, signature
  random,    // likewise where it is a text that looks random: key, session
  location,  // that a part of it is secret: dsn
  folder,    // that it is secret where it is no path: PWD, of the environment or of a connection string
};

struct NameMeaning {
  SecretKind kind = SecretKind::open;
  bool counts = false;  // a number of it is a count or a limit: max_tokens
  bool operator==(const NameMeaning&) const = default;
};

// By the words that `name` is made of, in any case and however they are joined: dbPassword, DB_PASSWORD,
// "'db-password'". Words that end a name and speak of something else than the secret itself open it: token_limit,
// password_hasher.
NameMeaning meaning_of(std::string_view name);

// Whether a text has the look of a key or an id that was made by a machine.
bool looks_random(std::string_view text);

}  // namespace stillframe::text
