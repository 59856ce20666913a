"""Nothing that finds or tells apart faces ever opens a connection."""

from __future__ import annotations

import json
import os
import subprocess
import sys

SCRIPT = """
import json, socket

tried = []

def refuse(*given, **named):
    tried.append(str(given[1:]))
    raise OSError("no network here")

socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse

import numpy as np
from shoplib.errors import SourceError
from shoplib.faces.models import catalogue, detect, embed
from shoplib.simulate.cctv import people

cut = people.canvas(204, "a", "f0").astype(int)
picture = (cut[..., :3] * cut[..., 3:] // 255 + 150 * (255 - cut[..., 3:]) // 255).astype(np.uint8)
refused = []
for name in ("yunet", "dlib", "centerface", "fastmtcnn"):
    try:
        faces = detect.Finder(name).find(picture)
    except SourceError:
        refused.append(name)
        continue
    assert len(faces) == 1, (name, faces)
chip = embed.Cutter().cut(picture, faces[0].box) if faces else None
for name in catalogue.RECOGNISERS:
    try:
        assert embed.prints([chip, chip], name).shape == (2, 128)
    except SourceError:
        refused.append(name)
print(json.dumps({"tried": tried, "refused": refused}))
"""


def test_no_model_tries_the_network_whatever_is_missing(tmp_path):
    environ = {**os.environ, "DEEPFACE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=environ)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["tried"] == []
    assert not {"yunet", "dlib", "Dlib"} & set(told["refused"])
    assert {"Facenet512", "VGG-Face", "Buffalo_L"} <= set(told["refused"])
    assert list(tmp_path.iterdir()) == []
