"""Recipes are read strictly: a typo or a wrong value never trains something else silently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import blendmask_live.training.recipe as recipe_module
from blendmask_live.errors import ConfigError
from blendmask_live.training.recipe import DataConfig, Recipe, load_recipe

BUILT_IN = Path(recipe_module.__file__).with_name("blendmask-lite.toml")


def _read(tmp_path: Path, text: str) -> Recipe:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    return load_recipe(path)


def test_the_recipe_of_the_built_in_weights_loads() -> None:
    recipe = load_recipe(BUILT_IN)
    assert recipe.network.width == "1.5x" and recipe.network.classes == 80
    assert recipe.steps > 1000 and len(recipe.data) >= 4
    assert sum(source.share for source in recipe.data) == pytest.approx(1)
    assert any(source.annotations is None for source in recipe.data)


def test_what_is_not_named_keeps_its_default(tmp_path: Path) -> None:
    assert _read(tmp_path, "") == Recipe()
    recipe = _read(
        tmp_path,
        "steps = 7\nlearning_rate = 1\nsizes = [[64, 96]]\n"
        '[network]\nwidth = "1.0x"\n[losses]\nmask = 3\n[[data]]\nimages = "a"\n',
    )
    assert recipe.steps == 7 and recipe.learning_rate == 1.0 and recipe.sizes == ((64, 96),)
    assert recipe.network == replace(Recipe().network, width="1.0x")
    assert recipe.losses == replace(Recipe().losses, mask=3.0)
    assert recipe.data == (DataConfig("a"),)


def test_fine_tuning_is_short_and_without_a_teacher() -> None:
    recipe = Recipe.for_fine_tuning()
    assert recipe.losses.distill_classes == recipe.losses.distill_distances == 0
    assert recipe.steps < Recipe().steps


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stepz = 7", "unknown setting 'stepz'"),
        ("[losses]\nmasks = 1", "losses: unknown setting 'masks'"),
        ("[[data]]\nimages = 'a'\nweight = 2", "data: unknown setting 'weight'"),
        ("steps = '7'", "steps: expected a whole number, found '7'"),
        ("steps = 7.5", "steps: expected a whole number"),
        ("steps = true", "steps: expected a whole number, found True"),
        ("learning_rate = 'fast'", "learning_rate: expected a number"),
        ("precision = 16", "precision: expected a text"),
        ("sizes = 416", "sizes: expected a list"),
        ("sizes = [416, 416]", "sizes: expected a list"),
        ("sizes = [[416]]", "sizes: expected [height, width] pairs"),
        ("sizes = [[416.5, 416]]", "sizes: expected a whole number"),
        ("data = 'coco'", "data: expected a list"),
        ("data = ['coco']", "data: expected a table"),
        ("network = '1.5x'", "network: expected a table"),
        ("[[data]]\nshare = 1", "images"),
    ],
)
def test_unknown_names_and_wrong_types_are_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "recipe.toml")) and "\n" not in message
    assert words in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("steps = 0", "steps 0"),
        ("batch_size = -1", "batch_size -1"),
        ("learning_rate = 0", "learning_rate 0"),
        ("learning_rate = nan", "learning_rate nan"),
        ("trunk_start = 1.5", "trunk_start 1.5"),
        ("sizes = []", "sizes ()"),
        ("sizes = [[416, 500]]", "multiples of 32"),
        ("sizes = [[32, 32]]", "from 64"),
        ("precision = 'int8'", "precision 'int8'"),
        ("seed = -1", "seed -1"),
        ("[[data]]\nimages = 'a'\nshare = 0", "share 0"),
        ("[network]\nwidth = '3x'", "width '3x'"),
        ("[network]\nbases = 0", "bases 0"),
    ],
)
def test_values_out_of_range_are_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _read(tmp_path, text)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_a_folder_and_no_toml_are_refused(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "absent.toml", "cannot be read"), (tmp_path, "cannot be read")):
        with pytest.raises(ConfigError, match=words):
            load_recipe(path)
    with pytest.raises(ConfigError, match="not valid TOML"):
        _read(tmp_path, "steps = = 7")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_recipe(tmp_path / "binary.toml")
