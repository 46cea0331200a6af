"""Statistics are replaced, results are not."""

import torch
from torch import nn

from blendmask_live.training.norms import remeasure_norms
from tests.tiny_network import tiny_network


def test_new_statistics_leave_the_outputs_as_they_were() -> None:
    network = tiny_network(seed=3)
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    before = [norm.running_var.clone() for norm in norms if norm.running_var is not None]
    generator = torch.Generator().manual_seed(0)
    pictures = [255 * torch.rand(2, 3, 64, 96, generator=generator) for _ in range(2)]
    with torch.no_grad():
        expected = network(pictures[0])
        remeasure_norms(network, pictures)
        found = network(pictures[0])
    torch.testing.assert_close(found.class_logits, expected.class_logits, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(found.bases, expected.bases, atol=1e-3, rtol=1e-3)
    for norm, old in zip(norms, before, strict=True):
        assert norm.running_var is not None
        assert not torch.equal(norm.running_var, old)


def test_measured_statistics_are_those_of_the_pictures() -> None:
    network = tiny_network(seed=4)
    pictures = 255 * torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    remeasure_norms(network, [pictures])
    stem = network.backbone.stem
    with torch.no_grad():
        values = stem.conv((pictures - network.mean) / network.std)
    assert stem.bn.running_mean is not None
    torch.testing.assert_close(
        stem.bn.running_mean, values.mean(dim=(0, 2, 3)), atol=1e-4, rtol=1e-3
    )
