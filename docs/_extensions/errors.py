"""The directive `raised`: a phrase of an error message, code that raises it, and what to do.

    .. raised:: the phrase

       code

       ---

       what to do

The code is run, and the page shows the message that it got: one without the phrase fails the build.
"""

import warnings

from docutils import nodes
from docutils.statemachine import StringList
from executed import names
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective


def message_of(code: str) -> tuple[str, str]:
    """The kind and the text of what the code raises, or of what it warns of last."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(code, "docs", "exec"), names())
        except Exception as error:
            return type(error).__name__, str(error)
    if not caught:
        raise ExtensionError(f"this raises nothing:\n{code}")
    return caught[-1].category.__name__, str(caught[-1].message)


class Raised(SphinxDirective):
    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        phrase = " ".join(self.arguments[0].split())
        split = list(self.content).index("---")
        code, advice = "\n".join(self.content[:split]).strip(), self.content[split + 1 :]
        kind, message = message_of(code)
        if phrase not in message:
            raise ExtensionError(f"the message is without {phrase!r}: {kind}: {message}\n{code}")
        lines = [
            phrase,
            "~" * (2 * len(phrase)),
            "",
            ".. code-block:: python",
            "",
            *("   " + line for line in code.splitlines()),
            "",
            ".. code-block:: text",
            "   :class: message",
            "",
            *("   " + line for line in f"{kind}: {message}".splitlines()),
            "",
            *advice,
        ]
        container = nodes.container()
        self.state.nested_parse(StringList(lines, "errors"), 0, container, match_titles=True)
        return container.children


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("raised", Raised)
    return {"parallel_read_safe": True}
