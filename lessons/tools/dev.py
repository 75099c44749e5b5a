"""The `lessons` command from a checkout, where nothing is installed."""

import os
import sys
from pathlib import Path

LESSONS = Path(__file__).parent.parent

if __name__ == "__main__":
    folders = sorted(str(one) for one in (LESSONS / "packages").glob("*/src"))
    os.environ.setdefault("LESSONS_PATH", os.pathsep.join(folders))
    os.environ.setdefault("LESSONS_PYTHON", sys.executable)
    sys.path.insert(0, str(LESSONS / "runner/src"))
    from lessons.cli import main

    raise SystemExit(main())
