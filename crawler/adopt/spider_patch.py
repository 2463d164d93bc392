"""The change of a definition as a patch: of the spider's file, or of the one that an adoption would have written.

A patch is a text for a person to read and apply. What a site wrote stands in it as a literal, and nothing of it is run.
"""

from __future__ import annotations

from crawler.errors import BadInput
from crawler.learn import patch, patched
from crawler.learn.writing import file_of
from crawler.sites import Site
from crawler.sites.registry import spider_path


def spider_patch(site: Site, better: Site) -> str:
    """What makes `better` of the definition of a site, as a unified diff.

    "" when nothing changes, when the patch would be too long to be read, and for a file that is not written as spiders
    are.
    """
    path = spider_path(site.name)
    text = path.read_text(encoding="utf-8") if path is not None else file_of(site)
    shown = f"{path.parent.name}/{path.name}" if path is not None else f"spiders/{site.name}.py"
    try:
        return patch(text, patched(text, site, better), shown)
    except (BadInput, SyntaxError):
        return ""
