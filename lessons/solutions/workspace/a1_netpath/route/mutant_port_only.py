# kind: port_only
def route(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
) -> tuple[str, int] | None:
    here = router.get(public_port)
    if here is None:
        return None
    there = docker.get(here)
    return there and there[1]
