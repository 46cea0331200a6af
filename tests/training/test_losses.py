"""Losses teach what is labelled, nothing that may be wrong, and can be minimised."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from torch import Tensor

from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput
from blendmask_live.training.augment import Sample
from blendmask_live.training.losses import LossWeights, compute_losses
from blendmask_live.training.targets import Batch, collate
from tests.tiny_network import tiny_network
from tests.training.scenes import LABELS, SIZE, picture_with

ALL = LossWeights()
NAMES = {"classification", "box", "distribution", "mask", "dice", "semantic"}


def _network() -> BlendMaskLite:
    return tiny_network(classes=len(LABELS)).train()


def _batch(
    *, pictures: int = 2, objects: int = 3, exhaustive: tuple[bool, bool] = (True, True)
) -> Batch:
    rng = np.random.default_rng(1)
    samples = []
    for _ in range(pictures):
        image, masks, class_ids = picture_with(rng, objects=max(objects, 1))
        samples.append(
            Sample(
                image=image,
                masks=masks[:objects],
                class_ids=np.array(class_ids[:objects], dtype=np.int64),
                ignored=np.zeros(SIZE, dtype=bool),
                exhaustive=np.array(exhaustive),
            )
        )
    return collate(samples)


def _forward(network: BlendMaskLite, batch: Batch) -> DenseOutput:
    dense: DenseOutput = network(batch.images.float())
    return dense


def _losses(
    network: BlendMaskLite,
    dense: DenseOutput,
    batch: Batch,
    *,
    weights: LossWeights = ALL,
    teacher: DenseOutput | None = None,
) -> dict[str, Tensor]:
    return compute_losses(
        network,
        dense,
        batch,
        teacher,
        weights,
        mask_size=28,
        masks_per_picture=8,
        generator=torch.Generator().manual_seed(0),
    )


def _with_leaf_logits(dense: DenseOutput) -> DenseOutput:
    return dense._replace(
        class_logits=dense.class_logits.detach().requires_grad_(),
        distance_logits=dense.distance_logits.detach().requires_grad_(),
    )


@pytest.mark.parametrize("objects", [0, 1, 3])
def test_losses_are_finite_and_reach_the_weights(objects: int) -> None:
    network, batch = _network(), _batch(objects=objects)
    losses = _losses(network, _forward(network, batch), batch)
    assert set(losses) == (NAMES if objects else {"classification", "semantic"})
    total = torch.stack(list(losses.values())).sum()
    assert torch.isfinite(total) and total > 0
    total.backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert gradients and all(torch.isfinite(gradient).all() for gradient in gradients)


def test_a_picture_without_objects_beside_one_with_objects_works() -> None:
    network = _network()
    full, bare = _batch(pictures=1), _batch(pictures=1, objects=0)
    batch = Batch(
        *(
            torch.cat([a, b]) if isinstance(a, Tensor) else a + b
            for a, b in ((getattr(full, f.name), getattr(bare, f.name)) for f in fields(Batch))
        )
    )
    losses = _losses(network, _forward(network, batch), batch)
    assert set(losses) == NAMES
    assert all(torch.isfinite(loss) for loss in losses.values())


def test_unlabelled_classes_teach_only_at_labelled_objects() -> None:
    network, batch = _network(), _batch(exhaustive=(True, False))
    dense = _with_leaf_logits(_forward(network, batch))
    _losses(network, dense, batch)["classification"].backward()
    gradient = dense.class_logits.grad
    assert gradient is not None
    # Everywhere else an unlabelled "box" may stand, so its score is left alone.
    taught = gradient[..., 1] != 0
    assert (gradient[..., 0] != 0).all()
    objects = sum(int((ids == 1).sum()) for ids in batch.class_ids)
    assert objects and 0 < int(taught.sum()) <= 9 * objects


def test_pictures_without_any_labels_teach_no_class() -> None:
    network, batch = _network(), _batch(objects=0, exhaustive=(False, False))
    dense = _with_leaf_logits(_forward(network, batch))
    losses = _losses(network, dense, batch)
    assert set(losses) == {"classification"}
    losses["classification"].backward()
    assert dense.class_logits.grad is not None and not dense.class_logits.grad.any()


def test_crowds_teach_no_class() -> None:
    network, batch = _network(), _batch(objects=0)
    batch = replace(batch, ignored=torch.ones_like(batch.ignored))
    dense = _with_leaf_logits(_forward(network, batch))
    _losses(network, dense, batch)["classification"].backward()
    assert dense.class_logits.grad is not None and not dense.class_logits.grad.any()


def test_boxes_are_exact_under_autocast() -> None:
    network, batch = _network(), _batch()
    dense = _forward(network, batch)
    # Sure of far distances, where bf16 steps are wide.
    logits = 12 * torch.randn(dense.distance_logits.shape, generator=torch.Generator())
    dense = dense._replace(distance_logits=logits)
    exact = _losses(network, dense, batch)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = _losses(network, dense, batch)
    for name in ("classification", "box", "distribution"):
        torch.testing.assert_close(rounded[name], exact[name])


def test_weights_scale_their_losses() -> None:
    network, batch = _network(), _batch()
    dense = _forward(network, batch)
    plain = _losses(network, dense, batch)
    doubled = replace(ALL, **{name: 2 * getattr(ALL, name) for name in NAMES})
    for name, loss in _losses(network, dense, batch, weights=doubled).items():
        torch.testing.assert_close(loss, 2 * plain[name])
    assert "semantic" not in _losses(network, dense, batch, weights=replace(ALL, semantic=0.0))


def test_a_teacher_that_agrees_teaches_nothing() -> None:
    network, batch = _network(), _batch()
    dense = _with_leaf_logits(_forward(network, batch))
    same = DenseOutput(*(part.detach() if isinstance(part, Tensor) else part for part in dense))
    losses = _losses(network, dense, batch, teacher=same)
    assert float(losses["distill_distances"].detach()) == pytest.approx(0, abs=1e-5)
    losses["distill_classes"].backward()
    assert dense.class_logits.grad is not None
    assert float(dense.class_logits.grad.abs().max()) < 1e-6


def test_following_the_teacher_lowers_its_losses() -> None:
    network, batch = _network(), _batch()
    dense = _forward(network, batch)
    generator = torch.Generator().manual_seed(5)
    teacher = dense._replace(
        class_logits=torch.randn(dense.class_logits.shape, generator=generator),
        distance_logits=torch.randn(dense.distance_logits.shape, generator=generator),
    )
    values = []
    for share in (0.0, 0.5, 1.0):
        nearer = dense._replace(
            class_logits=dense.class_logits.detach().lerp(teacher.class_logits, share),
            distance_logits=dense.distance_logits.detach().lerp(teacher.distance_logits, share),
        )
        losses = _losses(network, nearer, batch, teacher=teacher)
        values.append((float(losses["distill_classes"]), float(losses["distill_distances"])))
    assert values[0][0] > values[1][0] > values[2][0]
    assert values[0][1] > values[1][1] > values[2][1]


def test_mask_losses_fall_when_bottom_and_top_learn_one_batch() -> None:
    torch.manual_seed(0)
    network, batch = _network(), _batch()
    learning = [*network.bottom.parameters(), *network.top.parameters()]
    optimizer = torch.optim.AdamW(learning, lr=3e-3)
    history = []
    for _ in range(30):
        losses = _losses(network, _forward(network, batch), batch)
        history.append(float(losses["mask"].detach() + losses["dice"].detach()))
        optimizer.zero_grad()
        (losses["mask"] + losses["dice"]).backward()
        optimizer.step()
    assert np.mean(history[-3:]) < 0.6 * history[0]


def test_detection_losses_fall_when_everything_learns_one_batch() -> None:
    torch.manual_seed(0)
    network, batch = _network(), _batch()
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    history = []
    for _ in range(16):
        losses = _losses(network, _forward(network, batch), batch)
        history.append(float(losses["box"].detach()))
        optimizer.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        optimizer.step()
    assert np.mean(history[-3:]) < 0.9 * np.mean(history[:3])


def test_pixels_of_a_neighbour_inside_the_box_can_weigh_more() -> None:
    network, batch = _network(), _batch(pictures=1)
    masks = batch.masks[0].clone()
    masks[1] |= masks[0] & (torch.arange(SIZE[1]) % 2 == 0)
    masks[0] &= ~masks[1]
    batch = replace(batch, masks=[masks])
    dense = _forward(network, batch)
    plain, strict = (
        _losses(network, dense, batch, weights=replace(ALL, contested=contested))
        for contested in (1.0, 3.0)
    )
    assert strict["mask"].item() > plain["mask"].item()
    torch.testing.assert_close(strict["dice"], plain["dice"])
