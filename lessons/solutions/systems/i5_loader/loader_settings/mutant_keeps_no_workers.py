# kind: keeps_no_workers
def loader_settings(cores: int, gpu: bool, training: bool) -> dict[str, object]:
    workers = max(0, min(4, cores - 1))
    return {
        "num_workers": workers,
        "pin_memory": gpu,
        "shuffle": training,
        "drop_last": training,
        "persistent_workers": True,
    }
