"""The paper that pictures are drawn on: matplotlib's artists in pixels from the top left corner, without its axes.

Nothing here imports matplotlib until a sheet is made; pyplot, which keeps every figure and looks for a screen, never is.
Texts are never read as formulas, and the font is named by its file, so no setting of the machine changes a picture.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from bot.paths import BUILD
from bot.pictures import style, text


@lru_cache(maxsize=1)
def _matplotlib() -> Any:
    """The package with what is used of it loaded; it keeps its list of fonts in this project's build folder."""
    os.environ.setdefault("MPLCONFIGDIR", str(BUILD / "matplotlib"))
    # What it says of its own use of pyparsing, once, is of no use in a server's log.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="matplotlib")
    import matplotlib
    import matplotlib.backends.backend_agg
    import matplotlib.figure
    import matplotlib.lines
    import matplotlib.patches
    import matplotlib.patheffects
    import matplotlib.text
    import matplotlib.transforms

    return matplotlib


@lru_cache(maxsize=4)
def _font(size: int, bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties

    folder = f"{_matplotlib().get_data_path()}/fonts/ttf"
    return FontProperties(fname=f"{folder}/DejaVuSans{'-Bold' if bold else ''}.ttf", size=size)


@lru_cache(maxsize=2)
def _glyphs(bold: bool) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(_font(style.TEXT, bold).get_file()).get_charmap())


@lru_cache(maxsize=1)
def _palette() -> Any:
    """The style's colours, and the shades between them and the paper that smooth edges need.

    In these few the picture looks the same at a third of the bytes, and finding them anew for each would take longer than
    the drawing. The grid is never smoothed, and shades as near to the paper as its own would discolour the paper.
    """
    from PIL import Image, ImageColor

    paper = ImageColor.getrgb(style.PAPER)
    colours = list(ImageColor.getrgb(style.GRID))
    for ink in sorted({style.INK, style.MUTED_INK, style.MARK, style.AXIS}):
        for shade in range(style.SHADES):
            share = shade / (style.SHADES - 1)
            colours += [round(a + (b - a) * share) for a, b in zip(ImageColor.getrgb(ink), paper, strict=True)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    return palette


class Letters:
    """One size and weight of text: what of a text can be drawn, and how wide that is."""

    def __init__(self, size: int = style.TEXT, *, bold: bool = False) -> None:
        self.size, self.bold = size, bold
        self.leading = size * style.LEADING
        self._ruler = _matplotlib().backends.backend_agg.RendererAgg(1, 1, 72)

    def drawable(self, words: str) -> str:
        return text.drawable(words, _glyphs(self.bold))

    def width(self, words: str) -> float:
        """In pixels. `words` must be drawable."""
        if not words:
            return 0.0
        return float(self._ruler.get_text_width_height_descent(words, _font(self.size, self.bold), False)[0])

    def wrap(self, words: str, width: float, most: int) -> list[str]:
        """Drawable lines; see text.wrap."""
        return text.wrap(self.drawable(words), width, most, self.width)


class Sheet:
    """A white sheet of `width` by `height` pixels. One thread at a time may draw: matplotlib shares its fonts."""

    def __init__(self, width: int, height: int) -> None:
        library = _matplotlib()
        self._library, self._height = library, height
        self._figure = library.figure.Figure(
            figsize=(width / 72, height / 72), dpi=72, facecolor=style.PAPER, edgecolor="none"
        )
        self._canvas = library.backends.backend_agg.FigureCanvasAgg(self._figure)

    def text(
        self, x: float, baseline: float, words: str, letters: Letters, *, colour: str = style.INK, align: str = "left",
        halo: bool = False,
    ) -> None:  # fmt: skip
        """`align`: what of the text is at x: "left", "center" or "right". `halo`: paper around it, where a line may pass."""
        effects = self._library.patheffects
        self._add(
            self._library.text.Text(
                x,
                self._height - baseline,
                words,
                color=colour,
                fontproperties=_font(letters.size, letters.bold),
                horizontalalignment=align,
                verticalalignment="baseline",
                usetex=False,
                parse_math=False,
                wrap=False,
                path_effects=[effects.withStroke(linewidth=6, foreground=style.PAPER)] if halo else None,
                zorder=3,
            )
        )

    def line(self, points: Sequence[tuple[float, float]], *, colour: str, width: float) -> None:
        """`points`: (x, y) of each; one alone draws nothing."""
        self._add(
            self._library.lines.Line2D(
                [x for x, _ in points],
                [self._height - y for _, y in points],
                color=colour,
                linewidth=width,
                linestyle="-",
                marker="None",
                solid_capstyle="round",
                solid_joinstyle="round",
                antialiased=True,
                zorder=2,
            )
        )

    def point(self, x: float, y: float, *, colour: str, radius: float) -> None:
        self._add(
            self._library.patches.Circle((x, self._height - y), radius, facecolor=colour, edgecolor="none", zorder=2)
        )

    def box(self, left: float, top: float, right: float, bottom: float, *, colour: str) -> None:
        """Filled, on whole pixels."""
        left, top, right, bottom = round(left), round(top), round(right), round(bottom)
        self._add(
            self._library.patches.Rectangle(
                (left, self._height - bottom),
                right - left,
                bottom - top,
                facecolor=colour,
                edgecolor="none",
                antialiased=False,
                zorder=1,
            )
        )

    def png(self, title: str, description: str) -> bytes:
        """The picture, with both texts in its metadata (`Title`, `Description`)."""
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo

        self._canvas.draw()
        about = PngInfo()
        about.add_text("Title", title)
        about.add_text("Description", description)
        file = io.BytesIO()
        width, height = self._canvas.get_width_height()
        whole = Image.frombuffer("RGBA", (width, height), self._canvas.buffer_rgba()).convert("RGB")
        few = whole.quantize(palette=_palette(), dither=Image.Dither.NONE)
        few.save(file, "PNG", pnginfo=about, compress_level=6)
        return file.getvalue()

    def _add(self, artist: Any) -> None:
        if not artist.is_transform_set():
            artist.set_transform(self._library.transforms.IdentityTransform())
        self._figure.add_artist(artist)
