"""`python -m lessons`."""

from lessons.cli import main

raise SystemExit(main())
