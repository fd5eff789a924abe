// Reads stills, one JSON document a line, and writes them again.
#include <stillframe/still.h>

#include <iostream>
#include <string>

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto read = stillframe::still_from_json(line);
    if (!read) {
      std::cerr << read.error().stopper << '\n';
      return 1;
    }
    std::cout << stillframe::to_json(read->still, read->tool_version);
  }
}
