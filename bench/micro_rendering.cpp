// Writing a still: the cost of a frame must not grow with their number.
#include <benchmark/benchmark.h>

#include "render/json.h"
#include "render/text.h"

namespace stillframe {
namespace {

model::Still still_of(std::int64_t frames) {
  model::Still still;
  model::Thread thread;
  thread.tid = 4211;
  thread.name = "MainThread";
  for (std::int64_t i = 0; i < frames; ++i) {
    model::Frame frame;
    frame.function = still.texts.keep("function_" + std::to_string(i % 7));
    frame.file = still.texts.keep("/srv/app/orders.py");
    frame.line = static_cast<std::int32_t>(i % 500) + 1;
    frame.source = still.texts.keep("    total = price(order, self.rates[customer])");
    frame.column = 13;
    frame.end_column = 50;
    thread.frames.push_back(frame);
  }
  still.threads.push_back(std::move(thread));
  return still;
}

void write_json(benchmark::State& state) {
  const model::Still still = still_of(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(render::to_json(still, "0.0.0"));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(write_json)->Arg(1000)->Arg(100000)->Unit(benchmark::kMillisecond);

void write_text(benchmark::State& state) {
  const model::Still still = still_of(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(render::to_text(still, {}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(write_text)->Arg(1000)->Arg(100000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace stillframe
