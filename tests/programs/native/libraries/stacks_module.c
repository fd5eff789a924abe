/* Functions of stacks.c for interpreters without ctypes: call(name, number) calls one without the GIL. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pthread.h>
#include <string.h>

void stacks_block(void);
void stacks_fault(int own_stack);
void stacks_interrupted(int own_stack);
void stacks_call_nothing(int own_stack);

#define NOINLINE __attribute__((noinline))
#define AFTER_CALL __asm__ volatile("" ::: "memory")

static NOINLINE void block(int number) {
  (void)number;
  stacks_block();
  AFTER_CALL;
}

static NOINLINE void wait_on_condition(int number) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  (void)number;
  pthread_mutex_lock(&mutex);
  for (;;) {
    pthread_cond_wait(&condition, &mutex);
    AFTER_CALL;
  }
}

static NOINLINE void wait_on_mutex(int number) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  (void)number;
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&mutex);
  AFTER_CALL;
}

static const struct {
  const char* name;
  void (*function)(int number);
} known[] = {
    {"stacks_block", block},
    {"stacks_fault", stacks_fault},
    {"stacks_interrupted", stacks_interrupted},
    {"stacks_call_nothing", stacks_call_nothing},
    {"wait_on_condition", wait_on_condition},
    {"wait_on_mutex", wait_on_mutex},
};

static PyObject* stacks_module_call(PyObject* self, PyObject* arguments) {
  const char* name = NULL;
  int number = 0;
  (void)self;
  if (!PyArg_ParseTuple(arguments, "s|i", &name, &number)) {
    return NULL;
  }
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
    if (strcmp(name, known[i].name) == 0) {
      Py_BEGIN_ALLOW_THREADS known[i].function(number);
      Py_END_ALLOW_THREADS Py_RETURN_NONE;
    }
  }
  return PyErr_Format(PyExc_ValueError, "no function %s", name);
}

static PyMethodDef functions[] = {
    {"call", stacks_module_call, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "stacks_module", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyObject* PyInit_stacks_module(void) {
  return PyModule_Create(&definition);
}
