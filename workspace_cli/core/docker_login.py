"""Log-ins to image registries, as ``docker login`` has left them on this machine."""

from __future__ import annotations


def login_headers(repository: str) -> dict[str, str]:
    """Return the header that lets the engine pull from a repository that needs a log-in.

    docker-py reads them, since they may lie in a credential helper; it is
    imported for a pull alone.
    """
    from docker import auth
    from docker.errors import DockerException

    try:
        registry, _ = auth.resolve_repository_name(repository)
        found = auth.resolve_authconfig(auth.load_config(), registry)
    except DockerException:
        return {}  # a broken configuration file: the registry may be open all the same
    if not found:
        return {}
    return {"X-Registry-Auth": auth.encode_header(found).decode()}
