from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import needs
import small_repositories
from pytest_mltestscore import catalog, config
from pytest_mltestscore.domain.mlsystem import MLSystem

MODULE = Path("tests/test_ml_test_score.py")
SERVICES = {
    "github": (".github/workflows/mlscore.yml", "vendor.github-workflows"),
    "gitlab": (".gitlab-ci.mlscore.yml", "vendor.gitlab-ci"),
    "travis": (".travis.mlscore.yml", "vendor.travis"),
}


def files():
    return {str(p): p.read_bytes() for p in Path().rglob("*") if p.is_file()}


def here(repository):
    small_repositories.make(Path(), repository)


def module():
    (path,) = Path().rglob(MODULE.name)
    return path.read_text("utf-8")


@pytest.mark.parametrize("name", small_repositories.ALL)
def test_nothing_that_is_there_changes_nor_is_imported(mlscore, name):
    here(small_repositories.ALL[name])
    before = files()
    assert (mlscore("init").code, Path("IMPORTED").exists()) == (0, False)
    after = files()
    assert set(after) > set(before)
    for path, content in before.items():
        assert after[path].startswith(content)
        assert after[path] == content or path == "pyproject.toml"
    again = mlscore("init")
    assert again.code == 0
    assert files() == after
    assert "Nothing to write" in again.out


@pytest.mark.parametrize("name", small_repositories.ALL)
def test_a_dry_run_is_a_patch_of_what_would_be_written(mlscore, name):
    here(small_repositories.ALL[name])
    before = files()
    patch = mlscore("init", "--dry-run").out
    assert files() == before
    mlscore("init")
    written = {path for path, content in files().items() if before.get(path) != content}
    assert set(re.findall(r"^\+\+\+ b/(.*)$", patch, re.MULTILINE)) == written
    assert not re.findall(r"^-(?!--)", patch, re.MULTILINE)


@pytest.mark.parametrize("name", small_repositories.ALL)
def test_commented_parts_become_code_when_the_marks_are_taken_away(mlscore, name):
    here(small_repositories.ALL[name])
    mlscore("init")
    bare = re.sub(r"^( +)# (?!TODO)(\w+=|    |\)|\])", r"\1\2", module(), flags=re.MULTILINE)
    assert bare != module()
    (call,) = (
        node
        for node in ast.walk(ast.parse(bare))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "MLSystem"
    )
    given = {keyword.arg for keyword in call.keywords}
    named = set(re.findall(r"# TODO (\w+):", module()))
    assert named < given <= set(MLSystem.parts())


@pytest.mark.parametrize("name", small_repositories.ALL)
def test_what_is_written_is_as_ruff_has_it(mlscore, name):
    needs.module("ruff")
    here(small_repositories.ALL[name])
    mlscore("init")
    (path,) = Path().rglob(MODULE.name)
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "check", "--isolated", "--no-cache", path], check=True)
    subprocess.run([*ruff, "format", "--isolated", "--no-cache", "--diff", path], check=True)


def test_all_lines_fit_into_80_columns(mlscore):
    for name, repository in small_repositories.ALL.items():
        here({f"{name}/{path}": text for path, text in repository.items()})
        lines = mlscore("init", "--root", name).out.splitlines()
        assert [line for line in lines if len(line) > 80] == []


def test_a_selection_that_cannot_be_read_is_told_beside_the_features(mlscore):
    code = small_repositories.SCRIPT.replace("rows.drop(columns=", "rows.select(pl.exclude(")
    here({**small_repositories.SCRIPT_AND_CSV, "train.py": code.replace('"])', '"]))')})
    told = " ".join(mlscore("init").out.split())
    assert (
        "features 2 columns: age, bill; train.py selects columns in line 11 in a way that could "
        "not be read; all are listed" in told
    )


def test_the_next_commands_come_last(mlscore):
    here({"services/a/" + k: v for k, v in small_repositories.SCRIPT_AND_CSV.items()})
    out = mlscore("init", "--root", "services/a", "--ci", "gitlab").out
    _, last = out.split("\nNext\n")
    assert last.startswith("  add to .gitlab-ci.yml: include: {local: /.gitlab-ci.mlscore.yml}\n")
    assert "\n  cd services/a\n" in last
    assert last.splitlines()[-1].startswith("  pytest --mlscore ")


@pytest.mark.parametrize("service", SERVICES)
def test_a_job_is_one_by_the_schema_of_its_service(mlscore, service):
    needs.module("check_jsonschema")
    here({"requirements.txt": "", "setup.py": "", ".gitlab-ci.yml": "stages: [lint]\n"})
    mlscore("init", "--ci", service)
    path, schema = SERVICES[service]
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, path]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "text,stage",
    [
        ("test:\n  script: pytest\n", None),
        ("stages: [lint, deploy]\n", "lint"),
        ("stages: ['lint', \"test\"] # two\n", "test"),
        ("stages: [\n  build,  # first\n  verify\n]\n", "verify"),
        ("stages:\n  - lint\n\n  # - test\n  - deploy  # last\njob:\n  - check\n", "lint"),
        ("stages: &all\n- build\n- tests\n", "tests"),
        ("stages:\r\n  - lint it\r\n", "lint it"),
        ("job:\n  stages: [lint]\n", None),
        ("stages: [\n", None),
        ("stages: *other\n", None),
        ("stages:\n  - !reference [a, b]\n  - $NAME\n", None),
        ("stages: ['a\"\\n  script: x']\n", None),
    ],
)
def test_a_job_of_gitlab_is_in_a_stage_that_there_is(mlscore, text, stage):
    here({".gitlab-ci.yml": text})
    mlscore("init")
    job = Path(".gitlab-ci.mlscore.yml").read_text("utf-8")
    assert re.findall(r"^  stage: (.*)$", job, re.MULTILINE) == ([f'"{stage}"'] if stage else [])


@pytest.mark.parametrize(
    "service,path,added",
    [
        ("gitlab", ".gitlab-ci.yml", "include: {local: /.gitlab-ci.mlscore.yml}\n"),
        ("gitlab", ".gitlab-ci.yml", "job:\n  script: pytest --mlscore\n"),
        ("travis", ".travis.yml", "import: ./.travis.mlscore.yml\n"),
    ],
)
def test_what_is_to_be_added_is_said_until_it_is_there(mlscore, service, path, added):
    mlscore("init", "--ci", service)
    hint = f"  add to {path}: "
    assert hint in mlscore("init").out
    here({path: "".join(f"# {line}" for line in added.splitlines(keepends=True))})
    assert hint in mlscore("init", "--ci", service).out
    here({path: added})
    assert hint not in mlscore("init").out


def test_what_no_file_can_tell_is_said_once(mlscore):
    assert "copy its stage" in mlscore("init", "--ci", "jenkins").out
    assert "copy its stage" not in mlscore("init", "--ci", "jenkins").out


def test_a_jenkins_pipeline_has_its_braces_in_pairs(mlscore):
    mlscore("init", "--ci", "jenkins")
    text = Path("Jenkinsfile.mlscore").read_text("utf-8")
    depth = 0
    for character in re.sub(r"'[^']*'|//.*", "", text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert text.count("'") % 2 == 0


@pytest.mark.parametrize("service", [*SERVICES, "jenkins"])
def test_a_job_installs_what_the_project_needs_and_scores(mlscore, service):
    here({"requirements.txt": "", "setup.py": ""})
    mlscore("init", "--ci", service)
    jobs = [text.decode() for path, text in files().items() if not path.startswith("tests")]
    (job,) = (text for text in jobs if "pip install" in text)
    assert 'pip install "pytest-mltestscore[checks]" -r requirements.txt -e .' in job
    assert "pytest --mlscore --mlscore-report=" in job


@pytest.mark.parametrize(
    "files,packages",
    [
        ({"train.py": "import polars"}, '"pytest-mltestscore[checks,polars]"'),
        (
            {
                "train.py": "import xgboost as xgb\nxgb.XGBClassifier()\n",
                "data.csv": small_repositories.numbers(),
            },
            '"pytest-mltestscore[checks]" xgboost',
        ),
    ],
)
def test_a_job_installs_what_the_test_module_imports_if_nothing_else_does(mlscore, files, packages):
    here(files)
    mlscore("init", "--ci", "gitlab")
    job = Path(".gitlab-ci.mlscore.yml").read_text("utf-8")
    assert f"    - pip install {packages}\n" in job


def test_no_job_is_written_where_none_is_wanted(mlscore):
    here({".gitlab-ci.yml": "", ".github/workflows/a.yml": ""})
    mlscore("init", "--ci", "none")
    assert not [path for path in files() if "mlscore.yml" in path]


@pytest.mark.parametrize(
    "pyproject,rest",
    [
        (b"[project]\nname = 'a'\n", b'\n[tool.mlscore]\nsystem = "a"\n'),
        (b"[project]\nname = 'a'", b'\n\n[tool.mlscore]\nsystem = "a"\n'),
        (b"[project]\r\nname = 'a'\r\n", b'\r\n[tool.mlscore]\r\nsystem = "a"\r\n'),
        (b"\xef\xbb\xbf[project]\nname = 'a'\n", b'\n[tool.mlscore]\nsystem = "a"\n'),
        (b"[project]\nname = 'a'\n[tool.black]\n", b'\n[tool.mlscore]\nsystem = "a"\n'),
        (b"[tool.mlscore]\nsystem = 'b'\n", b""),
    ],
)
def test_a_table_is_appended_and_every_byte_before_it_stays(mlscore, pyproject, rest):
    Path("pyproject.toml").write_bytes(pyproject)
    mlscore("init")
    assert Path("pyproject.toml").read_bytes() == pyproject + rest
    assert not Path("mlscore.toml").exists()
    assert config.load(Path(), catalog.load()).path == Path("pyproject.toml")


def test_where_no_table_can_be_appended_there_is_a_file(mlscore):
    Path("pyproject.toml").write_bytes(b"tool = {}\n")
    mlscore("init", "--system", "churn")
    assert Path("pyproject.toml").read_bytes() == b"tool = {}\n"
    assert config.load(Path(), catalog.load()).system == "churn"


@pytest.mark.parametrize("content", [b"\xff", b"a = ", b"#" * 1_000_001])
def test_a_pyproject_that_cannot_be_read_stops_it(refused, content):
    Path("pyproject.toml").write_bytes(content)
    assert refused("init").startswith("pyproject.toml: ")


@pytest.mark.parametrize("path", [str(MODULE), "tests/ml_test_score_schema.toml", "mlscore.toml"])
def test_what_exists_is_left_and_named(mlscore, path):
    here({**small_repositories.SCRIPT_AND_CSV, path: "# mine\n"})
    out = mlscore("init").out
    assert Path(path).read_text("utf-8") == "# mine\n"
    _, left = out.split("\nLeft as it is\n")
    assert f"  {path}: " in left


def test_a_link_is_not_written_through(mlscore, refused, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    Path("mlscore.toml").symlink_to(outside / "mlscore.toml")
    mlscore("init")
    Path("elsewhere").mkdir()
    (Path("elsewhere") / "tests").symlink_to(outside)
    message = refused("init", "--root", "elsewhere")
    assert message.startswith(
        "tests/test_ml_test_score.py: cannot be written: its folder is a link"
    )
    assert list(outside.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_error_that_says_what_was_done(refused):
    Path("tests").write_text("a file\n", encoding="utf-8")
    assert "tests/test_ml_test_score.py: cannot be written: " in refused("init")


@pytest.mark.parametrize(
    "options,message",
    [
        (["--root", "nowhere"], "--root: is no folder"),
        (["--system", "a b"], "--system: cannot be a name"),
        (["--system", ".."], "--system: cannot be a name"),
        (["--ci", "bamboo"], "argument --ci: invalid choice"),
    ],
)
def test_wrong_options_are_refused(refused, options, message):
    assert refused("init", *options).startswith(message)


HOSTILE = 'a"""\nimport os; os._exit(9)\n#\x1b[31m\u202e\'{{ 7 * 7 }}'


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_names_of_files_and_columns_do_nothing(mlscore, library):
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    lines = "".join(f"{n},{n % 2}\n" for n in range(60))
    here(
        {
            f"{HOSTILE}.csv": f"{quoted},target\n{lines}",
            f"{HOSTILE}.py": f"import {library}\nfrom sklearn.svm import SVC\nSVC(C=X)\n"
            "def train(rows): ...\n",
            f"{HOSTILE}.joblib": "",
            "dvc.yaml": f"stages:\n  {HOSTILE!r}:\n  ok:\n",
        }
    )
    out = mlscore("init", "--ci", "github").out
    assert not re.findall(r"[\x1b\u202e]", out)
    tree = ast.parse(module())
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not any("exit" in name for name in called)
    constants = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    assert f"{HOSTILE}.csv" in constants
    assert HOSTILE in constants
    schema = tomllib.loads(Path("tests/ml_test_score_schema.toml").read_text("utf-8"))
    assert set(schema["columns"]) == {HOSTILE, "target"}


def test_a_file_name_that_is_no_text_is_written_as_escapes(mlscore):
    Path(os.fsdecode(b"\xff.csv")).write_text(small_repositories.numbers(), encoding="utf-8")
    assert mlscore("init").code == 0
    assert 'pd.read_csv(ROOT / "\\udcff.csv")' in module()


def test_huge_and_odd_files_are_passed_by(mlscore):
    with Path("big.csv").open("wb") as file:
        file.write(b"age,target\n")
        file.truncate(60_000_000)
    with Path("big.py").open("wb") as file:
        file.truncate(2_000_000)
    os.mkfifo("pipe.csv")
    Path("loop").symlink_to(".")
    Path("deep.py").write_text("(" * 50_000, encoding="utf-8")
    assert mlscore("init").code == 0
    assert "nrows=100_000" in module()
    assert not Path("tests/ml_test_score_schema.toml").exists()


def test_the_name_is_that_of_the_project_or_folder_in_plain_letters(mlscore):
    here({"Größe & so/a.py": "", "b/pyproject.toml": "[project]\nname = 'one two'\n"})
    mlscore("init", "--root", "Größe & so")
    mlscore("init", "--root", "b")
    assert config.load(Path("Größe & so"), catalog.load()).system == "Gr-e-so"
    assert 'name="one-two"' in (Path("b") / MODULE).read_text("utf-8")
