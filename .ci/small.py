"""The small installation of the README, in a virtual environment of its own without PyTorch: it builds, asks and serves as the ordinary one.

    python .ci/small.py

Runs in the ordinary environment, whose answers are the measure. Everything it writes is in .ci/small.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".ci" / "small"
PYTHON = HOME / "venv" / "bin" / "python"
QUESTION = "what did Kallas say about appeasement"
SIZE_MB = re.compile(r"(\d[\d,]*) MB without PyTorch")


def qa(python: str | Path, *arguments: str, stdin: str = "") -> str:
    index = HOME / ("index" if python == PYTHON else "ordinary-index")
    command = [str(python), "-m", "qa", *arguments, "--seeds", str(ROOT / "seeds"), "--index", str(index)]
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode in (0, 3), command
    return done.stdout


def install() -> None:
    """Do what the README says, line by line."""
    shutil.rmtree(HOME, ignore_errors=True)
    venv.create(HOME / "venv", with_pip=True)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"^    (pip install -r small\.txt .*)$", readme, re.MULTILINE)
    assert lines, "the README no longer says how to install without PyTorch"
    subprocess.run(["bash", "-c", f". '{PYTHON.parent / 'activate'}' && {lines[1]}"], cwd=ROOT, check=True)
    for library in ("torch", "transformers", "sentence_transformers", "scipy"):
        found = subprocess.run([PYTHON, "-c", f"import {library}"], stderr=subprocess.DEVNULL)
        assert found.returncode, f"{library} is installed"


def compare() -> None:
    """The same index, the same answers to all gold questions, byte for byte."""
    lines = (ROOT / "tests" / "gold" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
    questions = "".join(json.dumps({"question": json.loads(line)["question"]}) + "\n" for line in lines)
    answers = []
    for python in (PYTHON, sys.executable):
        qa(python, "build", "--full")
        answers.append(qa(python, "ask", "-", stdin=questions).splitlines())
    assert len(answers[0]) == len(lines)
    different = [small for small, ordinary in zip(*answers, strict=True) if small != ordinary]
    assert not different, different[0]


def serve() -> None:
    """The page answers as the shell does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    arguments = ("-m", "qa", "serve", "--port", port, "--seeds", ROOT / "seeds", "--index", HOME / "index")
    with subprocess.Popen([PYTHON, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL) as server:
        try:
            answer = served_answer(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()
    assert answer == json.loads(qa(PYTHON, "ask", "--json", QUESTION)), answer


def served_answer(url: str, server: "subprocess.Popen[bytes]") -> object:
    body = json.dumps({"data": [QUESTION, None, 5]}).encode()
    request = urllib.request.Request(f"{url}/gradio_api/run/ask", body, {"Content-Type": "application/json"})
    for _ in range(180):
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(request) as reply:
                return json.load(reply)["data"][0]
        except urllib.error.URLError as exc:
            if isinstance(exc, urllib.error.HTTPError) and exc.code != 503:
                raise
            time.sleep(1)
    raise TimeoutError("the page did not answer within three minutes")


def check_size() -> None:
    """The README's megabytes are those of this environment, to a tenth."""
    stated = SIZE_MB.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert stated, "the README no longer says how large it is"
    size = sum(path.lstat().st_size for path in (HOME / "venv").rglob("*") if path.is_file()) / 1e6
    assert abs(size - int(stated[1].replace(",", ""))) < 0.15 * size, f"{size:.0f} MB"


if __name__ == "__main__":
    for step in (install, check_size, compare, serve):
        print(step.__name__, flush=True)
        step()
