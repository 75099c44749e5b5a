# kind: missing_line
def route(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
) -> tuple[str, int] | None:
    here = router.get(public_port)
    if here is None:
        return None
    return docker[here]
