"""The blender equals BlendMask's section 3.1, written out cell by cell."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from blendmask_live.network.blender import BLENDERS, Blender, blend_logits, blend_steps


def _bilinear(plane: Tensor, y: float, x: float) -> float:
    """Value of a (h, w) plane between cells (integers are cell centres), edges repeated."""
    height, width = plane.shape
    y, x = min(max(y, 0.0), height - 1.0), min(max(x, 0.0), width - 1.0)
    y0, x0 = int(y), int(x)
    y1, x1 = min(y0 + 1, height - 1), min(x0 + 1, width - 1)
    upper = float(plane[y0, x0]) * (1 - (x - x0)) + float(plane[y0, x1]) * (x - x0)
    lower = float(plane[y1, x0]) * (1 - (x - x0)) + float(plane[y1, x1]) * (x - x0)
    return upper * (1 - (y - y0)) + lower * (y - y0)


def _blend_cell_by_cell(
    bases: Tensor, box: list[float], attention: Tensor, mask_size: int
) -> Tensor:
    """(R, R) logits from (K, h, w) bases at stride 4, a box in network px, (K, M, M) attention."""
    left, top, right, bottom = (side / 4 for side in box)
    count, attention_size = attention.shape[:2]
    logits = torch.zeros(mask_size, mask_size)
    for row in range(mask_size):
        for column in range(mask_size):
            base_y = top + (row + 0.5) * (bottom - top) / mask_size - 0.5
            base_x = left + (column + 0.5) * (right - left) / mask_size - 0.5
            grid_y = (row + 0.5) * attention_size / mask_size - 0.5
            grid_x = (column + 0.5) * attention_size / mask_size - 0.5
            strength = [math.exp(_bilinear(attention[k], grid_y, grid_x)) for k in range(count)]
            values = [_bilinear(bases[k], base_y, base_x) for k in range(count)]
            total = sum(s * v for s, v in zip(strength, values, strict=True))
            logits[row, column] = total / sum(strength)
    return logits


def _scene(*, instances: int = 3, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Bases (1, 4, 16, 20) of an 80 x 64 px picture, boxes inside it, attention."""
    generator = torch.Generator().manual_seed(seed)
    bases = torch.randn(1, 4, 16, 20, generator=generator) * 2
    corners = torch.rand(instances, 2, generator=generator) * torch.tensor([40.0, 30.0])
    sides = torch.rand(instances, 2, generator=generator) * 25 + 6
    attention = torch.randn(instances, 4, 7, 7, generator=generator) * 2
    return bases, torch.cat([corners, corners + sides], dim=1), attention


@pytest.mark.parametrize("mask_size", [10, 28])
def test_masks_equal_the_paper_written_out(mask_size: int) -> None:
    bases, boxes, attention = _scene()
    logits = blend_logits(bases, boxes, attention, mask_size=mask_size)
    for row, box in enumerate(boxes.tolist()):
        expected = _blend_cell_by_cell(bases[0], box, attention[row], mask_size)
        torch.testing.assert_close(logits[row], expected, rtol=1e-4, atol=1e-4)


def test_steps_weigh_the_crops_with_weights_that_sum_to_one() -> None:
    bases, boxes, attention = _scene()
    steps = blend_steps(bases, boxes, attention, mask_size=28)
    assert steps.crops.shape == steps.weights.shape == (3, 4, 28, 28)
    torch.testing.assert_close(steps.weights.sum(dim=1), torch.ones(3, 28, 28))
    torch.testing.assert_close((steps.weights * steps.crops).sum(dim=1), steps.logits)


@pytest.mark.parametrize("base", range(4))
def test_attention_on_one_base_gives_that_base(base: int) -> None:
    bases, boxes, attention = _scene()
    attention = torch.zeros_like(attention)
    attention[:, base] = 100.0
    steps = blend_steps(bases, boxes, attention, mask_size=28)
    torch.testing.assert_close(steps.logits, steps.crops[:, base])


def test_equal_attention_gives_the_mean_of_the_bases() -> None:
    bases, boxes, attention = _scene()
    steps = blend_steps(bases, boxes, torch.zeros_like(attention), mask_size=28)
    torch.testing.assert_close(steps.logits, steps.crops.mean(dim=1))


def test_a_mask_does_not_depend_on_the_other_instances() -> None:
    bases, boxes, attention = _scene(instances=40)
    together = blend_logits(bases, boxes, attention, mask_size=28)
    for row in (0, 17, 39):
        alone = blend_logits(bases, boxes[row : row + 1], attention[row : row + 1], mask_size=28)
        torch.testing.assert_close(together[row], alone[0])


def test_a_finer_mask_shows_the_same_object() -> None:
    bases, boxes, attention = _scene()
    coarse = blend_logits(bases, boxes, attention, mask_size=56)
    fine = blend_logits(bases, boxes, attention, mask_size=112)
    averaged = F.avg_pool2d(fine[:, None], 2)[:, 0]
    torch.testing.assert_close(averaged, coarse, rtol=0, atol=0.1)
    assert float((averaged - coarse).abs().mean()) < 0.005


def test_each_box_is_cut_from_its_own_picture() -> None:
    first, boxes, attention = _scene()
    second = _scene(seed=1)[0]
    index = torch.tensor([1, 0, 1])
    mixed = blend_logits(
        torch.cat([first, second]), boxes, attention, mask_size=28, image_index=index
    )
    for row, bases in enumerate((second, first, second)):
        alone = blend_logits(bases, boxes[row : row + 1], attention[row : row + 1], mask_size=28)
        torch.testing.assert_close(mixed[row], alone[0])


def test_no_boxes_give_no_masks() -> None:
    bases, boxes, attention = _scene()
    assert blend_logits(bases, boxes[:0], attention[:0], mask_size=56).shape == (0, 56, 56)


def test_a_box_beyond_the_picture_gives_finite_masks() -> None:
    bases, _, attention = _scene()
    boxes = torch.tensor([[-50.0, -50, 200, 200], [500, 500, 600, 600], [10, 10, 10, 10]])
    assert torch.isfinite(blend_logits(bases, boxes, attention, mask_size=28)).all()


# what the paper compares with


def test_yolact_adds_bases_by_one_number_each() -> None:
    bases, boxes, _ = _scene()
    numbers = torch.randn(3, 4, 1, 1, generator=torch.Generator().manual_seed(5)) * 2
    steps = blend_steps(bases, boxes, numbers, mask_size=28, blender="yolact")
    expected = sum(math.tanh(float(numbers[1, k])) * steps.crops[1, k] for k in range(4))
    torch.testing.assert_close(steps.logits[1], expected)


@pytest.mark.parametrize(("bases_count", "mask_size"), [(4, 28), (9, 28), (9, 10)])
def test_fcis_shows_each_base_in_its_own_tile(bases_count: int, mask_size: int) -> None:
    bases = torch.arange(bases_count)[None, :, None, None].expand(1, -1, 16, 20).float()
    nothing = torch.zeros(1, bases_count, 1, 1)
    box = torch.tensor([[10.0, 10, 60, 50]])
    steps = blend_steps(bases, box, nothing, mask_size=mask_size, blender="fcis")
    torch.testing.assert_close(steps.weights.sum(dim=1), torch.ones(1, mask_size, mask_size))
    side = math.isqrt(bases_count)
    middle = torch.tensor([int((i + 0.5) * mask_size / side) for i in range(side)])
    tiles = steps.logits[0, middle][:, middle]
    assert tiles.flatten().round().tolist() == list(range(bases_count))


@pytest.mark.parametrize("blender", BLENDERS)
def test_every_blender_teaches_its_bases(blender: Blender) -> None:
    bases, boxes, attention = _scene()
    bases.requires_grad_(True)
    size = 7 if blender == "blend" else 1
    logits = blend_logits(bases, boxes, attention[..., :size, :size], mask_size=28, blender=blender)
    logits.square().sum().backward()
    assert bases.grad is not None
    assert (bases.grad.abs().amax(dim=(0, 2, 3)) > 0).all()
