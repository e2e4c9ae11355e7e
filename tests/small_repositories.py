"""Small repositories, as people have them, for what looks at one: files by their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SCRIPT = '''\
"""Train the churn model."""
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

SEED = 7

open("IMPORTED", "w").close()
rows = pd.read_csv("data.csv")
X = rows.drop(columns=["churned"])
y = rows["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=SEED)
model = RandomForestClassifier(n_estimators=10, random_state=SEED)
model.fit(X_train, y_train)
joblib.dump(model, "model.joblib")
'''


def rows(count: int = 240, separator: str = ",") -> str:
    """Return a table of customers, with a column of text."""
    lines = ["customer_id,age,bill,plan,churned"]
    for n in range(count):
        plan = ("basic", "plus")[n * n % 3 == 1]
        lines.append(f"{n},{20 + n * 7 % 50},{n * 13 % 90 / 4:.2f},{plan},{n * 7 % 50 // 25}")
    return "".join(f"{line}\n" for line in lines).replace(",", separator)


def numbers(count: int = 240) -> str:
    """Return the same table without the text."""
    cut = [line.split(",") for line in rows(count).splitlines()]
    return "".join(f"{a},{b},{d}\n" for _, a, b, _, d in cut)


SCRIPT_AND_CSV = {"train.py": SCRIPT, "data.csv": numbers()}

LOADED = {
    "train.py": """\
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

SEED = 3
features = ["bill", "age"]

rows = pd.read_csv("data.csv")
X = rows[features]
y = rows["churned"]
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, random_state=SEED, stratify=y
)
model = LogisticRegression(C=0.5).fit(X_train, y_train)
joblib.dump(model, "model.joblib")
""",
    "data.csv": rows(),
    "model.joblib": "",
}
"""A model that was trained on some of the columns and rows, and which those are can be seen."""

RECODED = {
    **LOADED,
    "train.py": LOADED["train.py"].replace(
        'y = rows["churned"]', 'y = rows["churned"].map({"yes": 0, "no": 1})'
    ),
    "data.csv": "".join(
        f"{line[:-1]}{ ({'0': 'no', '1': 'yes'}.get(line[-1], line[-1])) }\n"
        for line in rows().splitlines()
    ),
}
"""The same with a label of text, whose values come in another order when they are numbers."""

UNSEEN = {
    **LOADED,
    "train.py": LOADED["train.py"]
    .replace("SEED = 3", "import sys\n\nSEED = int(sys.argv[1])")
    .replace("X = rows[features]", 'X = rows.drop(columns=["customer_id", "plan", "churned"])'),
}
"""The same where the rows cannot be known."""

MIXED = {
    "train.py": SCRIPT.replace("X = rows", "X = pd.get_dummies(rows").replace(
        '["churned"])\ny', '["churned"]))\ny'
    ),
    "data.csv": rows().replace(",2.", ",").replace(",plus,", ",,"),
}
"""Text and gaps in columns of both kinds."""

OPTIONS = {
    "train.py": SCRIPT.replace(
        '"data.csv")',
        '"data.csv", sep=";", decimal=",", index_col=0, na_values=[21], parse_dates=["day"], '
        'dtype={"age": float}, encoding_errors="strict", low_memory=False, engine="c")',
    ),
    "data.csv": "".join(
        f"{line.replace('.', ',')};{day if n else 'day'}\n"
        for n, line in enumerate(rows(separator=";").splitlines())
        for day in [f"2024-01-{n % 28 + 1:02} 10:00"]
    ),
}
"""A table that is read by more than its name."""

BUILT = {
    "train.py": """\
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build_model():
    prep = ColumnTransformer(
        [("text", OneHotEncoder(), ["plan"]), ("numbers", StandardScaler(), ["age", "bill"])]
    )
    return Pipeline([("prep", prep), ("clf", LogisticRegression())])


if __name__ == "__main__":
    rows = pd.read_csv("data.csv")
    build_model().fit(rows[["age", "bill", "plan"]], rows["churned"])
""",
    "data.csv": rows(),
}
"""A model that only a function of the code can make."""

POLARS = {
    "pyproject.toml": '[project]\nname = "risk"\nversion = "1"\n\n'
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    "src/risk/__init__.py": "",
    "src/risk/features.py": "import polars as pl\n\n\n"
    "def build_features(rows, day=None):\n    return rows\n",
    "src/risk/train.py": """\
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TARGET = "churned"


def train_model(rows, labels):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=1000))
    return model.fit(rows, labels)
""",
    "src/risk/serve.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "data/train.csv": rows(separator=";"),
    "data/test.csv": rows(60, separator=";"),
    ".github/workflows/ci.yml": "name: CI\non: push\n",
}

DVC = {
    "dvc.yaml": "stages:\n  prepare:\n    cmd: python prepare.py\n    deps:\n    - prepare.py\n"
    "  train:\n    cmd: python train.py\nmetrics:\n  - metrics.json\n",
    "prepare.py": "import pandas as pd\n\n\ndef load_rows(path):\n    return pd.read_csv(path)\n",
    "train.py": "import mlflow\nimport argparse\n"
    "from sklearn.ensemble import GradientBoostingRegressor\n\n\n"
    "def train(args, rows):\n"
    "    return GradientBoostingRegressor(n_estimators=args.trees).fit(rows, rows['price'])\n\n\n"
    "def promote(candidate, incumbent):\n    return True\n\n\n"
    "if __name__ == '__main__':\n    train(None, None)\n",
    "data/prices.csv": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    "models/price.joblib": "",
    "requirements.txt": "scikit-learn\n",
    ".gitlab-ci.yml": "test:\n  script: pytest\n",
    "Jenkinsfile": "pipeline {}\n",
    ".travis.yml": "language: python\n",
    ".git/HEAD": "ref: refs/heads/main\n",
}

TORCH = {
    "net.py": "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    pass\n\n\n"
    "def predict(batch, device='cpu'):\n    return batch\n",
    "explore.ipynb": "{}",
}

CONFIGURED = {
    "pyproject.toml": '[tool.mlscore]\nsystem = "old"\n\n'
    '[tool.pytest.ini_options]\ntestpaths = ["checks"]\n',
    "checks/test_rows.py": "def test_rows(): pass\n",
    "rows.csv": rows(),
}

ALL = {
    "script_and_csv": SCRIPT_AND_CSV,
    "loaded": LOADED,
    "recoded": RECODED,
    "unseen": UNSEEN,
    "mixed": MIXED,
    "built": BUILT,
    "options": OPTIONS,
    "polars": POLARS,
    "dvc": DVC,
    "torch": TORCH,
    "configured": CONFIGURED,
}


def make(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a repository."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    return folder
