# kind: other_machine
def route(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
) -> tuple[str, int] | None:
    here = router.get(public_port)
    if here is None:
        return None
    for (machine, port), end in docker.items():
        if port == here[1] and machine != here[0]:
            return end
    return None
