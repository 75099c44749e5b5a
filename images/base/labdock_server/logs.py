"""What of each request goes to the container's log."""

from __future__ import annotations

from jupyter_server.log import log_request as log_jupyter_request
from tornado import web


def log_request(handler: web.RequestHandler) -> None:
    """Log as jupyter_server does (secrets scrubbed), save the health check's own requests."""
    if handler.request.path != "/labdock-health":
        log_jupyter_request(handler, record_prometheus_metrics=False)
