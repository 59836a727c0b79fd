"""The other outputs of a notebook's cells, put beside their own."""

from docutils import nodes
from sphinx.application import Sphinx

OURS = "tapegrad, when this page was built"


def beside(app: Sphinx, document: nodes.document) -> None:
    """Moves each block of class `other-output` into the cell before it."""
    for block in list(document.findall(nodes.container)):
        if not any("other-output" in child.get("classes", ()) for child in block.children):
            continue
        siblings = block.parent.children
        cell = siblings[siblings.index(block) - 1]
        outputs = [child for child in cell.children if "cell_output" in child.get("classes", ())]
        block.parent.remove(block)
        columns = nodes.container(classes=["beside"])
        ours = nodes.container(classes=["ours"])
        ours += nodes.paragraph("", OURS, classes=["beside-title"])
        for output in outputs:
            cell.remove(output)
            ours += output
        columns += [block, ours]
        cell += columns


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", beside)
    return {"parallel_read_safe": True}
