"""Training curves as a picture."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

__all__ = ["draw_curves"]

_PLOT_W, _PLOT_H, _MARGIN = 420, 220, 40


def draw_curves(log: Path, picture: Path) -> Path:
    """Draw every loss of a progress.csv against the step, smoothed, into a PNG."""
    series: dict[str, list[tuple[int, float]]] = {}
    with log.open(newline="") as file:
        for row in csv.DictReader(file):
            series.setdefault(row["loss"], []).append((int(row["step"]), float(row["value"])))
    columns = min(3, max(1, len(series)))
    rows = max(1, -(-len(series) // columns))
    canvas = Image.new("RGB", (columns * _PLOT_W, rows * _PLOT_H), "white")
    draw = ImageDraw.Draw(canvas)
    for place, (name, points) in enumerate(series.items()):
        left, top = place % columns * _PLOT_W, place // columns * _PLOT_H
        _draw_plot(draw, left, top, name, np.array(points, dtype=np.float64))
    canvas.save(picture)
    return picture


def _draw_plot(
    draw: ImageDraw.ImageDraw, left: int, top: int, name: str, points: np.ndarray
) -> None:
    steps, values = points.T
    window = max(1, len(values) // 40)
    smooth = np.convolve(values, np.ones(window) / window, mode="valid")
    shown = steps[len(steps) - len(smooth) :]
    width, height = _PLOT_W - 2 * _MARGIN, _PLOT_H - 2 * _MARGIN
    x0, y0 = left + _MARGIN, top + _MARGIN
    draw.rectangle((x0, y0, x0 + width, y0 + height), outline="gray")
    highest = max(float(smooth.max()), 1e-9)
    x = x0 + width * (shown - steps[0]) / max(1.0, float(np.ptp(steps)))
    y = y0 + height * (1 - smooth / highest)
    draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill="#0072B2", width=2)
    draw.text((x0, top + 12), f"{name}: {smooth[-1]:.3f} (largest {highest:.3f})", fill="black")
    draw.text((x0, y0 + height + 6), f"step {int(steps[0])}", fill="gray")
    draw.text((x0 + width - 60, y0 + height + 6), f"{int(steps[-1])}", fill="gray")
