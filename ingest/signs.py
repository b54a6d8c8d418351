"""Signs that begin the items of a list: the usual ones, and those that only this document has.

A sign of a symbol font is extracted as some letter or control character ("o", "q", "\\x7f"); what tells it is that it
stands alone at the start of several lines.
"""

from __future__ import annotations

import re
from collections import Counter

BULLETS = "•·●○◦▪■□–—‣⁃∙➢➤►✓✔*+-\uf0b7\uf0a7"


def own_signs(texts: list[str]) -> str:
    """Signs that stand alone at the start of three lines or more of this document, besides the usual ones."""
    found: Counter[str] = Counter()
    for text in texts:
        for match in re.finditer(r"^[ \t]*(\S)[ \t]+(?=\S)", text, re.M):
            found[match.group(1)] += 1
    return "".join(sign for sign, number in found.items() if number >= 3 and _may_be_sign(sign))


def _may_be_sign(sign: str) -> bool:
    if sign.isalpha():
        return sign in "oqvnüØ"  # what symbol fonts have there are discs, squares and ticks; none is a Swedish word
    return not (sign.isdigit() or sign in "|\"'”“’()[]{}<>#&/\\.,:;!?…%=~_´`")
