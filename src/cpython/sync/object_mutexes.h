// The mutexes that objects have in free-threaded builds (3.13+), and who holds them: the critical sections of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/values/types.h"

namespace stillframe::cpython {

// An object's own mutex (ob_mutex), and the object whose mutex stands at an address; nothing where there is none.
Address mutex_of_object(Address object);
std::optional<Address> object_of_mutex(const Objects& objects, Types& types, Address mutex);

// The mutexes that a thread state holds by critical sections. A thread that detaches lets go of them, and takes them
// again when it goes on: those are left out.
std::vector<Address> mutexes_held(const Objects& objects, Address thread);

// What a thread state is for the stopping of all threads (`state` of PyThreadState).
enum class Attachment : std::uint8_t { unknown, detached, attached, suspended };
Attachment attachment_of(const Objects& objects, Address thread);
// Whether what a thread is parked on is its own state: it waits until threads may run again.
bool waits_for_the_world(const Objects& objects, Address thread, Address parked);

}  // namespace stillframe::cpython
