// A CPython whose structures are not where any release has them, as a patched one could be. Only its debug information
// is looked at.
#include <stdint.h>

typedef struct _ts PyThreadState;
typedef struct _is PyInterpreterState;

struct _ts {
  uint64_t patched_in[4];
  PyThreadState* prev;
  PyThreadState* next;
  PyInterpreterState* interp;
  union {
    struct {
      uint64_t before;
      unsigned long thread_id;
    };
    uint64_t other;
  };
};

struct _is {
  struct {
    uint64_t first;
    PyThreadState* head;
  } threads;
  PyInterpreterState* next;
  struct _missing* imports;  // never defined
};

typedef struct _declared_only PyFloatObject;

PyThreadState thread;
PyInterpreterState interpreter;
const PyFloatObject* number;
