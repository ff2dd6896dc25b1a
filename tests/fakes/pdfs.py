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
