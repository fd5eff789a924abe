// Which files are a scheduler's own library: its calls only wait on behalf of the program's.
#pragma once

#include <string_view>

namespace stillframe::text {

// A folder of that name in somebody else's package, or in the program, is another one: redis/asyncio,
// sqlalchemy/ext/asyncio, a program's own gevent/pool.py below site-packages/shop.
bool is_asyncio_file(std::string_view path);
bool is_trio_file(std::string_view path);
// AnyIO, which stands between a program and one of the two.
bool is_anyio_file(std::string_view path);
bool is_curio_file(std::string_view path);
bool is_gevent_file(std::string_view path);

// Of any scheduler, or AnyIO's.
bool is_scheduler_file(std::string_view path);

}  // namespace stillframe::text
