"""Asks whether anything that is locked has a known vulnerability, where that can be asked.

Exit status 1 where something has.  A registry that cannot be reached, or that knows nothing of
vulnerabilities, is told, and is no failure.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

LOCKED: Final = Path(__file__).with_name("dev.txt")
"""It has all that the other lists have."""

LIMIT: Final = 40.0
"""Seconds within which all of it has to be answered."""

AUDIT: Final = (
    *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCKED), "--require-hashes"),
    *("--disable-pip", "--progress-spinner", "off", "--timeout", "5", "--format", "json"),
)


def main() -> None:
    """Ask, and tell what is known."""
    words, known = told(answer())
    print(words)
    sys.exit(1 if known else 0)


def answer() -> list[dict[str, Any]]:
    """Give what is said of each package; nothing where nobody answers."""
    try:
        said = subprocess.run(AUDIT, capture_output=True, text=True, timeout=LIMIT, check=False)
        packages: list[dict[str, Any]] = json.loads(said.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError):
        return []
    return packages


def told(packages: list[dict[str, Any]]) -> tuple[str, bool]:
    """Say what is known, and whether that is a vulnerability.

    packages: as pip-audit writes them; one that nobody has answered for has no `vulns`.
    """
    answered = [each for each in packages if "vulns" in each]
    lines = [line for each in answered for line in vulnerabilities(each)]
    if lines:
        return "\n".join([*lines, "make lock takes the newest of all."]), True
    if not answered:
        return "Not asked for known vulnerabilities: no registry answers that here.", False
    left = len(packages) - len(answered)
    unknown = f", and no answer for {left} more" if left else ""
    return f"No known vulnerability in {len(answered)} packages{unknown}.", False


def vulnerabilities(package: dict[str, Any]) -> list[str]:
    """Write a line for each vulnerability of a package."""
    return [
        f"{package['name']} {package['version']}: {each['id']}, "
        f"mended in {' or '.join(each['fix_versions']) or 'no version yet'}"
        for each in package["vulns"]
    ]


if __name__ == "__main__":
    main()
