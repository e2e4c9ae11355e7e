from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import small_repositories
from pytest_mltestscore.cli.scaffold import look
from pytest_mltestscore.cli.scaffold._account import guessed
from pytest_mltestscore.cli.scaffold._data_choice import choose
from pytest_mltestscore.cli.scaffold._frame_reading import read_call, read_remark
from pytest_mltestscore.cli.scaffold._parts import parts_of, role
from pytest_mltestscore.cli.scaffold._python import laid_out, text
from pytest_mltestscore.cli.scaffold._schema_draft import quoted, schema_text
from pytest_mltestscore.cli.scaffold._test_module import module_text

TABLE = {"data.csv": small_repositories.numbers()}


def seen(files):
    return look(small_repositories.make(Path(), files))


def module(code):
    (found,) = seen({"train.py": code}).modules
    return found


FOREST = "RandomForestClassifier"
SKLEARN = "from sklearn.ensemble import RandomForestClassifier as Forest\n"
PIPELINE = "from sklearn.pipeline import Pipeline, make_pipeline\n"
SCALER = "from sklearn.preprocessing import StandardScaler\n"


@pytest.mark.parametrize(
    "code,title,call",
    [
        (f"{SKLEARN}Forest(10, max_depth=-1)", FOREST, "Forest(10, max_depth=-1)"),
        (f"{SKLEARN}N = 3\ndef f(): return Forest(N)", FOREST, "Forest(3)"),
        (f"{SKLEARN}N = 3\nN = 4\nForest(N)", FOREST, None),
        (f"{SKLEARN}N = 3\ndef f(N): return Forest(N)", FOREST, None),
        (f"{SKLEARN}Forest(**options)", FOREST, None),
        (f"{SKLEARN}Forest(n=open('x'))", FOREST, None),
        (
            f"{SKLEARN}{PIPELINE}{SCALER}m = make_pipeline(StandardScaler(), Forest()).fit(X)",
            FOREST,
            "make_pipeline(StandardScaler(), Forest())",
        ),
        (
            (
                f"{SKLEARN}{PIPELINE}{SCALER}"
                "Pipeline(steps=[('s', StandardScaler()), ('f', Forest())])"
            ),
            FOREST,
            "Pipeline(steps=[('s', StandardScaler()), ('f', Forest())])",
        ),
        (
            "import xgboost as xgb\nxgb.XGBClassifier(eta=0.1)",
            "XGBClassifier",
            "xgb.XGBClassifier(eta=0.1)",
        ),
        ("import sklearn.svm as svm\nsvm.SVC()", "SVC", "svm.SVC()"),
        ("from sklearn import linear_model\nlinear_model.Ridge()", "Ridge", "linear_model.Ridge()"),
    ],
)
def test_a_model_is_found_and_told_whether_it_can_be_written_elsewhere(code, title, call):
    (found,) = module(code).estimators
    assert found.title == title
    assert (ast.unparse(found.call) if found.whole else None) == call
    assert bool(found.imports) == found.whole


@pytest.mark.parametrize(
    "code",
    [
        f"{SCALER}StandardScaler()",
        f"{PIPELINE}{SCALER}make_pipeline(StandardScaler())",
        "class RandomForestClassifier: ...\nRandomForestClassifier()",
        "from .ours import LogisticRegression\nLogisticRegression()",
        "from sklearn.model_selection import KFold\nKFold(3)",
        "from sklearn.linear_model import lasso_path\nlasso_path(X, y)",
        "import xgboost\nxgboost.DMatrix(X)",
    ],
)
def test_what_makes_no_model_is_none(code):
    assert module(code).estimators == ()


def test_functions_are_found_with_what_they_take():
    code = "def train(a, /, b=1, *, c, d=2): ...\ndef _fit(): ...\nclass A:\n  def fit(self): ...\n"
    (found,) = module(code).functions
    assert (found.signature, found.required, role(found)) == ("train(a, b, c, d)", 2, "train")


@pytest.mark.parametrize(
    "name,wanted",
    [
        ("build_features", "feature"),
        ("preprocess", "feature"),
        ("fit_model", "train"),
        ("predict_one", "predict"),
        ("evaluate", "evaluate"),
        ("should_deploy", "gate"),
        ("load_data", "load"),
        ("constrain", ""),
        ("main", ""),
    ],
)
def test_the_name_of_a_function_tells_what_it_does(name, wanted):
    (found,) = module(f"def {name}(): ...").functions
    assert role(found) == wanted


@pytest.mark.parametrize("code", ["x = '\\d'", "1 is 1", "assert (1, 2)"])
def test_no_warning_about_code_of_others_comes_up(code):
    assert module(code).path == "train.py"


@pytest.mark.parametrize(
    "code", ["def (", "\0", "# coding: none\n", "(" * 50_000, "-" * 90_000 + "1"]
)
def test_code_that_cannot_be_read_is_counted(code):
    facts = seen({"train.py": code})
    assert facts.modules == ()
    assert facts.left_out == ("1 Python file was not read",)


@pytest.mark.parametrize(
    "code,acts",
    [
        ('"""Text."""\nimport os\nA = 3\ndef f(): train()', False),
        ("if __name__ == '__main__':\n    train()", False),
        ("from pathlib import Path\nROOT = Path(__file__)", False),
        ("train()", True),
        ("rows = read('x')", True),
        ("for row in rows: ...", True),
        ("if True:\n    train()", True),
        ("with open('x') as f: ...", True),
    ],
)
def test_code_that_acts_when_imported_is_known(code, acts):
    assert module(code).acts is acts


@pytest.mark.parametrize(
    "code,label",
    [
        ("y = rows['bill'].to_numpy()", "bill"),
        ("y_train = rows.pop('bill')", "bill"),
        ("X = rows.drop(columns=['bill'])", "bill"),
        ("X = rows.drop('bill', axis=1)", "bill"),
        ("X = rows.drop('bill', 1)", "bill"),
        ("X = rows.drop('bill')", "bill"),
        ("y = rows.get_column('bill')", "bill"),
        ("y = rows.select('bill').to_series()", "bill"),
        ("y = rows.select(['bill'])", "bill"),
        ("y = (rows['bill'] == 'high').astype(int)", "bill"),
        ("y = rows['bill'] > 3", "churned"),
        # what a table is rid of is not the truth
        ("rows.drop(columns='bill', inplace=True)", "churned"),
        ("rows = rows.drop(columns='bill')", "churned"),
        ("rows = rows.drop('bill')\nX = rows.drop('age')", "age"),
        ("y = rows.select('bill', 'age')", "churned"),
        ("X = rows.drop(index='bill')", "churned"),
        ("X = rows.drop(labels='bill')", "churned"),
        ("TARGET = 'bill'\ny = rows['age']", "bill"),
        ("y = rows['bill']\nX = rows.drop(columns=['age'])", "bill"),
        ("X = rows.drop(columns=['bill', 'age'])", "churned"),
        ("y = rows['gone']", "churned"),
    ],
)
def test_the_label_is_what_code_takes_as_the_truth_if_there_is_such_a_column(code, label):
    chosen = choose(seen({**TABLE, "train.py": code}))
    assert (chosen.label, chosen.label_is_sure) == (label, True)


def test_without_a_usual_name_the_last_column_is_a_guess_and_so_are_the_features():
    chosen = choose(seen({"data.csv": "a,b\n1,2\n"}))
    assert (chosen.label, chosen.label_is_sure, chosen.features) == ("b", False, ())


@pytest.mark.parametrize(
    "files,train,test",
    [
        (["a.csv", "data/b.csv"], "a.csv", None),
        (["test.csv", "train.csv"], "train.csv", "test.csv"),
        (["a.csv", "data/train.csv"], "data/train.csv", None),
        (["tests/train.csv", "x.csv"], "x.csv", None),
    ],
)
def test_training_data_is_told_from_other_data(files, train, test):
    chosen = choose(seen(dict.fromkeys(files, small_repositories.numbers())))
    found = chosen.test and chosen.test.path
    assert (chosen.train.path, found) == (train, test)


def test_data_that_code_reads_comes_before_other_data():
    files = dict.fromkeys(["a.csv", "b.csv"], small_repositories.numbers())
    chosen = choose(seen({**files, "t.py": "import pandas\npandas.read_csv('raw/b.csv')"}))
    assert chosen.train.path == "b.csv"


@pytest.mark.parametrize(
    "values,kind",
    [
        (["1", "-2"], "integer"),
        (["1", ""], "integer"),
        (["1", "2.5"], "number"),
        (["1e5", "2"], "number"),
        (["+1", "2"], ""),
        (["1", " 2"], ""),
        (["inf", "2"], ""),
        (["9" * 20, "2"], "number"),
        (["true", "false"], "boolean"),
        (["True", "False"], ""),
        (["true", ""], ""),
        (["a", "b"], "text"),
        (["a", "b"] * 20, "category"),
        (["1", "b"], ""),
        (["", ""], ""),
    ],
)
def test_a_kind_is_said_only_where_every_library_agrees(values, kind):
    lines = "".join(f"{value},0\n" for value in values)
    (table,) = seen({"data.csv": f"x,y\n{lines}"}).tables
    assert table.columns[0].kind == kind


@pytest.mark.parametrize(
    "content,problem",
    [
        (b"", "is empty"),
        (b"a,b\n", "has no rows"),
        (b"1,2\n3,4\n", "has no line with the names"),
        (b"a,a\n3,4\n", "two columns of one name"),
        (b"\xff\xfe,a\n", "is not UTF-8"),
        (b"version https://git-lfs.github.com/spec/v1\n", "pointer of Git LFS"),
        (b"a\n" + b"x" * 200_000, "cannot be read as rows"),
    ],
)
def test_what_a_frame_cannot_be_read_from_is_said(content, problem):
    Path("data.csv").write_bytes(content)
    (table,) = look(Path()).tables
    assert problem in table.problem


def test_a_schema_is_drafted_with_signs_gaps_and_few_values():
    lines = "".join(f"{n - 5},{'ab'[n % 2]},{'' if n % 10 else n}\n" for n in range(60))
    (table,) = seen({"data.csv": f"x,the plan,z\n{lines}"}).tables
    assert tomllib.loads(schema_text(table))["columns"] == {
        "x": {"dtype": "integer"},
        "the plan": {"dtype": "category", "allowed": ["a", "b"]},
        "z": {"dtype": "integer", "min": 0, "max_missing": 1.0},
    }


@pytest.mark.parametrize(
    "files,where,folder",
    [
        ({}, "", "tests"),
        ({"test/test_a.py": ""}, "", "test"),
        ({"pytest.ini": "[pytest]\ntestpaths = checks more"}, "pytest.ini", "checks"),
        ({"tox.ini": "[pytest]\naddopts = -q"}, "tox.ini", "tests"),
        ({"tox.ini": "[tox]\n"}, "", "tests"),
        ({"setup.cfg": "[tool:pytest]\ntestpaths = ../away"}, "setup.cfg", "tests"),
        (
            {"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = 'src/tests'"},
            "pyproject.toml",
            "src/tests",
        ),
        (
            {"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = [1]"},
            "pyproject.toml",
            "tests",
        ),
        ({"pyproject.toml": "tool = 1"}, "", "tests"),
    ],
)
def test_the_configuration_of_pytest_is_found(files, where, folder):
    facts = seen(files)
    assert (facts.pytest_in, facts.test_folder) == (where, folder)


@pytest.mark.parametrize(
    "text_of_file,stages",
    [
        ("stages:\n  a:\n    cmd: x\n  b:  # note\n    cmd: y\n", ("a", "b")),
        ("vars:\n  c:\nstages:\n    a:\n        cmd: x\nplots:\n    d:\n", ("a",)),
        ("\xff", ()),
    ],
)
def test_stages_of_dvc_are_found(text_of_file, stages):
    assert seen({"dvc.yaml": text_of_file}).stages == stages


@given(st.text(st.characters(codec=None)))
@example("a'\"b\\c\n\u202e\x00\udc80")
def test_texts_are_written_as_literals_of_one_line(value):
    written = text(value)
    assert ast.literal_eval(written) == value
    assert len(written.splitlines()) == 1


@given(st.text())
@example("a'\"b\\c\n\u202e\x00\x7f\U000e0001")
def test_texts_are_written_as_strings_of_toml_on_one_line(value):
    written = quoted(value)
    assert tomllib.loads(f"a = {written}") == {"a": value}
    assert len(written.splitlines()) == 1


def test_long_expressions_are_laid_out_and_stay_what_they_are():
    code = f"f([1, {'x' * 60!r}], {{'a': ({'y' * 40!r},)}}, key=g(-1, b={'z' * 50!r}))"
    node = ast.parse(code, mode="eval").body
    written = laid_out(node, "    ")
    assert ast.dump(ast.parse(written, mode="eval").body) == ast.dump(node)
    assert max(map(len, written.splitlines())) <= 88


@pytest.mark.parametrize(
    "files,sure",
    [
        ({"rows.csv": "a,b\n1,2\n"}, True),
        ({"data/rows.csv": "a,b\n1,2\n"}, True),
        ({"data/training.csv": "a,b\n1,2\n", "x.csv": "a,b\n1,2\n"}, True),
        ({"a.csv": "a,b\n1,2\n", "x.csv": "a,b\n1,2\n"}, False),
        ({"a.csv": "a,b,c\n1,2,3\n", "old/x.csv": "a,target\n1,2\n"}, True),
        ({"x.csv": "a,target\n1,2\n"}, True),
        ({"search.csv": "a,b\n1,2\n"}, False),
        ({"evidence/rows.csv": "a,b\n1,2\n"}, False),
        ({"old/x.csv": "a,b\n1,2\n"}, False),
        ({"old/x.csv": "a,b\n1,2\n", "t.py": "read('x.csv')"}, True),
    ],
)
def test_what_may_be_something_else_is_not_taken_for_training_data(files, sure):
    chosen = choose(seen(files))
    assert (chosen.train.problem == "") is sure
    assert bool(chosen.train.columns) is sure


def test_many_files_with_features_are_listed_one_a_line():
    names = [f"src/risk/some_long_features_{n}.py" for n in range(4)]
    facts = seen(dict.fromkeys(names, "def make_features(rows): ...\n"))
    (code,) = (p.code for p in parts_of(facts, choose(facts)) if p.name == "feature_code")
    assert [line.strip() for line in code.splitlines()[1:-1]] == [f'ROOT / "{n}",' for n in names]


NEEDED = [
    # values of a feature beside a number, what is told of it, and whether the model can be fitted
    (["1", "2"] * 120, "", True),
    (["basic", "plus"] * 120, "text made numbers", True),
    (["1", ""] * 120, "gaps filled", True),
    ([f"word {n}" for n in range(240)], "", False),
]


@pytest.mark.parametrize("values,told,fits", NEEDED)
def test_a_model_gets_what_its_columns_need(values, told, fits):
    table = "".join(f"{v},{n % 2}\n" for n, v in enumerate(values))
    code = f"{SKLEARN}Forest().fit(X, y)"
    chosen = choose(seen({"train.py": code, "data.csv": f"what,target\n{table}"}))
    assert (str(chosen.preparation), chosen.fits) == (told, fits)
    assert ast.unparse(chosen.estimator.call).endswith("Forest())") is bool(told)


def test_a_model_that_picks_its_columns_is_left_as_it_is():
    code = (
        f"{SKLEARN}{PIPELINE}from sklearn.compose import make_column_transformer as columns\n"
        "from sklearn.preprocessing import OneHotEncoder\n"
        "make_pipeline(columns((OneHotEncoder(), ['what'])), Forest())"
    )
    table = "what,target\n" + "a,0\nb,1\n" * 120
    chosen = choose(seen({"train.py": code, "data.csv": table}))
    assert (str(chosen.preparation), chosen.fits) == ("", True)
    assert ast.unparse(chosen.estimator.call).startswith("make_pipeline(columns(")


SPLIT = "from sklearn.model_selection import train_test_split\n"


@pytest.mark.parametrize(
    "code,options,stratify",
    [
        ("train_test_split(X, y, random_state=3)", "random_state=3", ""),
        ("train_test_split(X, shuffle=False, test_size=0.2)", "shuffle=False, test_size=0.2", ""),
        (
            "N = 5\ntrain_test_split(X, train_size=9, random_state=N)",
            "train_size=9, random_state=5",
            "",
        ),
        (
            "train_test_split(X, random_state=1, test_size=None)",
            "random_state=1, test_size=None",
            "",
        ),
        ("train_test_split(X, random_state=1, stratify=None)", "random_state=1", ""),
        ("train_test_split(X, random_state=1, stratify=rows['a'])", "random_state=1", "a"),
        (
            "y = rows.a.x['a'].to_numpy()\ntrain_test_split(X, y, random_state=1, stratify=y)",
            "random_state=1",
            "a",
        ),
        (
            "X, y = rows, rows['a']\ntrain_test_split(X, y, random_state=1, stratify=y)",
            "random_state=1",
            "a",
        ),
        (
            "y = rows.pop('a')\ntrain_test_split(X, y, random_state=1, stratify=y)",
            "random_state=1",
            "a",
        ),
    ],
)
def test_a_split_is_found_with_its_plain_arguments(code, options, stratify):
    split = module(f"{SPLIT}{code}").split
    written = ", ".join(f"{name}={ast.unparse(value)}" for name, value in split.options)
    assert (written, split.stratify, split.why) == (options, stratify, "")


@pytest.mark.parametrize(
    "code,why",
    [
        ("train_test_split(X, y)", "line 2 gives no random_state"),
        ("train_test_split(X, y, random_state=None)", "line 2 gives no random_state"),
        ("train_test_split(X, y, random_state=args.seed)", "line 2 gives random_state in a way"),
        ("train_test_split(X, y, random_state=int('3'))", "line 2 gives random_state in a way"),
        ("train_test_split(X, y, random_state=1 + 2)", "line 2 gives random_state in a way"),
        ("train_test_split(X, y, random_state='3')", "line 2 gives random_state in a way"),
        ("train_test_split(X, random_state=3, test_size=share)", "line 2 gives test_size in a way"),
        ("train_test_split(X, y, random_state=3, **options)", "line 2 gives ** in a way"),
        ("train_test_split(X, y, random_state=3, other=1)", "line 2 gives other in a way"),
        ("N = 3\nN = 4\ntrain_test_split(X, random_state=N)", "line 4 gives random_state in a way"),
        (
            "X = train_test_split(X, random_state=3)\n" * 2,
            "lines 2 and 3 both split",
        ),
    ],
)
def test_a_split_that_cannot_be_done_again_is_not_copied(code, why):
    split = module(f"{SPLIT}{code}").split
    assert split.why.startswith(why)
    assert split.options == ()


STRATIFIED = "train_test_split(X, y, random_state=3, stratify=y)"


@pytest.mark.parametrize(
    "code,line",
    [
        ("", 2),
        ("y = rows['a'].map(codes)\n", 3),
        ("y = rows['a']\ny = f(y)\n", 4),
        ("def f(y): ...\ny = rows['a']\n", 4),
        ("y = rows['a'] > 3\n", 3),
        ("y = rows['a'].astype(kind)\n", 3),
        ("y = rows['a'].map({**codes})\n", 3),
        ("y = rows['a'].clip(3)\n", 3),
        ("y = rows['a'].map(codes := {'a': open('x')})\n", 3),
    ],
)
def test_strata_that_cannot_be_read_are_not_copied(code, line):
    split = module(f"{SPLIT}{code}{STRATIFIED}").split
    assert split.why == f"line {line} stratifies by values that could not be read"


@pytest.mark.parametrize(
    "code,strata",
    [
        ("y = rows['a'].map({'no': 1, 'yes': 0})", 'rows["a"].map({"no": 1, "yes": 0})'),
        ("CODES = {'no': 1}\ny = rows['a'].map(CODES)", 'rows["a"].map({"no": 1})'),
        ("y = rows['a'] == 'no'", 'rows["a"] == "no"'),
        ("y = (rows['a'] != 'no').astype(int)", '(rows["a"] != "no").astype(int)'),
        ("y = rows['a'].astype('int8').to_numpy()", 'rows["a"].astype("int8")'),
        ("y = rows.get_column('a').cast(pl.Int8)", 'rows["a"].cast(pl.Int8)'),
        ("rows['a'] = rows['a'] == 'no'\ny = rows['a']", 'rows["a"] == "no"'),
        (
            "rows['a'] = rows['a'].map({'no': 3})\ny = rows['a'] == 3",
            'rows["a"].map({"no": 3}) == 3',
        ),
    ],
)
def test_strata_are_those_that_the_code_has(code, strata):
    split = module(f"{SPLIT}{code}\n{STRATIFIED}").split
    assert (split.why, split.stratify, laid_out(split.strata, "")) == ("", "a", strata)


@pytest.mark.parametrize(
    "code",
    [
        "rows['a'] = f(rows['a'])",
        "rows['a'] = rows['b'] == 3",
        "rows.loc[:, 'a'] = 0",
        "rows['a'] += 1",
        "rows = rows.assign(a=0)",
        "rows = rows.with_columns(pl.col('a') == 'no')",
    ],
)
def test_a_column_that_is_changed_before_is_not_stratified_by(code):
    split = module(f"{SPLIT}y = rows['a']\n{code}\n{STRATIFIED}").split
    assert split.why == "line 3 changes the column that is stratified by"


def test_a_function_of_the_same_name_is_no_split():
    assert (
        module("from ours import train_test_split\ntrain_test_split(X, random_state=3)").split
        is None
    )


@pytest.mark.parametrize(
    "change,why",
    [
        ("", ""),
        ("rows = rows.assign(a=1).fillna(0)", ""),
        ("rows = rows.dropna()", "line 4 may change the rows before it (dropna)"),
        ("rows = (\n  rows\n  .sort('a')\n)", "line 6 may change the rows before it (sort)"),
        ("rows = rows.sort_values('a')", "line 4 may change the rows before it (sort_values)"),
        ("rows = rows[rows['age'] > 3]", "line 4 may leave out rows before it"),
        ("rows = rows.loc[rows.age > 3]", "line 4 may leave out rows before it"),
    ],
)
@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("forest", ["Forest()", "Forest(n)"])
def test_a_split_of_other_rows_is_not_copied_and_the_line_is_named(change, why, library, forest):
    code = f"{SKLEARN}{SPLIT}import {library}\n{change}\ntrain_test_split(X, random_state=3)\n"
    facts = seen({**TABLE, "train.py": f"{code}{forest}"})
    chosen = choose(facts)
    told = f"train.py: {why}" if why else ""
    assert (chosen.split is None, chosen.split_left_out) == (bool(why), told)
    written = " ".join(module_text(facts, chosen, "a").replace("    # ", " ").split())
    assert (f"The split of the code is not copied; {told}." in written) is bool(why)
    assert dict(guessed(chosen)).get("split", "").endswith(told) or chosen.fits


@pytest.mark.parametrize(
    "code,same",
    [
        ("train_test_split(X, random_state=3)\nrows = rows.dropna()", True),
        ("def f(rows):\n  train_test_split(X, random_state=3)\n  rows.dropna()", True),
        ("for n in a:\n  train_test_split(X, random_state=3)\n  rows = rows.dropna()", False),
        ("def f(rows):\n  train_test_split(X, random_state=3)\nf(rows.dropna())", False),
    ],
)
def test_rows_that_change_after_the_split_are_no_matter(code, same):
    assert (module(f"{SPLIT}{code}").split.why == "") is same


@pytest.mark.parametrize("reads,sure", [("read('data.csv')", True), ("read('more.csv')", False)])
def test_a_split_of_another_table_is_not_sure(reads, sure):
    code = f"{SKLEARN}{SPLIT}{reads}\ntrain_test_split(X, y, random_state=3)\nForest()"
    files = {**TABLE, "more.csv": "a,b\n1,2\n", "train.py": code, "other.py": "read('data.csv')"}
    chosen = choose(seen(files))
    assert (chosen.train.path, chosen.split_is_sure) == ("data.csv", sure)


def test_a_split_by_another_column_than_the_label_is_not_copied():
    code = f"{SKLEARN}{SPLIT}train_test_split(X, random_state=3, stratify=rows['age'])\nForest()"
    chosen = choose(seen({**TABLE, "train.py": code}))
    assert (chosen.split, chosen.made_up_split) == (None, True)
    assert chosen.split_left_out == "train.py: it stratifies by age, which is not the label"


@pytest.mark.parametrize(
    "files,why",
    [
        ({"data.csv": small_repositories.numbers(20)}, "there are fewer than 200 rows"),
        ({**TABLE, "b.csv": "a\n1\n"}, "train.py: it is not seen to read data.csv"),
        ({**TABLE, "other.py": f"{SPLIT}train_test_split(X)"}, "other.py and train.py both split"),
        ({**TABLE, "test.csv": small_repositories.numbers()}, ""),
    ],
)
def test_a_split_that_is_not_written_is_told_of(files, why):
    code = f"{SPLIT}train_test_split(X, random_state=3)"
    chosen = choose(seen({**files, "train.py": code}))
    assert (chosen.is_split, chosen.split_left_out) == (False, why)


def test_types_of_polars_are_not_written_where_the_test_has_none():
    code = f"{SPLIT}y = rows['churned'].cast(pl.Int8)\n{STRATIFIED}\nimport "
    assert choose(seen({**TABLE, "train.py": f"{code}polars"})).split is not None
    assert choose(seen({**TABLE, "train.py": f"{code}polars, pandas"})).split is None


def test_a_known_split_is_written_where_the_model_cannot_be():
    code = f"{SKLEARN}{SPLIT}train_test_split(X, y, random_state=3)\nForest(n)"
    chosen = choose(seen({**TABLE, "train.py": code}))
    assert (chosen.fits, chosen.is_split, chosen.made_up_split) == (False, True, False)


@pytest.mark.parametrize(
    "code,features",
    [
        ("X = rows[['bill', 'plan']]", "bill plan"),
        ("X = rows.loc[:, ['bill', 'plan']].to_numpy()", "bill plan"),
        ("X = pd.get_dummies(rows[['bill', 'plan']].fillna(0))", "bill plan"),
        ("names = ['bill', 'plan']\nX = rows[names]", "bill plan"),
        ("A = ['bill']\nnames = A + ['plan']\nX = rows[names]", "bill plan"),
        ("NAMES: list[str] = ['bill', 'plan']\nX, y = rows[NAMES], rows['churned']", "bill plan"),
        ("X, y = rows.drop(columns='churned'), rows['churned']", "customer_id age bill plan"),
        ("X = rows[['bill', 'churned']]", "bill"),
        ("model.fit(rows[['bill']], rows['churned'])", "bill"),
        ("X = rows.drop(columns=['churned', 'plan'])", "customer_id age bill"),
        ("X = rows.drop(['churned', 'plan'], axis=1)", "customer_id age bill"),
        ("T = 'churned'\nGONE = [T, 'plan']\nX = rows.drop(columns=GONE)", "customer_id age bill"),
        (
            "rows = rows.drop(columns=['plan'])\nX = rows.drop(columns='churned')",
            "customer_id age bill",
        ),
        ("y = rows['churned']\nrows.drop(columns='plan', inplace=True)", "customer_id age bill"),
        ("X = rows.select('bill', 'plan')", "bill plan"),
        ("X = rows.select(['bill', 'plan']).to_numpy()", "bill plan"),
        ("names = ['bill', 'plan']\nX = rows.select(names)", "bill plan"),
        ("X = rows.select(pl.col('bill', 'plan'))", "bill plan"),
        ("X = rows.select(pl.col(['bill']), pl.col('plan'))", "bill plan"),
        ("X = rows.select('bill', col(NAMES))\nNAMES = 'plan'", "bill plan"),
        ("X = rows.select([pl.col('bill'), 'plan'])", "bill plan"),
        ("X = rows.drop(pl.col('churned', 'plan'))", "customer_id age bill"),
        ("X = rows.drop('churned', 'plan')", "customer_id age bill"),
        ("X = rows.drop(['churned', 'plan'])", "customer_id age bill"),
        # nothing plain is said
        ("X = rows.select(pl.col('bill') * 2)", "age bill plan"),
        ("X = rows.drop([3, 4])", "age bill plan"),
        ("X = rows[['bill', 'gone']]", "age bill plan"),
        ("X = rows[['bill']]\nX = rows[['age']]", "age bill plan"),
        ("names = ['bill']\nnames.append('age')\nX = rows[names]", "age bill plan"),
        ("names = ['bill']\nnames += more\nX = rows[names]", "age bill plan"),
        ("x, *X = [], rows[['bill']], rows", "age bill plan"),
        ("names = names + ['bill']\nX = rows[names]", "age bill plan"),
        ("scaler.fit(rows[['bill']])", "age bill plan"),
        ("shown = rows[['bill']]\nother = rows.drop(columns=['age', 'bill'])", "age bill plan"),
    ],
)
def test_features_are_the_columns_that_code_gives_to_the_model(code, features):
    chosen = choose(seen({"data.csv": small_repositories.rows(), "train.py": code}))
    assert chosen.features == tuple(features.split())


def selection(code):
    files = {"data.csv": small_repositories.rows(), "train.py": f"y = rows['churned']\n{code}"}
    return choose(seen(files)).selection


@pytest.mark.parametrize(
    "code,line",
    [
        ("X = rows.select(pl.exclude('churned'))", 2),
        ("X = (\n  rows\n  .select(pl.col('bill') * 2)\n  .to_numpy()\n)", 4),
        ("X = rows.select(pl.col('^b.*$'))", 2),
        ("X = rows.select(a=pl.col('bill'))", 2),
        ("X = rows.select('bill', 'made_of_it')", 2),
        ("X = rows[['bill', 'made_of_it']]", 2),
        ("X = rows.loc[:, 'age':'bill'].fillna(0)", 2),
        ("X = rows.iloc[:, 2:-2]", 2),
        ("X = rows.loc[rows.age > 3, ['age']]", 2),
        ("X = rows[[c for c in names]]", 2),
        ("X = rows[rows.columns.difference(['churned'])]", 2),
        ("names = [c for c in all]\nX = rows[names]", 3),
        ("def f(rows, columns):\n  model.fit(rows[columns], y)", 3),
        ("X = rows.select_dtypes('number')", 2),
        ("X = rows.filter(like='b')", 2),
        ("X = rows[['bill']]\nX = rows[['age']]", 2),
    ],
)
def test_a_selection_that_cannot_be_read_is_named(code, line):
    told = f"train.py selects columns in line {line} in a way that could not be read"
    assert selection(code) == told


@pytest.mark.parametrize(
    "code",
    [
        "X = rows[['bill']]",
        "X = rows.select('bill')",
        "X = rows.drop(columns=['churned'])",
        "X = rows[rows.age > 3]",
        "mask = rows.age > 3\nX = rows[mask]",
        "X = rows.filter(pl.col('age') > 3)",
        "X = rows.iloc[kept, :]",
        "X = rows.values[:, None]",
        "for a, b in folds:\n  model.fit(X[a], y[a])",
        "shown = rows.iloc[:, 2:-2]",
    ],
)
def test_nothing_is_said_of_a_selection_where_there_is_none_or_it_is_read(code):
    assert selection(code) == ""


DATED = {
    "c.csv": "id;x;day;plan;target\n"
    + "".join(
        f"{n};{(-999, 5)[n % 2]};2024-01-0{n % 9 + 1} {n % 24:02}:00;{'ab'[n % 2]};{n % 2}\n"
        for n in range(240)
    )
}


def read_by(code, library="pandas"):
    short = {"pandas": "pd", "polars": "pl"}[library]
    files = {**DATED, "train.py": f"import {library} as {short}\n{code}\n"}
    chosen = choose(seen(files))
    return chosen.train, read_call(chosen.train, chosen, "", -100)


@pytest.mark.parametrize(
    "given,options",
    [
        ("sep=';', decimal=','", 'sep=";", decimal=","'),
        ("delimiter=';'", 'delimiter=";"'),
        ("decimal=','", 'sep=";", decimal=","'),
        ("sep=';', na_values=[-999, 'x'], header=0", 'sep=";", na_values=[-999, "x"], header=0'),
        ("sep=SEP, na_values=GONE", 'sep=";", na_values=["?"]'),
        ("sep=';', low_memory=False, index_col=None", 'sep=";", low_memory=False, index_col=None'),
        ("sep=';', index_col=0", 'sep=";"'),
        ("sep=';', dtype={'a': str}, converters=f, **more", 'sep=";"'),
        ("sep=';', na_values=[[1]]", 'sep=";"'),
    ],
)
@pytest.mark.parametrize("file", ["'c.csv'", "ROOT / 'c.csv'", "FILE", "filepath_or_buffer=FILE"])
def test_the_arguments_of_the_reader_are_those_of_the_code(given, options, file):
    code = "SEP = ';'\nGONE = ['?']\nFILE = 'raw/c.csv'\n"
    _, call = read_by(f"{code}rows = pd.read_csv({file}, {given})")
    assert call == f'pd.read_csv(ROOT / "c.csv", {options})'


@pytest.mark.parametrize(
    "given,options",
    [
        (
            "separator=';', try_parse_dates=True",
            'separator=";", try_parse_dates=True, infer_schema_length=None',
        ),
        ("infer_schema_length=9", 'separator=";", infer_schema_length=9'),
        ("n_rows=9", 'separator=";", n_rows=9'),
    ],
)
def test_they_are_those_of_polars_where_that_reads(given, options):
    _, call = read_by(f"pl.read_csv('c.csv', {given})", "polars")
    assert call == f'pl.read_csv(ROOT / "c.csv", {options})'


@pytest.mark.parametrize(
    "code",
    [
        "pd.read_csv('other.csv', decimal=',')",
        "pd.read_csv('c.csv', decimal=',')\npd.read_csv('c.csv')",
        "read_csv('c.csv', decimal=',')",
        "pd.read_table('c.csv', decimal=',')",
        "import polars\npolars.read_csv('c.csv', try_parse_dates=True)",
        "pd.concat([pd.read_csv(n, decimal=',') for n in ('a.csv', 'c.csv')])",
    ],
)
def test_arguments_of_other_calls_are_not_taken(code):
    _, call = read_by(code)
    assert call == 'pd.read_csv(ROOT / "c.csv", sep=";")'


ALL_KINDS = "integer integer text category integer"


@pytest.mark.parametrize(
    "given,names,kinds",
    [
        ("low_memory=False", "id x day plan target", ALL_KINDS),
        ("decimal=','", "id x day plan target", "integer integer  category integer"),
        ("parse_dates=['day']", "id x day plan target", "integer integer  category integer"),
        ("parse_dates=[2]", "id x day plan target", "integer integer  category integer"),
        ("parse_dates=[['x', 'day']]", "id x day plan target", ALL_KINDS),
        ("dtype='object'", "id x day plan target", "    "),
        ("usecols=['plan', 'target']", "plan target", "category integer"),
        ("usecols=[0, -1]", "id target", "integer integer"),
        ("usecols=['gone']", "", ""),
        ("nrows=9", "id x day plan target", ""),
        ("header=None", "", ""),
        ("skiprows=2", "", ""),
    ],
)
def test_what_is_drafted_is_what_the_call_reads(given, names, kinds):
    table, _ = read_by(f"pd.read_csv('c.csv', sep=';', {given})")
    assert " ".join(table.names) == names
    assert " ".join(c.kind for c in table.columns) == kinds


@pytest.mark.parametrize("given", ["-999", "[-777, -999.0]", "'-999'"])
def test_values_that_mean_none_are_counted_as_missing(given):
    table, _ = read_by(f"pd.read_csv('c.csv', sep=';', na_values={given})")
    assert [c.missing for c in table.columns] == [0, 0.5, 0, 0, 0]


@pytest.mark.parametrize("index,features", [("0", "x day plan"), ("['x', 'id']", "day plan")])
def test_an_index_stays_a_column_that_is_no_feature(index, features):
    code = (
        f"rows = pd.read_csv('c.csv', sep=';', index_col={index})\nX = rows.drop(columns='target')"
    )
    files = {**DATED, "train.py": f"import pandas as pd\n{code}\n"}
    chosen = choose(seen(files))
    assert chosen.features == tuple(features.split())
    assert read_remark(chosen.train, "") == [
        '# As in "train.py", line 2, but without these arguments: index_col. The index stays a',
        "# column, which is no feature.",
    ]


def test_a_file_in_an_older_encoding_is_read_by_it():
    Path("c.csv").write_bytes("größe,target\n1,2\n".encode("latin-1"))
    Path("train.py").write_text("import pandas as pd\npd.read_csv('c.csv', encoding='latin-1')")
    (table,) = look(Path()).tables
    assert (table.names, table.problem) == (("größe", "target"), "")


def test_numbers_that_mean_none_may_have_a_comma():
    Path("c.csv").write_text("x;y\n-1,0;1\n2,5;1\n", encoding="utf-8")
    code = "import pandas as pd\npd.read_csv('c.csv', sep=';', decimal=',', na_values=[-1])"
    Path("train.py").write_text(code)
    assert look(Path()).tables[0].columns[0].missing == 0.5


@pytest.mark.parametrize("separator", ["\n", '"', "\\s+", "\ud800", 3])
def test_an_odd_separator_is_copied_and_leaves_all_open(separator):
    table, call = read_by(f"pd.read_csv('c.csv', sep={separator!r})")
    assert table.columns == ()
    assert f"sep={text(separator) if separator != 3 else 3}" in call


BUILD = f"{SKLEARN}{PIPELINE}prep = object\n"
STEPS = "Pipeline([('prep', prep), ('clf', Forest())])"


@pytest.mark.parametrize(
    "call,why",
    [
        (STEPS, "its step `prep` is made elsewhere"),
        ("make_pipeline(parts.prep, Forest())", "its step `parts.prep` is made elsewhere"),
        ("make_pipeline(prep(3), Forest())", "its step `prep` is made elsewhere"),
        ("make_pipeline('passthrough', Forest(n))", "not all of its arguments are plain values"),
        ("Forest(n)", "not all of its arguments are plain values"),
    ],
)
def test_a_step_that_is_made_elsewhere_is_named(call, why):
    chosen = choose(seen({**TABLE, "train.py": f"{BUILD}{call}"}))
    assert (chosen.fits, chosen.why_not) == (False, why)


@pytest.mark.parametrize(
    "code,made",
    [
        (f"def build(n=3):\n  return {STEPS}", True),
        (f"def build():\n  model = {STEPS}\n  return model", True),
        (f"def build(*, n=3):\n  return {STEPS}\nif __name__ == '__main__':\n  build()", True),
        (f"def build(n):\n  return {STEPS}", False),
        (f"def build(*, n):\n  return {STEPS}", False),
        (f"@wrapped\ndef build():\n  return {STEPS}", False),
        (f"def build():\n  return {STEPS}.fit(X, y)", False),
        (f"def build():\n  if a:\n    return None\n  return {STEPS}", False),
        (f"def build():\n  model = None\n  model = {STEPS}\n  return model", False),
        (f"def _build():\n  return {STEPS}", False),
        (f"def build():\n  return {STEPS}\nbuild()", False),
    ],
)
def test_a_model_is_made_by_the_function_that_returns_it(code, made):
    facts = seen({**TABLE, "train.py": f"{BUILD}{code}"})
    chosen = choose(facts)
    assert chosen.fits is made
    written = module_text(facts, chosen, "a")
    lines = '    # As in "train.py".\n    from train import build\n\n    return build()\n'
    assert (lines in written, "# estimator=untrained()," in written) == (made, made)


def test_what_can_be_written_down_is_not_imported():
    code = f"{SKLEARN}def build():\n  return Forest(3)"
    facts = seen({**TABLE, "train.py": code})
    assert "from train" not in module_text(facts, choose(facts), "a")


def test_a_function_that_makes_a_model_is_told_where_it_cannot_be_fitted():
    facts = seen({"train.py": f"{BUILD}def build():\n  return {STEPS}"})
    (part,) = (p for p in parts_of(facts, choose(facts)) if p.name == "estimator")
    assert (part.code, part.todo) == (
        "build()",
        "no data was found to fit it; by `from train import build`",
    )


def test_names_of_names_are_followed_no_further_than_is_worth_it():
    lists = "".join(f"n{n} = [{f'n{n + 1}, ' * 40}]\n" for n in range(40))
    chain = "rows['a']" + ".copy()" * 200
    code = f"import pandas as pd\n{lists}pd.read_csv(n0)\npd.read_csv('c.csv', na_values=n0)\n"
    found = module(f"{SPLIT}{code}y = {chain}\n{STRATIFIED}")
    assert [r.options for r in found.readings] == [()]
    assert "could not be read" in found.split.why
