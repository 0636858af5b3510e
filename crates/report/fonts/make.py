"""Makes the fonts of our PDF documents, and the list of the characters that they must hold.

    apt-get download fonts-noto-cjk fonts-noto-core unicode-data   # and unpack each with `dpkg-deb -x FILE FOLDER`
    pip install fonttools
    python3 make.py Unihan_IRGSources.txt.bz2 NotoSansCJK-Regular.ttc \
        NotoSans-Regular.ttf NotoSansMath-Regular.ttf NotoSansSymbols2-Regular.ttf

writes, beside this script, `hong-kong.otf`, `more.ttf` and `hong-kong.txt`. The first is the Hong Kong face of Noto
Sans CJK (2.004), without the characters that neither Hong Kong nor Latin text uses, without hints (which only
low-resolution screens need) and without the features of shaping (a document is set glyph by glyph). The second holds
what this face lacks of HKSCS, which are phonetic letters and signs, and of Latin, Greek and Cyrillic text and signs. The list is every character of Big5, of HKSCS-2004
(Python's codecs) and of HKSCS up to 2016 (the sources `H*` of the Unicode Han database, 15.0).
"""

import bz2
import pathlib
import re
import sys

from fontTools import merge, subset
from fontTools.ttLib import TTCollection, TTFont

HERE = pathlib.Path(__file__).parent
FACE = "Noto Sans CJK HK"
# The database gives Hong Kong sources to these as well, which came after HKSCS-2016.
LATER = set("\U0002BB37\U0002D25D\U0002F9B2")

# What documents in English and Chinese use besides: Latin, Greek, punctuation, arrows, signs, full-width forms.
BESIDES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x1CD, 0x1DC), (0x2C6, 0x2DD), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x45F), (0x1E00, 0x1EFF),
    (0x2010, 0x205E), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x218B), (0x2190, 0x22FF), (0x2300, 0x23FF),
    (0x2460, 0x24FF), (0x2500, 0x26FF), (0x2700, 0x27BF), (0x3000, 0x303F), (0x3100, 0x312F), (0x31A0, 0x31BF),
    (0x3200, 0x33FF), (0xFE10, 0xFE6F), (0xFF00, 0xFFEF),
]
# What names and formulas use that the first font need not hold.
RARE = [(0x180, 0x24F), (0x1D2C, 0x1DBF)]


def of_codec(codec):
    """Every character that a double-byte codec knows."""
    characters = set()
    for lead in range(0x81, 0xFF):
        for trail in [*range(0x40, 0x7F), *range(0xA1, 0xFF)]:
            try:
                characters.update(bytes([lead, trail]).decode(codec))
            except UnicodeDecodeError:
                pass
    return characters


def of_hong_kong(path):
    """Every character that the Han database gives a Hong Kong source."""
    characters = set()
    for line in bz2.open(path, "rt", encoding="utf-8"):
        found = re.match(r"U\+([0-9A-F]+)\tkIRG_HSource\t", line)
        if found:
            characters.add(chr(int(found[1], 16)))
    return characters


def of_ranges(ranges):
    """Every character of these ranges."""
    return {chr(code) for first, last in ranges for code in range(first, last + 1)}


def smaller(font, characters):
    """The font with these characters only."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["VORG", "BASE", "vhea", "vmtx", "GSUB", "GPOS", "GDEF", "MATH", "STAT"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, characters)))
    subsetter.subset(font)
    return font


def others(paths, lacking):
    """One font of what is lacking, out of the first of these fonts that holds it; what none holds."""
    parts = []
    for path in paths:
        font = TTFont(path)
        found = lacking & set(map(chr, font.getBestCmap()))
        lacking = lacking - found
        part = HERE / f"part-{len(parts)}.ttf"
        smaller(font, found).save(part)
        parts.append(part)
    merge.Merger().merge(list(map(str, parts))).save(HERE / "more.ttf")
    for part in parts:
        part.unlink()
    return lacking


def main(database, collection, *paths):
    face = next(font for font in TTCollection(collection).fonts if font["name"].getDebugName(4) == FACE)
    held = set(map(chr, face.getBestCmap()))
    wanted = of_codec("big5") | of_codec("big5hkscs") | (of_hong_kong(database) - LATER)
    kept = (wanted | of_ranges(BESIDES)) & held
    smaller(face, kept).save(HERE / "hong-kong.otf")
    nowhere = others(paths, (wanted | of_ranges(BESIDES) | of_ranges(RARE)) - kept)

    lines = sorted(wanted)
    lines = ["".join(lines[start : start + 64]) for start in range(0, len(lines), 64)]
    (HERE / "hong-kong.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(wanted), "characters; nowhere:", sorted(nowhere & wanted))
    for name in ("hong-kong.otf", "more.ttf"):
        print(name, (HERE / name).stat().st_size, "bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
