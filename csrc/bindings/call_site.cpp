#include "bindings/call_site.h"

#include <array>

#include "bindings/python.h"

namespace tapegrad::bindings {
namespace {

struct Site {
  PyCodeObject* code = nullptr;
  int instruction = 0;
};

constexpr std::uint32_t kKept = 4096;
std::array<Site, kKept>& sites() {
  static auto* const ring = new std::array<Site, kKept>;
  return *ring;
}
std::uint32_t noted = 0;

std::string describe(PyCodeObject* code, int line) {
  const py::object file = borrow(code->co_filename);
  const py::object text = import_attribute("linecache", "getline")(file, line).attr("strip")();
  std::string words = "at " + file.cast<std::string>() + ", line " + std::to_string(line);
  if (py::len(text) > 0) words += ": `" + text.cast<std::string>() + "`";
  return words;
}

}  // namespace

std::uint32_t note_call_site() {
  PyFrameObject* frame = PyEval_GetFrame();
  if (!frame) return 0;
  if (++noted >= UINT32_MAX - 1) noted = 1;
  Site& site = sites()[noted % kKept];
  PyCodeObject* const before = site.code;
  site = {PyFrame_GetCode(frame), PyFrame_GetLasti(frame)};
  Py_XDECREF(reinterpret_cast<PyObject*>(before));
  return noted;
}

std::string describe_site(std::uint32_t site) {
  if (site > noted || noted - site >= kKept) return {};
  const Site& it = sites()[site % kKept];
  return it.code ? describe(it.code, PyCode_Addr2Line(it.code, it.instruction)) : std::string();
}

std::string describe_caller() {
  PyFrameObject* frame = PyEval_GetFrame();
  if (!frame) return {};
  const py::object code = steal(reinterpret_cast<PyObject*>(PyFrame_GetCode(frame)));
  return describe(reinterpret_cast<PyCodeObject*>(code.ptr()), PyFrame_GetLineNumber(frame));
}

}  // namespace tapegrad::bindings
