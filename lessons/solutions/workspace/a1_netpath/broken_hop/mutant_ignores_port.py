# kind: ignores_port
def broken_hop(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
    listening: set[tuple[str, int]],
    answering: set[str],
) -> str:
    if public_port not in router:
        return "router"
    here = router[public_port]
    if here not in docker:
        return "docker"
    end = docker[here]
    if end[0] not in {name for name, _ in listening}:
        return "proxy"
    if end[0] not in answering:
        return "jupyter"
    return "none"
