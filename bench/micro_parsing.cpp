// The parts that a still passes through for every mapping, text and frame.
#include <benchmark/benchmark.h>

#include <string>

#include "model/text_pool.h"
#include "target/proc_files.h"

namespace stillframe {
namespace {

std::string maps_of(std::int64_t mappings) {
  std::string text;
  for (std::int64_t i = 0; i < mappings; ++i) {
    const std::string start = std::to_string(100000000000 + (i * 100000));
    text += start + "-" + start.substr(0, 7) + "90000 r-xp 00000000 fe:00 " + std::to_string(1000 + i) +
            "                    /usr/lib/x86_64-linux-gnu/lib" + std::to_string(i % 60) + ".so.6\n";
  }
  return text;
}

void parse_maps(benchmark::State& state) {
  const std::string text = maps_of(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(target::parse_maps(text));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(parse_maps)->Range(64, 4096);

// A hundred thousand frames share a few hundred names.
void keep_shared_texts(benchmark::State& state) {
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) {
    names.push_back("a_function_with_a_name_" + std::to_string(i));
  }
  for (auto _ : state) {
    model::TextPool pool;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      benchmark::DoNotOptimize(pool.keep(names[static_cast<std::size_t>(i) % names.size()]));
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(keep_shared_texts)->Arg(1000)->Arg(100000);

}  // namespace
}  // namespace stillframe
