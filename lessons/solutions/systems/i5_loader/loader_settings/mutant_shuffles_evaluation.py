# kind: shuffles_evaluation
def loader_settings(cores: int, gpu: bool, training: bool) -> dict[str, object]:
    workers = max(0, min(4, cores - 1))
    return {
        "num_workers": workers,
        "pin_memory": gpu,
        "shuffle": True,
        "drop_last": training,
        "persistent_workers": workers > 0,
    }
