"""Fetches and unpacks Debian's source packages, by apt's own index: `./dev setup test` adds that."""
import pathlib
import shutil
import subprocess


class Unavailable(Exception):
    pass


def unpack(package, work):
    """work/<package>/source, unpacked once."""
    source = work / package / "source"
    if (source / ".unpacked").exists():
        return source
    fetched = work / package / "package"
    shutil.rmtree(source, ignore_errors=True)
    fetched.mkdir(parents=True, exist_ok=True)
    done = run(["apt-get", "source", "--download-only", "-q", package], fetched)
    if done.returncode:
        raise Unavailable(f"apt-get source {package} failed; ./dev setup test adds the index of source "
                          f"packages:\n{last_lines(done.stdout)}")
    described = sorted(fetched.glob("*.dsc"), key=lambda path: path.stat().st_mtime)[-1]
    done = run(["dpkg-source", "--no-check", "-x", described.name, str(source)], fetched)
    if done.returncode:
        raise Unavailable(f"dpkg-source -x {described} failed:\n{last_lines(done.stdout)}")
    (source / ".unpacked").touch()
    return source


def run(command, folder):
    try:
        return subprocess.run(command, cwd=folder, text=True, errors="replace", timeout=600,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError as missing:
        raise Unavailable(f"{missing}; run ./dev setup test") from missing


def last_lines(text, count=15):
    return "\n".join(text.splitlines()[-count:])
