// Says which version it was compiled with, and which one it is linked with.
#include <stillframe/session.h>
#include <stillframe/version.h>

#include <iostream>

int main() {
  std::cout << STILLFRAME_VERSION << ' ' << stillframe::library_version() << '\n';
  return stillframe::library_version() == STILLFRAME_VERSION ? 0 : 1;
}
