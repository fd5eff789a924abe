// What can be suspended: generators, coroutines and asynchronous generators. All three are laid out alike.
#pragma once

#include <cstdint>
#include <optional>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

enum class Suspension : std::uint8_t { not_started, suspended, running, finished, unknown };

struct GeneratorState {
  Suspension state = Suspension::unknown;
  Address frame = 0;  // a frame object to 3.10, an interpreter frame from 3.11 on; 0: none
};

// Nothing where the generator at that address cannot be read.
std::optional<GeneratorState> generator_state(const Objects& objects, Address generator);

// What a suspended generator waits for in `await` or `yield from`: the object on top of its value stack. Nothing where
// it is suspended in a plain `yield`, is not suspended, or cannot be read.
std::optional<Address> awaited_by_generator(const Objects& objects, Address generator, const GeneratorState& state);

// Where the value stack of a suspended frame lies; its words are tagged from 3.14 on.
struct ValueStack {
  Address bottom = 0;       // of the word that was pushed first
  std::uint64_t count = 0;  // how many words
};
std::optional<ValueStack> value_stack(const Objects& objects, Address frame);

// How many variables and cells stand in front of the value stack of a call of this code; nothing where it is damaged.
std::optional<std::uint64_t> variables_before_stack(const Objects& objects, Address code);

}  // namespace stillframe::cpython
