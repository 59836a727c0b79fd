#include "bindings/nesting.h"

#include <system_error>
#include <thread>

#include "bindings/packing.h"
#include "core/host.h"
#include "graph/grad_mode.h"
#include "graph/node.h"

namespace tapegrad::bindings {
namespace {

/// What belongs to a thread, to be taken over by another.
class Modes {
 public:
  Modes() : context_(steal(PyContext_CopyCurrent())) {}
  /// In the other thread.
  void enter() {
    Nesting::set_depth(depth_);
    GradMode::set_inference(inference_);
    GradMode::set(grad_);
    hooks_.enter();
    if (PyContext_Enter(context_.ptr()) < 0) throw PythonError{};
  }
  void leave() { PyContext_Exit(context_.ptr()); }

 private:
  int depth_ = Nesting::depth();
  bool grad_ = GradMode::wanted(), inference_ = GradMode::inference();
  SavedHooksCopy hooks_;
  py::object context_;
};

struct Raised {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
};

}  // namespace

void Nesting::refuse() {
  PyErr_Format(PyExc_RecursionError,
               "backward is called within backward %d times over: a hook or a Function that calls backward is reached "
               "again by the pass it starts. Let it work on detached values, or return at some depth",
               kMost);
  throw PythonError{};
}

void run_in_own_thread(void (*call)(void*), void* argument) {
  Modes modes;
  Raised raised;
  const auto body = [&] {
    const PyGILState_STATE state = PyGILState_Ensure();
    {
      const SavedHooksScope scope;
      try {
        modes.enter();
        call(argument);
      } catch (...) {
        set_python_error();
        PyErr_Fetch(&raised.type, &raised.value, &raised.traceback);
      }
      modes.leave();
    }
    PyGILState_Release(state);
  };
  bool started = true;
  {
    const HostUnlocked unlocked;
    try {
      std::thread(body).join();
    } catch (const std::system_error&) {
      started = false;
    }
  }
  if (!started) return call(argument);  // no more threads: as deep as it goes here
  if (!raised.type) return;
  PyErr_Restore(raised.type, raised.value, raised.traceback);
  throw PythonError{};
}

}  // namespace tapegrad::bindings
