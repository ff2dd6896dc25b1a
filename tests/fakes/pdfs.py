"""Invented papers as PDFs, built here: one and two columns, hidden words of every kind, scans, and broken files."""

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = letter
EDGE = 72.0
GUTTER = 18.0
SIZE, LEADING = 10.0, 12.0
SERIF, STRONG = "Times-Roman", "Times-Bold"

Draw = Callable[[Canvas], None]


def drawn(*pages: Draw, locked: str | None = None) -> bytes:
    """A PDF of those pages."""
    held = io.BytesIO()
    encrypt = StandardEncryption(locked, canPrint=0) if locked else None
    canvas = Canvas(held, pagesize=letter, encrypt=encrypt, invariant=1)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def sentence(number: int) -> str:
    """The invented sentence number so and so."""
    wood = ("oak", "pine", "birch", "beech", "elm", "cherry", "walnut")[number % 7]
    place = ("kitchen", "office", "hall", "attic", "cellar")[number % 5]
    return f"The {wood} cupboard {number} of the {place} holds {number * 3} boxes, as was found by counting them twice."


def paragraph(begin: int, count: int = 5) -> str:
    """Some of those sentences."""
    return " ".join(sentence(number) for number in range(begin, begin + count))


class Sheet:
    """Sets lines down columns and over pages, as a printer would."""

    def __init__(self, columns: int = 1, head: str = "") -> None:
        self._columns = columns
        self._head = head
        self._pages: list[list[Draw]] = [[]]
        self._column, self._y = 0, HEIGHT - EDGE - 12
        self.measure = (WIDTH - 2 * EDGE - (columns - 1) * GUTTER) / columns

    def _next(self) -> None:
        self._column += 1
        if self._column == self._columns:
            self._column = 0
            self._pages.append([])
        self._y = HEIGHT - EDGE - 12

    def line(self, words: str, font: str = SERIF, size: float = SIZE, indent: float = 0.0) -> None:
        """One line."""
        if self._y < EDGE + 20:
            self._next()
        x, y = EDGE + self._column * (self.measure + GUTTER) + indent, self._y
        self._y -= LEADING if size <= SIZE else size * 1.3

        def draw(canvas: Canvas) -> None:
            canvas.setFont(font, size)
            canvas.drawString(x, y, words)

        self._pages[-1].append(draw)

    def heading(self, words: str) -> None:
        """A heading with room around it."""
        self._y -= LEADING
        self.line(words, STRONG, 14)
        self._y -= 4

    def text(self, words: str, size: float = SIZE) -> None:
        """A paragraph, its first line indented, words parted at hyphens that the text holds as `\\u00ad`."""
        lines = _broken(words, self.measure - 12, size)
        for at, line in enumerate(lines):
            self.line(line, size=size, indent=0.0 if at else 12.0)

    def listed(self, words: str, page: int) -> None:
        """A line of the table of contents: strong words, and a page number at the edge."""
        sign = str(page)
        self.line(words, STRONG)
        self._y += LEADING
        self.line(sign, STRONG, indent=self.measure - stringWidth(sign, STRONG, SIZE))

    def gap(self, points: float = LEADING) -> None:
        """Room."""
        self._y -= points

    def pages(self) -> list[Draw]:
        """Every page with its running head and number."""
        return [self._page(number, drawings) for number, drawings in enumerate(self._pages, 1)]

    def _page(self, number: int, drawings: Sequence[Draw]) -> Draw:
        """Drawn from the bottom up: what a file draws first need not be what is read first."""

        def draw(canvas: Canvas) -> None:
            canvas.setFont(SERIF, 9)
            if self._head:
                canvas.drawString(EDGE, HEIGHT - 50, self._head)
            canvas.drawCentredString(WIDTH / 2, 40, str(number))
            for one in reversed(drawings):
                one(canvas)

        return draw


def _broken(words: str, measure: float, size: float) -> list[str]:
    """Lines of a paragraph; a word with a soft hyphen is parted there when it ends a line."""
    lines: list[str] = []
    for line in simpleSplit(words, SERIF, size, measure):
        head, hyphen, tail = line.rpartition("\u00ad")
        if hyphen:
            lines += [f"{head}-", tail]
        else:
            lines.append(line)
    return lines


def paper(columns: int = 1, sections: int = 3, paragraphs: int = 6, head: str = "A. AUTHOR: ON CUPBOARDS") -> bytes:
    """A whole paper: title, authors, abstract, numbered sections, a caption, a footnote, references, an appendix."""
    sheet = Sheet(columns, head)
    sheet.line("On Cupboards", STRONG, 18)
    sheet.line("Ann Author, University of Shelves", size=11)
    for at, listed in enumerate(("1 Introduction", "2 Method", "3 Results")):
        sheet.listed(listed, at + 1)
    sheet.heading("Abstract")
    sheet.text("We fill cupboards and count what is in them. It is more than was thought.")
    for number in range(1, sections + 1):
        sheet.heading(f"{number} {('Introduction', 'Method', 'Results')[(number - 1) % 3]}")
        for at in range(paragraphs):
            sheet.text(paragraph((number * 100 + at) * 5))
    sheet.text("The fur\u00adniture was weighed. All furniture is heavy, and each well-known piece is heavier.")
    sheet.gap()
    sheet.text("Figure 1: The cupboard seen from the left.")
    sheet.gap()
    sheet.heading("References")
    sheet.line("[1] B. Writer. On shelves. Journal of Cupboards, 2001.")
    sheet.line("[2] C. Writer. On drawers. Journal of Cupboards, 2002.")
    sheet.heading("A Longer Proofs")
    sheet.text("Here the doors are weighed again. They are as heavy as before.")
    return drawn(*sheet.pages())


def unnumbered() -> bytes:
    """A paper whose headings are bold, without numbers and no larger than its text; bold words begin a paragraph."""
    sheet = Sheet(2)
    for at, title in enumerate(("Introduction", "Doors of the north", "Methods", "What hinges tell")):
        sheet.gap(20)
        sheet.line(title, STRONG)
        sheet.text(paragraph(at * 5))
        sheet.gap(20)
        sheet.line("Bold words of a paragraph", STRONG)
        sheet.line("and words of it that are bold as well", STRONG)
        sheet.text(paragraph(at * 5 + 50))
    return drawn(*sheet.pages())


def wide_tables() -> bytes:
    """Two columns of prose and over both of them two tables: one under its caption, one over it, with a broken cell."""

    def row(canvas: Canvas, y: float, *cells: str) -> None:
        for at, cell in enumerate(cells):
            canvas.drawString(EDGE + 95 * at, y, cell)

    def draw(canvas: Canvas) -> None:
        canvas.setFont(SERIF, SIZE)
        canvas.drawCentredString(WIDTH / 2, 730, "Table 1: Pulls of all the woods of the north.")
        for at, cells in enumerate((("Wood", "cold", "warm", "wet", "dry"), ("oak", "1", "2", "3", "4"))):
            row(canvas, 712 - LEADING * at, *cells)
        for at, (door, seen, said) in enumerate(
            (("Door", "seen", "said"), ("left", "twice", "it sticks in"), ("right", "once", "no"))
        ):
            row(canvas, 660 - 2 * LEADING * at, door, seen)
            canvas.drawString(EDGE + 300, 660 - 2 * LEADING * at, said)
        canvas.drawString(EDGE + 300, 660 - 3 * LEADING, "summer")
        canvas.drawCentredString(WIDTH / 2, 590, "Table 2: What was said of the doors of the north.")
        for column in range(2):
            measure = (WIDTH - 2 * EDGE - GUTTER) / 2
            for at, line in enumerate(simpleSplit(paragraph(column * 40, 20), SERIF, SIZE, measure)[:38]):
                canvas.drawString(EDGE + column * (measure + GUTTER), 560 - LEADING * at, line)

    return drawn(draw)


def accents() -> bytes:
    """A line whose accents are drawn as signs of their own, before their letter and behind it; one stands alone."""

    def draw(canvas: Canvas) -> None:
        _prose(canvas)
        canvas.setFont(SERIF, SIZE)
        x = EDGE
        for word in ("M. ", "Vall", "´e", "e and A. M", "u¨", "ller write ", "´", " for an accent."):
            letter, mark = word.strip("´¨"), word.strip("eu")
            if len(word) != 2:
                canvas.drawString(x, 300, word)
                x += stringWidth(word, SERIF, SIZE)
                continue
            middle = x + (stringWidth(letter, SERIF, SIZE) - stringWidth(mark, SERIF, SIZE)) / 2
            for sign in word:
                canvas.drawString(middle if sign == mark else x, 300, sign)
            x += stringWidth(letter, SERIF, SIZE)

    return drawn(draw)


def fractions() -> bytes:
    """A formula with fractions; and rules that are no bars: of a table, and under a word."""

    def draw(canvas: Canvas) -> None:
        _prose(canvas)
        canvas.setFont(SERIF, SIZE)
        canvas.setLineWidth(0.4)

        def at(x: float, y: float, words: str) -> None:
            canvas.drawString(x, y, words)

        def over(x: float, y: float, upper: str, lower: str) -> None:
            wide = max(stringWidth(words, SERIF, SIZE) for words in (upper, lower))
            for words, height in ((upper, 6.8), (lower, -6.9)):
                at(x + (wide - stringWidth(words, SERIF, SIZE)) / 2, y + height, words)
            canvas.line(x, y + 2.5, x + wide, y + 2.5)

        at(100, 300, "F =")
        over(120, 300, "k", "a+b")
        at(120 + stringWidth("a+b", SERIF, SIZE) + 1.2, 300, "m")
        at(160, 300, "+ d,")
        over(200, 300, "c", "n+1")
        at(100, 240, "oak")
        at(150, 240, "1")
        canvas.line(100, 236.5, 155, 236.5)
        at(100, 228, "ash")
        at(150, 228, "2")
        at(100, 180, "We underline this word of a line.")
        canvas.line(154, 178, 182, 178)
        at(100, 168, "The line that follows goes on beside it.")

    return drawn(draw)


def mostly_small() -> bytes:
    """A paper with more small print than text: paragraphs in larger letters, one of which begins with an A."""
    sheet = Sheet()
    for at in range(3):
        sheet.heading(f"{at + 1} Part {('one', 'two', 'three')[at]} of all")
        sheet.text(f"A drawer may stick. {paragraph(at * 5)}")
        sheet.gap()
        sheet.text(paragraph(at * 5 + 50), size=7)
        sheet.text(paragraph(at * 5 + 70, 20), size=7)
    return drawn(*sheet.pages())


def with_page_heads(pages: int = 8) -> bytes:
    """Prose under running heads that hold the number of the page and change from page to page."""

    def page(number: int) -> Draw:
        title = f"Shelf {'abcdefgh'[number % 8] * 3} of pine"
        head = f"{number + 4} {title}" if number % 2 else f"{title} {number + 4}"

        def draw(canvas: Canvas) -> None:
            canvas.setFont(SERIF, 9)
            canvas.drawString(EDGE, HEIGHT - 50, head)
            _prose(canvas, number * 40)

        return draw

    return drawn(*(page(number) for number in range(pages)))


def small_capitals() -> bytes:
    """Lines that begin with a name in smaller capitals."""

    def draw(canvas: Canvas) -> None:
        for at in range(20):
            y = HEIGHT - 120 - at * LEADING
            canvas.setFont(SERIF, 8.5)
            canvas.drawString(EDGE, y, "OAK")
            canvas.setFont(SERIF, SIZE)
            canvas.drawString(EDGE + 22, y, f"of room {at} holds boxes and more boxes that we counted in each room and")

    return drawn(draw)


def long_paper(pages: int = 60) -> bytes:
    """So many pages of prose."""

    def page(number: int) -> Draw:
        sheet = Sheet()
        for at in range(9):
            sheet.text(paragraph((number * 9 + at) * 5, 3))
        return sheet.pages()[0]

    return drawn(*(page(number) for number in range(pages)))


def _prose(canvas: Canvas, begin: int = 0) -> None:
    """A page's upper half of visible prose."""
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont(SERIF, SIZE)
    lines = chain.from_iterable(
        simpleSplit(paragraph(begin + at * 5), SERIF, SIZE, WIDTH - 2 * EDGE) for at in range(4)
    )
    for at, line in enumerate(lines):
        canvas.drawString(EDGE, HEIGHT - 120 - at * LEADING, line)


def with_hidden(draw: Draw) -> bytes:
    """A page of prose with something else drawn on it."""

    def page(canvas: Canvas) -> None:
        _prose(canvas)
        draw(canvas)

    return drawn(page)


def words_at(
    words: str,
    *,
    x: float = EDGE,
    y: float = 200,
    size: float = SIZE,
    colour: tuple[float, float, float] = (0, 0, 0),
    mode: int = 0,
    under: tuple[float, float, float] | None = None,
) -> Draw:
    """Words of that look, on a box of the colour `under` where one is given."""

    def draw(canvas: Canvas) -> None:
        if under is not None:
            canvas.setFillColorRGB(*under)
            canvas.rect(x - 5, y - 5, 420, 20, stroke=0, fill=1)
        text = canvas.beginText(x, y)
        text.setFont(SERIF, size)
        text.setFillColorRGB(*colour)
        text.setTextRenderMode(mode)
        text.textOut(words)
        text.setTextRenderMode(0)
        canvas.drawText(text)

    return draw


def clipped(words: str) -> Draw:
    """Words of which a clip leaves nothing."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(20, 20, 10, 10)
        canvas.clipPath(path, stroke=0, fill=0)
        words_at(words)(canvas)
        canvas.restoreState()

    return draw


def covered(words: str, how: str) -> Draw:
    """Words under a `picture`, a picture with a `mask` through which they shine, or a `box`."""

    def draw(canvas: Canvas) -> None:
        words_at(words)(canvas)
        if how == "box":
            canvas.setFillColorRGB(0.9, 0.9, 0.9)
            canvas.rect(EDGE - 5, 190, 430, 30, stroke=0, fill=1)
            return
        image = Image.new("RGBA", (60, 10), (200, 220, 240, 0 if how == "mask" else 255))
        held = ImageReader(image if how == "mask" else image.convert("RGB"))
        canvas.drawImage(held, EDGE - 5, 190, 430, 30, mask="auto" if how == "mask" else None)

    return draw


def layered(words: str, layer: str, *, turned: int = 0) -> bytes:
    """A page of prose and, on a line of its own, words in a layer: `on`, `off`, `printed` (and not on the screen),
    `member` (of a group that is off), `form` (inside of a form, off); `cover`: a box that is off over the words."""
    prose = "".join(f"BT /F 10 Tf 1 0 0 1 72 {700 - 14 * at} Tm ({sentence(at)}) Tj ET\n" for at in range(20))
    line = f"BT /F 10 Tf 1 0 0 1 72 200 Tm ({words}) Tj ET"
    mark = {"on": "L1", "printed": "L3", "member": "L4"}.get(layer, "L2")
    box = "1 g 60 190 500 30 re f"
    drawn = {"form": f"/OC /{mark} BDC /X Do EMC", "cover": f"{line} /OC /{mark} BDC {box} EMC"}
    page = prose + drawn.get(layer, f"/OC /{mark} BDC {line} EMC") + "\n"
    inside = "<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>/Properties<</L1 7 0 R/L2 8 0 R/L3 9 0 R/L4 10 0 R>>>>"
    off = "/OCGs[7 0 R 8 0 R 9 0 R]/D<</OFF[8 0 R]/AS[<</Event/View/Category[/View]/OCGs[9 0 R]>>]>>"
    return _raw(
        f"<</Type/Catalog/Pages 2 0 R/OCProperties<<{off}>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Rotate {turned}/Resources{inside}/Contents 4 0 R>>",
        _stream("", page),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        _stream("/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>>>", line),
        "<</Type/OCG/Name(seen)>>",
        "<</Type/OCG/Name(unseen)>>",
        "<</Type/OCG/Name(printed)/Usage<</View<</ViewState/OFF>>/Print<</PrintState/ON>>>>>>",
        "<</Type/OCMD/OCGs[8 0 R]/P/AllOn>>",
    )


def _stream(head: str, words: str) -> str:
    return f"<<{head}/Length {len(words)}>>stream\n{words}\nendstream"


def _raw(*objects: str) -> bytes:
    """A file of those objects, numbered from 1; the first is its catalog."""
    body, places = "%PDF-1.7\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{written}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {count}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def _picture() -> ImageReader:
    picture = Image.new("L", (400, 500), 255)
    ImageDraw.Draw(picture).text((40, 40), "words that are only a picture", fill=0)
    return ImageReader(picture)


def scanned(pages: int = 2) -> bytes:
    """Pictures of pages, and no text."""
    return drawn(*([lambda canvas: canvas.drawImage(_picture(), 0, 0, WIDTH, HEIGHT)] * pages))


def recognized() -> bytes:
    """A picture of a page with the words that a machine recognized, drawn without ink upon it."""

    def page(canvas: Canvas) -> None:
        canvas.drawImage(_picture(), 0, 0, WIDTH, HEIGHT)
        for at, line in enumerate(simpleSplit(paragraph(0, 20), SERIF, SIZE, WIDTH - 2 * EDGE)):
            words_at(line, y=HEIGHT - 100 - at * LEADING, mode=3)(canvas)

    return drawn(page)


def strips(pages: int = 3, head: str = "") -> bytes:
    """A scan in strips with its recognized words unseen upon them, and perhaps a library's line over it."""

    def page(canvas: Canvas) -> None:
        for at in range(8):
            canvas.drawImage(_picture(), 0, at * HEIGHT / 8, WIDTH, HEIGHT / 8)
        canvas.saveState()
        words_at(head or " ", y=770, size=9)(canvas)
        for at in range(40):
            words_at(sentence(at), y=740 - 17 * at, size=8, mode=3)(canvas)
        canvas.restoreState()

    return drawn(*([page] * pages))


def ciphered() -> bytes:
    """A font without a map to Unicode: each letter stands for another."""

    def page(canvas: Canvas) -> None:
        for at in range(30):
            said = "".join(chr(ord(sign) - 29) if sign.isalpha() else sign for sign in sentence(at))
            words_at("".join(sign if sign.isprintable() else "!" for sign in said), y=740 - 17 * at, size=8)(canvas)

    return drawn(page)


def plot() -> bytes:
    """A figure scaled down until its labels are a point high, and a bar drawn as a stroke under white words."""

    def page(canvas: Canvas) -> None:
        _prose(canvas)
        for at, label in enumerate(("Oak", "Pine", "Beech", "Share of drawers that stick by wood", "Our new model")):
            words_at(label, x=100 + 30 * at, y=120 + 9 * at, size=1.2)(canvas)
        canvas.setStrokeColorRGB(0, 0, 0.4)
        canvas.setLineWidth(14)
        canvas.line(100, 90, 400, 90)
        words_at("Drawers that did stick in the wet years", x=120, y=86, colour=(1, 1, 1))(canvas)

    return drawn(page)


def bomb(megabytes: int) -> bytes:
    """A small file whose one page unfolds to so many megabytes of drawing nothing."""
    packer = zlib.compressobj(9)
    piece = b"q Q " * (1 << 18)
    packed = b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()
    return _by_hand(packed, b"/Filter/FlateDecode") + b"%%EOF\n"


def without_end() -> bytes:
    """A page of prose in a file that breaks off just before its end."""
    lines = simpleSplit(paragraph(0, 20), SERIF, SIZE, WIDTH - 2 * EDGE)
    said = "".join(f"({line}) Tj 0 -12 Td " for line in lines)
    return _by_hand(f"BT /F1 10 Tf 72 700 Td {said}ET".encode(), b"")


def _by_hand(content: bytes, packing: bytes) -> bytes:
    """A file of one page, without a table of its objects and without an end."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<<%s/Length %d>>stream\n%s\nendstream" % (packing, len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
    ]
    body = b"%PDF-1.7\n"
    for number, said in enumerate(objects, 1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    return body + b"trailer<</Root 1 0 R/Size 6>>\n"


def broken_ones() -> Iterator[tuple[str, bytes]]:
    """Files that cannot be read, by name."""
    good = paper()
    yield "truncated to a tenth", good[: len(good) // 10]
    yield "only a head", b"%PDF-1.7\n"
    yield "noise", b"%PDF-1.7\n" + bytes(range(256)) * 200
    yield "locked", drawn(_prose, locked="a password")
