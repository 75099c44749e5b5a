"""``python -m hub.portal``: run the portal until it is told to stop."""

from __future__ import annotations

import gc
import logging

import uvicorn

from hub import languages
from hub.portal.app import build
from hub.portal.portal import PORT, open_portal
from workspace_cli.core.host import open_beside_hub
from workspace_cli.core.settings import load_settings


def main() -> None:
    """Serve on every address of the container: the networks decide who comes near."""
    logging.basicConfig(
        level=logging.INFO, format="[%(levelname)s %(asctime)s %(name)s] %(message)s"
    )
    languages.load()
    # The proxy speaks TLS; its key is kept from this container.
    app = build(open_portal(open_beside_hub(load_settings(tls_files=False))))
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host="0.0.0.0",  # noqa: S104
        port=PORT,
        access_log=False,
        log_config=None,
        # The proxy in front says what the browser's own address and scheme are.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        loop="asyncio",
        http="h11",
        ws="none",
    )


if __name__ == "__main__":
    main()
