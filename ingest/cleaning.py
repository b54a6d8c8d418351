"""From printed words to readable words: hyphenation, ligatures, doubled letters, and the form used for comparing.

Three forms of the same words:

- printed: the characters of the page text, never changed;
- quote (`quote_form`): line-break hyphens removed, white space collapsed; can be found again in the page;
- clean (`clean_text`): what a reader is shown; composed letters, ligatures spelled out, fake bold undone.

`fold` is the matching form for search and comparison, never shown.
"""

from __future__ import annotations

import re
import unicodedata

SOFT_HYPHEN = "\u00ad"
_LINE_HYPHEN = re.compile(r"[-\u00ad]\s*\n\s*")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
_DOUBLED_WORD = re.compile(r"(?<!\w)(?:([^\W\d_])\1){3,}(?!\w)")
# Words that are spelled with é ("idé", "entréer"); elsewhere in Swedish text é is what OCR read for å or, after f, ö.
_TRUE_E_ACUTE = re.compile(
    r"(?<=id)é|(?<=[ck]af)é|(?<=entr)é|(?<=arm)é|(?<=kup)é|(?<=fil)é|(?<=succ)é|(?<=mitt)é|(?<=resum)é|(?<=turn)é"
    r"|(?<=mosk)é|(?<=trof)é|(?<=alle)é|(?<=all)é|(?<=renomm)é|(?<=linn)é|(?<=ess)é|(?<=pur)é|(?<=tabl)é"
)
_OCR_O = re.compile(r"(?<=f)é(?=[rl])|(?<=b)é(?=r\b)")
_OCR_DIGIT_A = re.compile(
    r"(?<=[a-zåäö])[38](?=[a-zåäö])|(?<=[a-zåäö]{2})&(?=[a-zåäö])|(?<![\w&])[&](?=[rn]\b)|(?<=\b[spdn])&(?=\W|$)|(?<=[a-zåäö]{3})3\b"
)
_OCR_DIGIT_O = re.compile(r"(?<=[a-zåäö])6(?=[a-zåäö])|(?<!\w)6(?=[a-zåäö]{3})")
_LETTER_HYPHEN = re.compile(r"(?<!\w)([^\W\d_])-(?=[^\W\d_])")
_MARKUP = [
    (re.compile(r"<(?:br|BR)\s*/?>"), " "),
    (re.compile(r"<sup>[^<]*</sup>"), ""),
    (re.compile(r"</?[A-Za-z][^<>\n]*>"), ""),
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r""),
    (re.compile(r"\[([^\]]+)\]\(([^)]*)\)"), r"\1"),
    (re.compile(r"<(https?://[^>]*)>"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.S), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!-])"), r"\1"),
    (re.compile(r"\*\*"), ""),
]


def quote_form(printed: str) -> str:
    """Printed words with line-break hyphens removed and white space collapsed."""
    return re.sub(r"\s+", " ", _LINE_HYPHEN.sub("", printed)).strip()


def clean_text(printed: str, markdown: bool = False) -> str:
    """Printed words as a reader should see them, on one line."""
    text = strip_markup(printed) if markdown else printed
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = _join_lines(text).replace(SOFT_HYPHEN, "")
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    text = mend_doubled(text)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" +([,.;:!?])(?=\s|$)", r"\1", text) if re.search(r"\w [,;:]", text) else text


def strip_markup(text: str) -> str:
    """Markdown's and inline HTML's marks taken away, the words kept."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text


def mend_doubled(text: str) -> str:
    """Undo fake bold, where every letter was printed twice: "GGaalllleerrii" is "Galleri".

    A word is mended only where all of its letters come in pairs; Swedish has no such word of six letters or more.
    Punctuation and spaces that were doubled with it are mended too.
    """
    if not _DOUBLED_WORD.search(text):
        return text

    def whole(match: re.Match[str]) -> str:
        run = match.group()
        pairs = re.sub(r"\s+", " ", run)
        mended, position = [], 0
        while position < len(pairs):
            mended.append(pairs[position])
            same = position + 1 < len(pairs) and pairs[position + 1] == pairs[position]
            position += 2 if same else 1
        return "".join(mended)

    # A run of doubled words may hold short ones ("ppåå") that would not be mended by themselves.
    run = re.compile(r"(?<!\w)(?:([^\W_])\1)+([.,!?:;])?\2?(?:\s+(?:([^\W_])\3)+([.,!?:;])?\4*)*(?!\w)")
    return run.sub(lambda m: whole(m) if _DOUBLED_WORD.search(m.group()) else m.group(), text)


def close_spaced(text: str) -> str:
    """Undo letter-spacing: "R E G I O N  N O R R" is "REGION NORR". Other text is returned unchanged."""
    tokens = text.split()
    letters = [token for token in tokens if len(token) == 1]
    if len(tokens) < 4 or len(letters) < 0.75 * len(tokens):
        return text
    if re.search(r"\S\s{2,}\S", text):  # words are told apart by wider spaces
        return " ".join(word.replace(" ", "") for word in re.split(r"\s{2,}", text.strip()))
    return "".join(tokens)


def fold(text: str) -> str:
    """The matching form: lower case, å ä ö and what OCR makes of them as bare vowels, ligatures spelled out.

    "målgrupp", "malgrupp", "mélgrupp" and "ma\\u030algrupp" all become "malgrupp"; "för", "for" and "fér" become "for";
    "e-handel" and "ehandel" become "ehandel".
    Only signs that cannot be anything else inside a word are mapped, so figures keep their value.
    """
    if text.isascii() and text.isalpha():  # most words: nothing to mend
        return text.lower()
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).replace(SOFT_HYPHEN, "")).casefold()
    if "é" in text:
        text = _OCR_O.sub("o", _TRUE_E_ACUTE.sub("e", text)).replace("é", "a")
    text = _OCR_DIGIT_A.sub("a", text)
    text = _OCR_DIGIT_O.sub("o", text)
    text = _LETTER_HYPHEN.sub(r"\1", text)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", text.replace("ø", "o").replace("æ", "a")).strip()


def _join_lines(text: str) -> str:
    """Words hyphenated over line ends joined; a hyphen that belongs to the word is kept."""

    def join(match: re.Match[str]) -> str:
        before, hyphen, after = match.group(1), match.group(2), match.group(3)
        if re.match(r"(?:och|eller|samt|respektive)\b", text[match.start(3) :]):
            return f"{before}{hyphen} {after}"  # "kultur- och fritid"
        if hyphen == SOFT_HYPHEN or (before.islower() and after.islower()):
            return before + after
        return f"{before}-{after}"

    text = re.sub(r"(\w)([-\u00ad])[ \t]*\n\s*(\w)", join, text)
    return re.sub(r"\s*\n\s*", " ", text)
