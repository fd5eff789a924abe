#include <stdint.h>

typedef struct {
  uint64_t refcnt;
  uint64_t patched_in;
  void* ob_type;
} PyObject;

volatile PyObject object;
