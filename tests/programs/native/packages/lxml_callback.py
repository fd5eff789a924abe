# An XPath expression calls a Python function.
from lxml import etree

import _truth


def extension(context, nodes):
    _truth.block()


def query(document):
    return document.xpath("//b[f:extension(.)]", namespaces={"f": "urn:f"}, extensions={("urn:f", "extension"): extension})


_truth.watch()
query(etree.fromstring("<a><b/></a>"))
