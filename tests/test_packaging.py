"""What is published: for which CPythons and platforms wheels are built, and that the files about it agree."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path

import pytest

pytestmark = pytest.mark.own("of tapegrad's own packages")

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "wheels.yml"
PYTHONS = ["cp311", "cp312", "cp313", "cp314", "cp315"]
PLATFORMS = {
    ("linux", "x86_64"): ["manylinux_x86_64", "musllinux_x86_64"],
    ("linux", "aarch64"): ["manylinux_aarch64", "musllinux_aarch64"],
    ("macos", "arm64"): ["macosx_arm64"],
    ("macos", "x86_64"): ["macosx_x86_64"],
    ("windows", "AMD64"): ["win_amd64"],
}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize(("system", "machine"), PLATFORMS)
def test_wheels_that_are_built(system, machine):
    if importlib.util.find_spec("cibuildwheel") is None or not (ROOT / "CMakeLists.txt").exists():
        pytest.skip("needs cibuildwheel, and the source")
    command = [sys.executable, "-m", "cibuildwheel", "--print-build-identifiers", "--platform", system]
    done = subprocess.run(
        [*command, "--archs", machine, str(ROOT)], capture_output=True, text=True, check=True
    )
    wanted = {f"{python}-{platform}" for python, platform in product(PYTHONS, PLATFORMS[system, machine])}
    assert set(done.stdout.split()) == wanted


def test_classifiers_name_the_same_versions(project):
    listed = re.findall(r"Python :: 3\.(\d+)", "\n".join(project["project"]["classifiers"]))
    assert [f"cp3{minor}" for minor in listed] == PYTHONS
    assert project["tool"]["cibuildwheel"]["build"] == [f"{python}-*" for python in PYTHONS]
    assert project["project"]["requires-python"] == f">=3.{listed[0]}"


def test_the_manylinux_that_is_asked_for(project):
    linux = project["tool"]["cibuildwheel"]["linux"]
    assert {linux[f"manylinux-{m}-image"] for m in ("x86_64", "aarch64")} == {"manylinux_2_28"}


def test_what_the_wheels_tests_need_is_there(project):
    settings = project["tool"]["cibuildwheel"]
    assert set(settings["test-extras"]) <= set(project["project"]["optional-dependencies"])
    for path in settings["test-sources"]:
        assert (ROOT / path).exists(), path


def test_workflow():
    yaml = pytest.importorskip("yaml")
    if not WORKFLOW.exists():
        pytest.skip("the workflow is not where the tests are")
    jobs = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]
    assert len(jobs["wheels"]["strategy"]["matrix"]["os"]) == len(PLATFORMS)
    publish = jobs["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "audit"
    assert set(jobs["audit"]["needs"]) == {"sdist", "wheels"}
    wheels = len(PYTHONS) * sum(map(len, PLATFORMS.values()))
    assert jobs["audit"]["steps"][-1]["run"].endswith(f"= {wheels + 1}")
    assert "secrets." not in WORKFLOW.read_text("utf-8")
