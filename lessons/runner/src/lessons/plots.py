"""Figures without a display, with Korean text in them."""

import io
from typing import Any

# The first of these that is installed comes after DejaVu, which has the mathematics.
KOREAN_FONTS = (
    "NanumGothic",
    "NanumBarunGothic",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
)


def style() -> dict[str, Any]:
    """The matplotlib settings under which figures are made and drawn."""
    return {
        "font.family": ["DejaVu Sans", *_korean_fonts()],
        "axes.unicode_minus": True,
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.alpha": 0.25,
    }


def _korean_fonts() -> list[str]:
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    return [name for name in KOREAN_FONTS if name in installed][:1]


def subplots(rows: int = 1, columns: int = 1, **options: Any) -> tuple[Any, Any]:
    """A figure of its own, known to no pyplot, and its axes."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure_options = {key: options.pop(key) for key in ("figsize", "dpi") if key in options}
    with mpl.rc_context(style()):
        figure = Figure(**figure_options)
        FigureCanvasAgg(figure)
        return figure, figure.subplots(rows, columns, **options)


def png(figure: Any) -> bytes:
    """The figure as a PNG file's bytes, without a date in it."""
    import matplotlib as mpl
    from matplotlib.text import Text

    # A legend or an annotation is made outside subplots(), with the font of that moment.
    for text in figure.findobj(Text):
        text.set_family(style()["font.family"])
    buffer = io.BytesIO()
    with mpl.rc_context(style()):
        figure.savefig(buffer, format="png", dpi=figure.dpi, metadata={"Software": None})
    return buffer.getvalue()
