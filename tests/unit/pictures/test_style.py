"""Contrast, computed from the colours, for everybody's eyes; and letters that are large enough."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageColor

from bot.pictures import style

# Machado, Oliveira and Fernandes 2009, severity 1: what a colour becomes, in linear light.
EYES = {
    "all three cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def light(colour: str, eyes: np.ndarray) -> float:
    """Relative luminance as WCAG 2 defines it."""
    encoded = np.array(ImageColor.getrgb(colour)) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return float(np.clip(eyes @ linear, 0, 1) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str, eyes: np.ndarray) -> float:
    darker, lighter = sorted((light(one, eyes), light(other, eyes)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_itself() -> None:
    assert contrast("#000000", "#ffffff", EYES["all three cones"]) == pytest.approx(21)
    assert contrast("#777777", "#ffffff", EYES["all three cones"]) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("eyes", EYES)
def test_contrast(eyes: str) -> None:
    for text in (style.INK, style.MUTED_INK):
        assert contrast(text, style.PAPER, EYES[eyes]) >= 4.5
    for mark in (style.MARK, style.AXIS):
        assert contrast(mark, style.PAPER, EYES[eyes]) >= 3


def test_letters_at_320_pixels() -> None:
    assert style.WIDTH == 640
    assert min(style.TEXT, style.TITLE) / 2 >= 11
