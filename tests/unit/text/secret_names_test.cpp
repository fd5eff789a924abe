#include "text/secret_names.h"

#include <gtest/gtest.h>

#include "text/redaction.h"

namespace stillframe::text {
namespace {

TEST(SecretNames, AreSecretWhateverTheyHold) {
  for (const char* name : {"password",
                           "PASSWORD",
                           "db_password",
                           "dbPassword",
                           "DB_PASSWORD",
                           "passwordHash",
                           "password2",
                           "passwd",
                           "mypwd",
                           "pwd",
                           "passphrase",
                           "passcode",
                           "secret",
                           "client_secret",
                           "clientSecret",
                           "secrets",
                           "token",
                           "tokens",
                           "api_token",
                           "accessToken",
                           "accesstoken",
                           "X-Auth-Token",
                           "'token'",
                           "\"token\"",
                           "api_key",
                           "ApiKey",
                           "apikey",
                           "api-key",
                           "X-Api-Key",
                           "x_api_key",
                           "private_key",
                           "privkey",
                           "access_key_id",
                           "aws_secret_access_key",
                           "AccessKeyId",
                           "encryption_key",
                           "secretKey",
                           "signing_key",
                           "session_id",
                           "sessionid",
                           "PHPSESSID",
                           "jwt",
                           "authorization",
                           "Proxy-Authorization",
                           "Cookie",
                           "Set-Cookie",
                           "cookies",
                           "credentials",
                           "creds",
                           "bearer",
                           "otp",
                           "csrf_token",
                           "self.password",
                           "ssh_key",
                           "JWT_SECRET_KEY",
                           "SECRET_KEY_BASE"}) {
    EXPECT_EQ(meaning_of(name).kind, SecretKind::secret) << name;
  }
}

TEST(SecretNames, AreSecretWhereTheyHoldTexts) {
  for (const char* name : {"pin",        "PIN",    "pin_code",   "pass",        "PASS",        "db_pass",   "user_pass",
                           "pw",         "auth",   "basic_auth", "auth_header", "salt",        "signature", "sig",
                           "GITHUB_PAT", "MY_PAT", "github_pat", "session_key", "account_key", "AccountKey"}) {
    EXPECT_EQ(meaning_of(name).kind, SecretKind::text) << name;
  }
  for (const char* name : {"key", "session", "sid"}) {
    EXPECT_EQ(meaning_of(name).kind, SecretKind::random) << name;
  }
  EXPECT_EQ(meaning_of("SENTRY_DSN").kind, SecretKind::location);
}

TEST(SecretNames, ThatOnlyLookAlikeAreOpen) {
  for (const char* name : {"",
                           "user",
                           "author",
                           "authority",
                           "keyboard",
                           "monkey",
                           "keys",
                           "primary_key",
                           "foreign_key",
                           "public_key",
                           "cache_key",
                           "sort_key",
                           "key_id",
                           "tokenizer",
                           "tokenize",
                           "tokenized",
                           "secretary",
                           "passenger",
                           "compass",
                           "bypass",
                           "passed",
                           "pass_count",
                           "pinned",
                           "spin",
                           "pinhole",
                           "token_count",
                           "token_limit",
                           "TOKEN_LIMIT",
                           "token_type",
                           "token_url",
                           "token_index",
                           "token_ttl",
                           "token_expires_in",
                           "expires_at",
                           "MAX_COOKIE_SIZE",
                           "SESSION_COOKIE_SECURE",
                           "cookie_name",
                           "SESSION_COOKIE_AGE",
                           "password_hasher",
                           "PASSWORD_HASHERS",
                           "password_validators",
                           "password_field",
                           "password_reset_timeout",
                           "password_min_length",
                           "secret_name",
                           "secret_file",
                           "SECRETS_DIR",
                           "auth_type",
                           "auth_user",
                           "auth_url",
                           "authenticated",
                           "signature_algorithm",
                           "salted",
                           "url_pat",
                           "file_pat",
                           "pat",
                           "pattern",
                           "session_timeout",
                           "otpauth",
                           "cwd",
                           "path",
                           "assignment"}) {
    EXPECT_EQ(meaning_of(name).kind, SecretKind::open) << name;
  }
}

TEST(SecretNames, OfNumbersThatCount) {
  for (const char* name : {"max_tokens", "tokens", "prompt_tokens", "total_tokens", "MAX_TOKEN", "num_secrets",
                           "has_password", "use_token"}) {
    EXPECT_TRUE(meaning_of(name).counts) << name;
    EXPECT_FALSE(Redaction::hides(meaning_of(name), Shape::number)) << name;
    EXPECT_TRUE(Redaction::hides(meaning_of(name), Shape::text)) << name;
  }
  EXPECT_FALSE(meaning_of("password").counts);
  EXPECT_TRUE(Redaction::hides(meaning_of("password"), Shape::number));
}

TEST(SecretNames, HideNoNoneNoBoolAndNoFunction) {
  for (const char* name : {"password", "token", "pin", "key", "max_tokens", "dsn"}) {
    EXPECT_FALSE(Redaction::hides(meaning_of(name), Shape::nothing)) << name;
  }
  EXPECT_FALSE(Redaction::hides(meaning_of("pin"), Shape::number)) << "of a controller of LEDs";
  EXPECT_TRUE(Redaction::hides(meaning_of("auth"), Shape::sequence)) << "(user, password)";
  EXPECT_FALSE(Redaction::hides(meaning_of("auth"), Shape::other)) << "its attributes have names of their own";
  EXPECT_TRUE(Redaction::hides(meaning_of("credentials"), Shape::other));
}

TEST(SecretNames, HideTextsByWhatTheySay) {
  const Redaction usual = Redaction::usual();
  const auto hides = [&](std::string_view name, std::string_view text) {
    return usual.hides_text(usual.meaning(name), text);
  };
  EXPECT_TRUE(hides("password", "x"));
  EXPECT_FALSE(hides("password", "")) << "that it is empty is no secret";
  EXPECT_FALSE(hides("MAX_TOKENS", "512"));
  EXPECT_FALSE(hides("USE_TOKEN", "true"));
  EXPECT_TRUE(hides("USE_TOKEN", "4f1c"));
  EXPECT_FALSE(hides("PWD", "/srv/app"));
  EXPECT_TRUE(hides("PWD", "hunter2"));
  EXPECT_FALSE(hides("OLDPWD", "/"));
  EXPECT_TRUE(hides("pwd", "/hunter2"));
  EXPECT_TRUE(hides("key", "AB12CD34EF"));
  for (const char* key : {"user:42", "timeout", "worker12", "KEY", "app.settings.debug", "2026-01-01",
                          "550e8400-e29b-41d4-a716-446655440000", "0x7f00ab12cd34ef56"}) {
    EXPECT_FALSE(hides("key", key)) << key;
  }
  EXPECT_TRUE(hides("dsn", "hunter2"));
  EXPECT_FALSE(hides("dsn", "postgres://app:x@db/prod")) << "hidden in part";
  EXPECT_FALSE(hides("dsn", "host=db user=app"));
}

}  // namespace
}  // namespace stillframe::text
