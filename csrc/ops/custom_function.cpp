// custom_function: the node of a function that the host defines (Note [Node and context] in graph/custom_function.h).

#include "graph/custom_function.h"

namespace tapegrad {

CustomFunctionHost& custom_function_host() {
  static CustomFunctionHost table;
  return table;
}

const Op kCustomFunction({.name = "custom_function",
                          .node = "Function",
                          .forward = nullptr,
                          .derivative = [](Backward& b) { custom_function_host().backward(b); },
                          .category = Category::Graph,
                          .takes_undefined = true});

}  // namespace tapegrad
