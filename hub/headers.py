"""What every answer to a browser says about how it may be used."""

from __future__ import annotations

from urllib.parse import urlsplit

from workspace_cli.core.settings import Settings


def content_security_policy(settings: Settings) -> str:
    """Return what a page of ours may load: nothing inline and nothing from elsewhere."""
    # Chromium holds a form's redirects to it too: a login may lead on to a member's own host.
    parts = urlsplit(settings.url or "")
    members = f" {parts.scheme}://*.{parts.netloc}" if settings.domain else ""
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "object-src 'none'",
            f"form-action 'self'{members}",
            "frame-ancestors 'none'",
        )
    )


def security_headers(*, tls: bool) -> dict[str, str]:
    """Return the headers of hub and portal, without the policy for contents."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
