/* A module for any CPython from 2.7 on: `call(function, levels)` calls it from below some frames of C,
   `in_thread(function)` from a thread that C began and that takes the GIL with PyGILState_Ensure;
   `dealloc_calls(function)` returns an object that calls it from tp_dealloc. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pthread.h>

#define NOINLINE __attribute__((noinline))

static NOINLINE PyObject* extension_call_now(PyObject* function) {
  PyObject* result = PyObject_CallObject(function, NULL);
  __asm__ volatile("" ::: "memory");
  return result;
}

static NOINLINE PyObject* extension_descend(PyObject* function, int levels) {
  PyObject* result = levels > 0 ? extension_descend(function, levels - 1) : extension_call_now(function);
  __asm__ volatile("" ::: "memory");
  return result;
}

static PyObject* extension_call(PyObject* self, PyObject* arguments) {
  PyObject* function;
  int levels = 0;
  (void)self;
  if (!PyArg_ParseTuple(arguments, "O|i", &function, &levels)) {
    return NULL;
  }
  return extension_descend(function, levels);
}

static void* extension_thread(void* function) {
  const PyGILState_STATE state = PyGILState_Ensure();
  Py_XDECREF(extension_descend((PyObject*)function, 1));
  PyGILState_Release(state);
  return NULL;
}

static PyObject* extension_in_thread(PyObject* self, PyObject* function) {
  pthread_t thread;
  (void)self;
#if PY_VERSION_HEX < 0x03070000
  PyEval_InitThreads();
#endif
  Py_INCREF(function);
  pthread_create(&thread, NULL, extension_thread, function);
  Py_RETURN_NONE;
}

typedef struct {
  PyObject_HEAD PyObject* function;
} Caller;

static void caller_dealloc(PyObject* self) {
  PyObject* function = ((Caller*)self)->function;
  ((Caller*)self)->function = NULL;
  Py_XDECREF(extension_call_now(function));
  Py_XDECREF(function);
  Py_TYPE(self)->tp_free(self);
}

static PyTypeObject caller_type = {PyVarObject_HEAD_INIT(NULL, 0)};

static PyObject* extension_dealloc_calls(PyObject* self, PyObject* function) {
  Caller* caller = PyObject_New(Caller, &caller_type);
  (void)self;
  if (caller != NULL) {
    Py_INCREF(function);
    caller->function = function;
  }
  return (PyObject*)caller;
}

static PyMethodDef functions[] = {
    {"call", extension_call, METH_VARARGS, NULL},
    {"in_thread", extension_in_thread, METH_O, NULL},
    {"dealloc_calls", extension_dealloc_calls, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int prepare(void) {
  caller_type.tp_name = "extension.Caller";
  caller_type.tp_basicsize = sizeof(Caller);
  caller_type.tp_flags = Py_TPFLAGS_DEFAULT;
  caller_type.tp_dealloc = caller_dealloc;
  return PyType_Ready(&caller_type);
}

#if PY_MAJOR_VERSION == 2
void initextension(void) {
  if (prepare() == 0) {
    Py_InitModule("extension", functions);
  }
}
#else
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "extension", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyObject* PyInit_extension(void) {
  return prepare() == 0 ? PyModule_Create(&definition) : NULL;
}
#endif
