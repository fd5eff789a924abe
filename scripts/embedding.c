/* A program that embeds Python and runs the script named by its first argument. -DHOME says where Python's library is;
   with -DPLAIN it is an ordinary interpreter. */
#include <Python.h>
#include <stdio.h>
#include <stdlib.h>

static int run_embedded_script(const char* path) {
  FILE* script = fopen(path, "r");
  if (script == NULL) {
    perror(path);
    return 1;
  }
  return PyRun_SimpleFile(script, path) == 0 ? 0 : 1;
}

#ifdef PLAIN
extern int _Py_UnixMain(int count, char** arguments); /* in no header of 3.7 */

int main(int count, char** arguments) {
#if PY_MAJOR_VERSION == 2
  return Py_Main(count, arguments);
#elif PY_VERSION_HEX < 0x03080000
  return _Py_UnixMain(count, arguments);
#else
  return Py_BytesMain(count, arguments);
#endif
}
#else
int main(int count, char** arguments) {
  if (count < 2) {
    return 2;
  }
  setenv("PYTHONHOME", HOME, 1);
  Py_Initialize();
  /* From /proc, because the functions that set sys.argv differ from version to version. */
  PyRun_SimpleString(
      "import sys\n"
      "sys.argv = open('/proc/self/cmdline').read().split('\\0')[1:-1]\n"
      "sys.path.insert(0, sys.argv[0].rpartition('/')[0])\n");
  const int status = run_embedded_script(arguments[1]);
  Py_Finalize();
  return status;
}
#endif
