"""What follows from each reason of refusal."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from crawler import errors
from crawler.errors import Refusal

POLICY = (
    "of_an_answer",
    "of_the_site",
    "may_pass",
    "is_silence",
    "is_final",
    "withdraws",
    "is_settled",
    "is_absence",
    "opens_robots",
)


@pytest.mark.parametrize("reason", Refusal)
def test_every_reason_says_what_follows_from_it(reason: Refusal) -> None:
    said = {name for name in POLICY if getattr(reason, name)}
    assert reason.is_lost != reason.is_settled
    # What is nobody's answer is no site's fault, and what is the site's fault is not the page's.
    assert said & {"of_an_answer"} or not said - {"is_settled"}
    assert not {"of_the_site", "is_final"} <= said
    assert "of_the_site" in said or not said & {"may_pass", "is_silence"}
    assert "may_pass" in said or "is_silence" not in said


def test_what_is_the_sites_fault_may_pass_unless_its_name_leads_inside_a_network() -> None:
    assert {reason for reason in Refusal if reason.of_the_site != reason.may_pass} == {Refusal.PRIVATE_ADDRESS}


def test_a_reason_without_a_policy_does_not_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(errors.__file__).read_text(encoding="utf-8")
    (tmp_path / "errors.py").write_text(
        source.replace("    NO_BODY =", '    NEW = "new"\n    NO_BODY =', 1), encoding="utf-8"
    )
    spec = importlib.util.spec_from_file_location("crawler.errors_of_tomorrow", tmp_path / "errors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    with pytest.raises(TypeError, match=r"no policy for NEW$"):
        spec.loader.exec_module(module)
